"""Bounds on what printing one report may cost."""

import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import current_thread, main_thread
from types import FrameType

PROCESS_MEMORY = Path("/proc/self/statm")


class TookTooLong(BaseException):
    """The time is over. Not an Exception: WeasyPrint goes on after those that a drawing raises."""


@contextmanager
def limited(*, seconds: float, memory: int) -> Iterator[None]:
    """Raise TookTooLong after `seconds`, MemoryError beyond `memory` more bytes than at the start.

    Works in a process's main thread, as in a worker. Elsewhere there are no limits: they would hit the
    threads beside this one.
    """
    if current_thread() is not main_thread():
        yield
        return
    with _limited_memory(memory), _limited_time(seconds):
        yield


@contextmanager
def _limited_time(seconds: float) -> Iterator[None]:
    handler = signal.signal(signal.SIGALRM, _ring)
    # Once more each second: WeasyPrint catches even what is no Exception while it draws an image.
    left, interval = signal.setitimer(signal.ITIMER_REAL, seconds, 1.0)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, left, interval)
        signal.signal(signal.SIGALRM, handler)


def _ring(_number: int, _frame: FrameType | None) -> None:
    raise TookTooLong


@contextmanager
def _limited_memory(more: int) -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    in_use = _address_space()
    if in_use is None:
        yield
        return
    limit = in_use + more if soft == resource.RLIM_INFINITY else min(soft, in_use + more)
    resource.setrlimit(resource.RLIMIT_AS, (limit, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def _address_space() -> int | None:
    """Return the bytes of this process's address space; None where the system does not say."""
    if not PROCESS_MEMORY.exists():
        return None
    return int(PROCESS_MEMORY.read_text().split()[0]) * resource.getpagesize()

"""Load the compiled kernels outside of requests.

Compiling takes seconds, and reading what was compiled from disk a fraction of one. A process loads them in
the background; what would wait for them becomes a job meanwhile.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from fcntl import LOCK_EX, flock
from os import environ, getpid
from pathlib import Path
from threading import Lock, Thread

from strategies.engine.compilation.readiness import are_kernels_loaded, mark_kernels_loaded

logger = logging.getLogger(__name__)

_lock = Lock()
_threads: dict[int, Thread] = {}
"""By process, since a thread does not survive a fork."""


def ready() -> bool:
    """Return whether the kernels are loaded; begin to load them otherwise."""
    if not are_kernels_loaded():
        _start()
    return are_kernels_loaded()


def wait(*, at_most: float | None = None) -> None:
    """Return when the kernels are loaded, or cannot be, or after `at_most` seconds."""
    if not are_kernels_loaded():
        _start().join(at_most)


def _start() -> Thread:
    with _lock:
        process = getpid()
        if process not in _threads:
            _threads[process] = Thread(target=_load, name="load-kernels", daemon=True)
            _threads[process].start()
        return _threads[process]


def _load() -> None:
    """Import the kernels and let each compute something small, so that all they need is compiled."""
    try:
        with _one_process_at_a_time():
            _warm()
    except Exception:
        logger.exception("the kernels cannot be compiled; sweeps fail")
    else:
        mark_kernels_loaded()


def _warm() -> None:
    from strategies.engine.statistics import bootstrap_kernel, cscv_kernel
    from strategies.engine.sweep.kernels import cells, custom_cells

    bootstrap_kernel.warm()
    cells.warm()
    cscv_kernel.warm()
    custom_cells.warm()


@contextmanager
def _one_process_at_a_time() -> Iterator[None]:
    """Let one process compile, and the others read what it compiled."""
    folder = environ.get("NUMBA_CACHE_DIR")
    if folder is None:
        yield
        return
    Path(folder).mkdir(parents=True, exist_ok=True)
    with (Path(folder) / "lock").open("w") as file:
        flock(file, LOCK_EX)
        yield

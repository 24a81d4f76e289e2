"""django-q2's cluster, made to survive the sudden death of any of its processes.

The workers take messages from one queue of Python's multiprocessing: who waits for the next message holds a
lock. A worker that is killed meanwhile, as by the system when memory runs out, never gives it back, and every
other worker, its successor included, waits for ever. The same goes for the monitor and the queue of results.
"""

import time
from contextlib import suppress
from multiprocessing.queues import Queue
from typing import Any

from django_q import cluster

TAKEN_WITHIN = 3.0
"""Seconds in which a worker that waits takes a message."""

STOP = "STOP"
"""The message at which a worker ends in good order, to be replaced by a fresh one."""


class Sentinel(cluster.Sentinel):  # type: ignore[misc]  # the library has no types
    """Replaces processes that died, and frees the queues that they blocked."""

    def reincarnate(self, process: Any) -> None:
        """Start another process in place of `process`."""
        if process == self.monitor:
            free_of_its_only_reader(self.result_queue)
        was_worker = process in self.pool
        super().reincarnate(process)
        if was_worker and _was_killed(process):
            free_where_nobody_reads(self.task_queue)


def free_of_its_only_reader(queue: "Queue[Any]") -> None:
    """Give back the lock of a reader that is dead and had no other beside it."""
    _lock_of(queue).acquire(block=False)
    _lock_of(queue).release()


def free_where_nobody_reads(queue: "Queue[Any]") -> None:
    """Give back the lock of a dead reader, told by a message that no living one takes."""
    queue.put(STOP)
    deadline = time.monotonic() + TAKEN_WITHIN
    while time.monotonic() < deadline:
        time.sleep(0.05)
        if queue.empty():
            return
    with suppress(ValueError):  # nobody held it: all are busy
        _lock_of(queue).release()


def _lock_of(queue: "Queue[Any]") -> Any:
    return queue._rlock  # type: ignore[attr-defined]  # noqa: SLF001 - there is no other way to it


def _was_killed(process: Any) -> bool:
    return process.exitcode is not None and process.exitcode < 0


def install() -> None:
    """Make django-q2's clusters of this process use our sentinel."""
    cluster.Sentinel = Sentinel

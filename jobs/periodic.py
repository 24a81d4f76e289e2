"""Run periodic tasks beside jobs: each app registers them, one process at a time runs them.

A thread in every worker process keeps the time. There is nothing to lose in a restart, since what is due
follows from what is stored; an advisory lock per task prevents overlapping runs.
"""

import logging
import threading
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.db import connection, transaction

logger = logging.getLogger(__name__)

TICK = 1.0
"""Seconds between two looks at the clock."""

PeriodicTask = Callable[[], None]


@dataclass(frozen=True)
class _Periodic:
    name: str
    every: timedelta
    task: PeriodicTask


_registered: dict[str, _Periodic] = {}


def periodic(name: str, *, every: timedelta) -> Callable[[PeriodicTask], PeriodicTask]:
    """Register a function that the workers call every so often. It must be quick, and right at any time."""

    def register(task: PeriodicTask) -> PeriodicTask:
        _registered[name] = _Periodic(name, every, task)
        return task

    return register


def do_once(name: str) -> bool:
    """Do the task unless another process is doing it; return whether it was done here."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [zlib.crc32(name.encode())])
            (free,) = cursor.fetchone()
        if free:
            _registered[name].task()
    return bool(free)


def keep_time(stop: threading.Event) -> None:
    """Do what is registered, each at its pace, until `stop` is set; errors are logged and tried again."""
    due = dict.fromkeys(_registered, 0.0)
    while not stop.is_set():
        for name, periodic_deed in _registered.items():
            if time.monotonic() >= due[name]:
                due[name] = time.monotonic() + periodic_deed.every.total_seconds()
                _do_and_log(name)
        connection.close()
        stop.wait(TICK)


def start_keeping_time(**_: object) -> None:
    """Start the thread; django-q2's signal of a new worker process calls this."""
    threading.Thread(target=keep_time, args=(threading.Event(),), name="periodic", daemon=True).start()


def _do_and_log(name: str) -> None:
    try:
        do_once(name)
    except Exception:
        logger.exception("%s failed, and is tried again", name)

"""What django-q2's processes may do: run `run_next`, and keep nothing of it in the database.

By itself django-q2 calls any function that a message or a schedule names, and keeps arguments and results as
unsigned pickles, which run code when they are read. Write access to the database would run commands.
"""

import logging
from collections.abc import Callable
from typing import Any

from django_q import monitor, worker

from jobs.worker.run import run_next

logger = logging.getLogger(__name__)

ALLOWED: dict[str, Callable[[], None]] = {
    "jobs.worker.run.run_next": run_next,
    "jobs.running.run_next": run_next,  # what messages of the previous version name
}


def locate(path: str) -> Callable[[], None] | None:
    """Return the function of this path where messages may name it; otherwise None, which fails the task."""
    function = ALLOWED.get(path)
    if function is None:
        logger.error("A message names the function %r, which no message may: it was not called.", path)
    return function


def keep_nothing(task: dict[str, Any], broker: Any) -> None:
    """Take the place of django-q2's keeping of results: jobs have their own table, as plain JSON."""


class _Locator:
    """Stands where django-q2's worker looks for `pydoc`, of which it uses `locate` alone."""

    locate = staticmethod(locate)


def install() -> None:
    """Make the worker processes of this process call allowed functions alone and keep no result."""
    worker.pydoc = _Locator
    monitor.save_task = keep_nothing

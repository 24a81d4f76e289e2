"""The kinds of background work: each app's `tasks.py` registers what it can do."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Protocol


class Progress(Protocol):
    """What a piece of work uses to tell how far it is."""

    def __call__(self, fraction: float, step: str) -> None:
        """Record the fraction done (0 to 1) and what is being done.

        Raises Cancelled when somebody asked for the work to stop.
        """


class Cancelled(Exception):
    """Raised inside a piece of work after it was asked to stop."""


class Postponed(Exception):
    """Raised inside a piece of work that cannot go on before `until`; `reason` is for the user.

    The job is parked, which is no failure: it is carried out again from the start at that time.
    """

    def __init__(self, *, until: datetime, reason: str) -> None:
        super().__init__(reason)
        self.until = until
        self.reason = reason


Work = Callable[..., dict[str, Any] | None]

_kinds: dict[str, Work] = {}


def job_kind(name: str) -> Callable[[Work], Work]:
    """Register a function as the work of jobs of the kind `name`.

    The function takes `progress` and the job's arguments, all by keyword, and returns the job's
    result as plain JSON. It may be run again after a worker died, so it must be idempotent.
    """

    def register(work: Work) -> Work:
        _kinds[name] = work
        return work

    return register


def work_of(kind: str) -> Work:
    """Return the function registered for `kind`; raises KeyError when there is none."""
    return _kinds[kind]

"""The wish that this worker stop: running jobs go back to the queue at their next step.

django-q2 lets running tasks end when it is told to stop, however long they take; a supervisor waits for
seconds and then kills. The flag lies in memory that the command shares with the worker processes it forks.
"""

from mmap import mmap

from django.utils import timezone

from jobs.registry import Postponed

_flag = mmap(-1, 1)


def begin() -> None:
    """Ask every process of this worker to take no new job and to hand the running ones back."""
    _flag[0] = 1


def end() -> None:
    """Take jobs again."""
    _flag[0] = 0


def has_begun() -> bool:
    """Whether this worker was told to stop."""
    return _flag[0] == 1


def hand_back_if_begun() -> None:
    """Raise Postponed when this worker was told to stop, so that another goes on with the job at once."""
    if has_begun():
        raise Postponed(
            until=timezone.now(), reason="Its worker was told to stop. Another one begins it again."
        )

"""Which job is being carried out, for whatever wants to say so, such as a log entry."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_job_id: ContextVar[str] = ContextVar("job_id", default="")


def current_job_id() -> str:
    """Return the id of the job that is being carried out; empty outside of one."""
    return _job_id.get()


@contextmanager
def job_id_set(job_id: str) -> Iterator[None]:
    """Let `current_job_id` return this id within the block."""
    token = _job_id.set(job_id)
    try:
        yield
    finally:
        _job_id.reset(token)

"""Carrying out a job inside a django-q2 worker."""

import logging
import uuid
from typing import Any
from uuid import UUID

from django.db import InterfaceError, OperationalError, close_old_connections, reset_queries
from django.db.models import F
from django.utils import timezone
from django_q.conf import Conf
from django_q.exceptions import TimeoutException

from jobs.errors import HindcastError
from jobs.models import Job, JobState
from jobs.registry import Cancelled, work_of

logger = logging.getLogger(__name__)

MAX_ATTEMPTS = 3


class StillRunning(Exception):
    """The message is about a job that another worker holds; it must be delivered again later."""


def run_job(job_id: str) -> None:
    """Claim the job and do its work; django-q2 calls this, possibly more than once.

    An error that leaves here leaves the message in the queue, which django-q2 then delivers again. So
    it may only mean that the job is not over: StillRunning when another worker holds it, the database's
    error when the job's end could not be written.
    """
    try:
        job = _claim(UUID(job_id))
        if job is not None:
            _carry_out(job)
    finally:
        reset_queries()  # with DEBUG, Django keeps every statement of a process that does not answer requests


def _carry_out(job: Job) -> None:
    try:
        result = work_of(job.kind)(progress=_Reporter(job), **job.arguments)
    except Cancelled:
        _finish(job, JobState.CANCELLED)
    except HindcastError as error:
        _finish(job, JobState.FAILED, error=error.message)
    except TimeoutException:
        minutes = Conf.TIMEOUT // 60
        _finish(job, JobState.FAILED, error=f"This took longer than {minutes} minutes and was stopped.")
    except Exception:
        reference = uuid.uuid4().hex[:8]
        logger.exception("job %s (%s) failed, reference %s", job.pk, job, reference)
        _finish(
            job,
            JobState.FAILED,
            error=f"Something went wrong that Hindcast did not expect. Reference {reference} "
            "finds the details in the log.",
        )
    else:
        _finish(job, JobState.SUCCEEDED, result=result or {})


def _claim(job_id: UUID) -> Job | None:
    """Take the job if it waits, or if its worker fell silent; None if it is over.

    Raises StillRunning when another worker holds it.
    """
    now = timezone.now()
    free = (Job.objects.filter(state=JobState.QUEUED) | Job.objects.abandoned()).filter(pk=job_id)
    if free.filter(attempts__gte=MAX_ATTEMPTS).update(
        state=JobState.FAILED,
        finished_at=now,
        error=f"The worker died {MAX_ATTEMPTS} times while doing this, so it is not tried again.",
    ):
        return None
    claimed = free.update(
        state=JobState.RUNNING,
        attempts=F("attempts") + 1,
        started_at=now,
        heartbeat=now,
        progress=0,
        step="",
    )
    if claimed:
        return Job.objects.get(pk=job_id)
    if Job.objects.filter(pk=job_id, state=JobState.RUNNING).exists():
        raise StillRunning(str(job_id))
    return None


class _Reporter:
    """Writes progress to the job and passes on the wish to cancel."""

    def __init__(self, job: Job) -> None:
        self._job_id = job.pk
        self._attempt = job.attempts

    def __call__(self, fraction: float, step: str) -> None:
        """Record progress; raises Cancelled when it was asked for or another worker took over."""
        ours = Job.objects.filter(
            pk=self._job_id, state=JobState.RUNNING, attempts=self._attempt, cancel_requested=False
        )
        if not ours.update(progress=fraction, step=step, heartbeat=timezone.now()):
            raise Cancelled


def _finish(job: Job, state: JobState, *, error: str = "", result: dict[str, object] | None = None) -> None:
    """Write how the job ended, over a new connection where the work lost the old one."""
    ours = Job.objects.filter(pk=job.pk, state=JobState.RUNNING, attempts=job.attempts)
    end: dict[str, Any] = {"state": state, "error": error, "result": result, "finished_at": timezone.now()}
    if state == JobState.SUCCEEDED:
        end["progress"] = 1.0
    try:
        ours.update(**end)
    except (InterfaceError, OperationalError):
        close_old_connections()
        ours.update(**end)

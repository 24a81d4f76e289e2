"""Carrying out a job inside a django-q2 worker."""

import logging
import uuid
from datetime import timedelta
from uuid import UUID

from django.db.models import F, Q
from django.utils import timezone

from jobs.errors import HindcastError
from jobs.models import Job, JobState
from jobs.registry import Cancelled, work_of

logger = logging.getLogger(__name__)

MAX_ATTEMPTS = 3
LEASE = timedelta(minutes=10)
"""How long a running job may be silent before another worker may take it over."""


def run_job(job_id: str) -> None:
    """Claim the job and do its work; django-q2 calls this, possibly more than once."""
    job = _claim(UUID(job_id))
    if job is None:
        return
    try:
        result = work_of(job.kind)(progress=_Reporter(job), **job.arguments)
    except Cancelled:
        _finish(job, JobState.CANCELLED)
    except HindcastError as error:
        _finish(job, JobState.FAILED, error=error.message)
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
    """Take the job if it waits, or if its worker fell silent; None if it is not ours to run."""
    now = timezone.now()
    abandoned = Q(state=JobState.RUNNING, heartbeat__lt=now - LEASE)
    free = Job.objects.filter(Q(state=JobState.QUEUED) | abandoned, pk=job_id)
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
    return Job.objects.get(pk=job_id) if claimed else None


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
    done = {"progress": 1.0} if state == JobState.SUCCEEDED else {}
    Job.objects.filter(pk=job.pk, state=JobState.RUNNING, attempts=job.attempts).update(
        state=state, error=error, result=result, finished_at=timezone.now(), **done
    )

"""Carrying out a job inside a django-q2 worker."""

import logging
import uuid
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import InterfaceError, OperationalError, close_old_connections, reset_queries, transaction
from django.db.models import F
from django.utils import timezone
from django_q.conf import Conf
from django_q.exceptions import TimeoutException

from core.context import job_id_set, user_id_set
from core.errors import HindcastError
from jobs.models import MAX_ATTEMPTS, Job, JobQuerySet, JobState
from jobs.registry import Cancelled, Postponed, work_of
from jobs.worker import shutdown
from jobs.worker.fair_share import in_turn
from jobs.worker.heartbeat import beating
from jobs.worker.wakeup import CALLED_AT_ONCE, notify_workers

logger = logging.getLogger(__name__)

LONGEST_STEP = 200

DATABASE_COMES_BACK_WITHIN = timedelta(seconds=10)
"""How long a job waits that lost the database: a server that was killed recovers in a few seconds."""


def run_next() -> None:
    """Take the most urgent job that is due and do its work; django-q2 calls this.

    Nothing to do is no error. An error that leaves here is the database's: the end of a job could not be
    written, and another worker takes the job over when its lease has run out.
    """
    _take_one(Job.objects.all())


def run_job(job_id: str) -> None:
    """Do the work of this job, unless it is parked, over, or in the hands of another worker."""
    _take_one(Job.objects.filter(pk=UUID(job_id)))


def _take_one(jobs: JobQuerySet) -> None:
    if shutdown.has_begun():
        return  # the job stays due, and a worker that goes on is called for it
    try:
        jobs.fail_exhausted()
        job = _claim(jobs.due())
        if job is not None:
            with job_id_set(str(job.pk)), user_id_set(job.requested_by_id):
                _carry_out(job)
            _call_for_more()
    finally:
        reset_queries()  # with DEBUG, Django keeps every statement of a process that serves no requests


def _call_for_more() -> None:
    """Call workers for what is due: large work has fewer messages than pieces."""
    notify_workers(Job.objects.due()[:CALLED_AT_ONCE].count())


def _carry_out(job: Job) -> None:
    try:
        with beating(job):
            result = work_of(job.kind)(progress=_Reporter(job), **job.arguments)
    except Postponed as wait:
        _park(job, wait, attempts=job.attempts - 1)  # nothing died of it
    except Cancelled:
        _finish(job, JobState.CANCELLED)
    except HindcastError as error:
        _finish(job, JobState.FAILED, error=error.message)
    except TimeoutException:
        minutes = Conf.TIMEOUT // 60
        _finish(job, JobState.FAILED, error=f"This took longer than {minutes} minutes and was stopped.")
    except (InterfaceError, OperationalError) as error:
        _begin_again(job, error)
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


@transaction.atomic
def _claim(candidates: JobQuerySet) -> Job | None:
    """Take the most urgent of the jobs that no other worker is taking now; None: there is none."""
    job = in_turn(candidates).select_for_update(skip_locked=True, of=("self",)).first()
    if job is None:
        return None
    now = timezone.now()
    Job.objects.filter(pk=job.pk).update(
        state=JobState.RUNNING,
        attempts=F("attempts") + 1,
        started_at=now,
        heartbeat=now,
        next_attempt_at=None,
        progress=0,
        step="",
    )
    job.refresh_from_db()
    return job


class _Reporter:
    """Writes progress to the job and passes on the wish to cancel."""

    def __init__(self, job: Job) -> None:
        self._job = job

    def __call__(self, fraction: float, step: str) -> None:
        """Record progress; raises Cancelled when it was asked for or another worker took over.

        Raises Postponed when this worker was told to stop.
        """
        ours = _unless_cancelled(self._job)
        if not ours.update(progress=fraction, step=step[:LONGEST_STEP], heartbeat=timezone.now()):
            raise Cancelled
        shutdown.hand_back_if_begun()


def _begin_again(job: Job, error: Exception) -> None:
    """Let a job wait that the database left in the middle; after too many tries it has failed."""
    logger.error("job %s (%s) lost the database: %s", job.pk, job, error)
    if job.attempts < MAX_ATTEMPTS:
        until = timezone.now() + DATABASE_COMES_BACK_WITHIN
        wait = Postponed(until=until, reason="The database did not answer. This begins again in a moment.")
        _park(job, wait, attempts=job.attempts)
    else:
        _finish(
            job,
            JobState.FAILED,
            error=f"The database did not answer in {MAX_ATTEMPTS} tries. Start this again once the site "
            "answers as usual.",
        )


def _park(job: Job, wait: Postponed, *, attempts: int) -> None:
    """Put the job back until it can go on; `attempts` is how many of them count from then on."""
    parked = _write(
        _unless_cancelled(job),
        state=JobState.QUEUED,
        attempts=attempts,
        next_attempt_at=wait.until,
        step=wait.reason[:LONGEST_STEP],
        progress=0,
    )
    if not parked:
        _finish(job, JobState.CANCELLED)


def _finish(job: Job, state: JobState, *, error: str = "", result: dict[str, object] | None = None) -> None:
    """Write how the job ended."""
    end: dict[str, Any] = {"state": state, "error": error, "result": result, "finished_at": timezone.now()}
    if state == JobState.SUCCEEDED:
        end["progress"] = 1.0
    _write(_ours(job), **end)


def _ours(job: Job) -> JobQuerySet:
    """Return the job, unless another worker took it over."""
    return Job.objects.filter(pk=job.pk, state=JobState.RUNNING, attempts=job.attempts)


def _unless_cancelled(job: Job) -> JobQuerySet:
    return _ours(job).filter(cancel_requested=False)


def _write(ours: JobQuerySet, **values: Any) -> int:
    """Update the job, over a new connection where the work lost the old one; return how many rows it was."""
    try:
        return ours.update(**values)
    except (InterfaceError, OperationalError):
        close_old_connections()
        return ours.update(**values)

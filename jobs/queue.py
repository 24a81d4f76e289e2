"""Enqueueing, cancelling and resuming background work.

A message in django-q2's queue names no job: it calls a worker, which takes the most urgent job that is due.
So jobs have an order, and a message lost with its worker or its broker loses no job: `call_workers` sends
another.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from core.context import current_user_id
from core.errors import InvalidInput, NotFound
from jobs.models import ACTIVE_STATES, BULK_PRIORITY, DEFAULT_PRIORITY, LEASE, Job, JobState
from jobs.registry import work_of
from jobs.worker.wakeup import CALLED_AT_ONCE, notify_worker, notify_workers

PIECES_IN_A_STATEMENT = 1000


def enqueue(
    kind: str,
    *,
    subject: str = "",
    arguments: dict[str, Any] | None = None,
    priority: int = DEFAULT_PRIORITY,
) -> Job:
    """Return the queued job; where one of this kind and subject is active already, that one.

    priority: higher goes first. An active job that is asked for again takes the higher of the two.
    An active job whose worker stopped responding ends as failed first, so that it does not block its subject.
    Raises KeyError when no work is registered for `kind`.
    """
    work_of(kind)
    _fail_abandoned(kind=kind, subject=subject)
    job = Job(
        kind=kind,
        subject=subject,
        arguments=arguments or {},
        priority=priority,
        requested_by_id=current_user_id(),
    )
    try:
        return _create(job)
    except IntegrityError:
        active = Job.objects.filter(kind=kind, subject=subject, state__in=ACTIVE_STATES)
        active.filter(priority__lt=priority).update(priority=priority)
        # It may have ended between the statements; then there is room for a new one.
        return active.first() or _create(job)


@dataclass(frozen=True, kw_only=True)
class Piece:
    """A piece of large work: what it is about, and what its worker is given."""

    subject: str
    arguments: dict[str, Any]


def enqueue_pieces(kind: str, pieces: Sequence[Piece], *, priority: int = BULK_PRIORITY) -> None:
    """Queue the pieces of large work; those that are active already stay as they are.

    A few statements, however many pieces there are. Raises KeyError when no work is registered for `kind`.
    """
    work_of(kind)
    _fail_abandoned(kind=kind, subject__in=[piece.subject for piece in pieces])
    jobs = [
        Job(
            kind=kind,
            subject=piece.subject,
            arguments=piece.arguments,
            priority=priority,
            requested_by_id=current_user_id(),
        )
        for piece in pieces
    ]
    with transaction.atomic():
        Job.objects.bulk_create(jobs, batch_size=PIECES_IN_A_STATEMENT, ignore_conflicts=True)
        # Whoever has done a piece calls a worker for the next ones.
        for _ in range(min(len(jobs), CALLED_AT_ONCE)):
            notify_worker()


def find_job(job_id: UUID) -> Job:
    """Return the job with this id; raises NotFound."""
    job = Job.objects.filter(pk=job_id).first()
    if job is None:
        raise NotFound("There is no job with this id. The Jobs page lists the ones that exist.")
    return job


def cancel(job_id: UUID) -> Job:
    """Ask a job to stop and return it: a queued one at once, a running one at its next step.

    A running one whose worker stopped responding has no next step and ends at once, as failed.
    """
    find_job(job_id)
    _fail_abandoned(pk=job_id)
    Job.objects.filter(pk=job_id, state=JobState.QUEUED).update(
        state=JobState.CANCELLED, cancel_requested=True, next_attempt_at=None, finished_at=timezone.now()
    )
    Job.objects.filter(pk=job_id, state=JobState.RUNNING).update(cancel_requested=True)
    return find_job(job_id)


def resume(job_id: UUID) -> Job:
    """Let a parked job go on now, and a failed or cancelled one begin again; return it.

    A job that waits for a worker, runs or succeeded stays as it is. Raises InvalidInput when another job
    for the same subject is active.
    """
    job = find_job(job_id)
    stopped = Job.objects.filter(pk=job_id, state__in=(JobState.QUEUED, JobState.FAILED, JobState.CANCELLED))
    try:
        with transaction.atomic():
            if stopped.update(
                state=JobState.QUEUED,
                next_attempt_at=None,
                attempts=0,
                progress=0,
                step="",
                error="",
                cancel_requested=False,
                finished_at=None,
            ):
                notify_worker()
    except IntegrityError:
        raise InvalidInput(
            f"Another job of this kind for {job.subject} is active. Wait until it has ended, or cancel it."
        ) from None
    return find_job(job_id)


def call_workers() -> None:
    """Call a worker for each job that is due and has no message, such as a parked or an abandoned one."""
    Job.objects.fail_exhausted()
    notify_workers(Job.objects.due().count())


@transaction.atomic
def _create(job: Job) -> Job:
    """Write the job and call a worker for it, or do neither."""
    job.save(force_insert=True)
    notify_worker()
    return Job.objects.get(pk=job.pk)


def _fail_abandoned(**which: Any) -> None:
    Job.objects.abandoned().filter(**which).update(
        state=JobState.FAILED,
        finished_at=timezone.now(),
        error=f"The worker stopped responding for more than {LEASE.seconds} seconds while doing this. "
        "Start it again.",
    )

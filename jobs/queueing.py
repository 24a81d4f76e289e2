"""Enqueueing and cancelling: the one door to django-q2."""

from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django_q.tasks import async_task

from jobs.errors import NotFound
from jobs.models import ACTIVE_STATES, LEASE, Job, JobState
from jobs.registry import work_of


def enqueue(kind: str, *, subject: str = "", arguments: dict[str, Any] | None = None) -> Job:
    """Return the queued job; where one of this kind and subject is active already, that one.

    An active job whose worker fell silent ends as failed first, so that it does not block its subject.
    Raises KeyError when no work is registered for `kind`.
    """
    work_of(kind)
    _fail_abandoned(kind=kind, subject=subject)
    try:
        return _create(kind, subject, arguments or {})
    except IntegrityError:
        active = Job.objects.filter(kind=kind, subject=subject, state__in=ACTIVE_STATES).first()
        # It may have ended between the two statements; then there is room for a new one.
        return active or _create(kind, subject, arguments or {})


def find_job(job_id: UUID) -> Job:
    """Return the job with this id; raises NotFound."""
    job = Job.objects.filter(pk=job_id).first()
    if job is None:
        raise NotFound("There is no job with this id. The Jobs page lists the ones that exist.")
    return job


def cancel(job_id: UUID) -> Job:
    """Ask a job to stop and return it: a queued one at once, a running one at its next step.

    A running one whose worker fell silent has no next step and ends at once, as failed.
    """
    find_job(job_id)
    _fail_abandoned(pk=job_id)
    Job.objects.filter(pk=job_id, state=JobState.QUEUED).update(
        state=JobState.CANCELLED, cancel_requested=True, finished_at=timezone.now()
    )
    Job.objects.filter(pk=job_id, state=JobState.RUNNING).update(cancel_requested=True)
    return find_job(job_id)


@transaction.atomic
def _create(kind: str, subject: str, arguments: dict[str, Any]) -> Job:
    """Write job and message in one transaction, so that neither exists without the other."""
    job = Job.objects.create(kind=kind, subject=subject, arguments=arguments)
    async_task("jobs.running.run_job", str(job.pk), task_name=str(job), group=kind)
    return job


def _fail_abandoned(**which: Any) -> None:
    Job.objects.abandoned().filter(**which).update(
        state=JobState.FAILED,
        finished_at=timezone.now(),
        error=f"The worker fell silent for more than {LEASE.seconds // 60} minutes while doing this. "
        "Start it again.",
    )

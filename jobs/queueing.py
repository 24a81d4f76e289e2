"""Enqueueing and cancelling: the one door to django-q2."""

from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django_q.tasks import async_task

from jobs.errors import NotFound
from jobs.models import ACTIVE_STATES, Job, JobState
from jobs.registry import work_of


def enqueue(kind: str, *, subject: str = "", arguments: dict[str, Any] | None = None) -> Job:
    """Return the queued job; where one of this kind and subject is active already, that one.

    Job and message are written in one transaction, so that neither exists without the other.
    Raises KeyError when no work is registered for `kind`.
    """
    work_of(kind)
    try:
        with transaction.atomic():
            job = Job.objects.create(kind=kind, subject=subject, arguments=arguments or {})
            async_task("jobs.running.run_job", str(job.pk), task_name=str(job), group=kind)
            return job
    except IntegrityError:
        active = Job.objects.filter(kind=kind, subject=subject, state__in=ACTIVE_STATES).first()
        # It may have ended between the two statements; then there is room for a new one.
        return active or enqueue(kind, subject=subject, arguments=arguments)


def find_job(job_id: UUID) -> Job:
    """Return the job with this id; raises NotFound."""
    job = Job.objects.filter(pk=job_id).first()
    if job is None:
        raise NotFound("There is no job with this id. The Jobs page lists the ones that exist.")
    return job


def cancel(job_id: UUID) -> Job:
    """Ask a job to stop and return it: a queued one at once, a running one at its next step."""
    find_job(job_id)
    Job.objects.filter(pk=job_id, state=JobState.QUEUED).update(
        state=JobState.CANCELLED, cancel_requested=True, finished_at=timezone.now()
    )
    Job.objects.filter(pk=job_id, state=JobState.RUNNING).update(cancel_requested=True)
    return find_job(job_id)

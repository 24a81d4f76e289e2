"""Answers about background work: where to ask on, and when."""

from http import HTTPStatus

from django.http import HttpResponse
from ninja import Status

from jobs.documents import JobDocument
from jobs.models import Job

ASK_AGAIN_IN = 2
"""Seconds after which an active job is worth another look."""


def accepted(response: HttpResponse, job: Job) -> Status[JobDocument]:
    """Answer 202 with a job that was queued, its address, and when to look."""
    response["Location"] = f"/api/v1/jobs/{job.pk}"
    return Status(HTTPStatus.ACCEPTED, looked_at(response, job))


def looked_at(response: HttpResponse, job: Job) -> JobDocument:
    """Return the document of `job`; while it is active the answer says when to look again."""
    if job.is_active:
        response["Retry-After"] = str(ASK_AGAIN_IN)
    return JobDocument.of(job)

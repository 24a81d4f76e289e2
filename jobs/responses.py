"""Answers about background work: where to ask on, and when."""

from http import HTTPStatus

from django.http import HttpResponse
from ninja import Status

from jobs.models import Job
from jobs.schemas import JobDocument

ASK_AGAIN_IN = 2
"""Seconds after which an active job is worth another look."""


def accepted_response(response: HttpResponse, job: Job) -> Status[JobDocument]:
    """Answer 202 with a job that was queued, its URL, and when to look."""
    response["Location"] = f"/api/v1/jobs/{job.pk}"
    return Status(HTTPStatus.ACCEPTED, job_response(response, job))


def job_response(response: HttpResponse, job: Job) -> JobDocument:
    """Return the document of `job`; while it is active the answer says when to look again."""
    if job.is_active:
        response["Retry-After"] = str(ASK_AGAIN_IN)
    return JobDocument.of(job)

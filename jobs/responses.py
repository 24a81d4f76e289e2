"""Build responses about background jobs: which URL to poll, and when."""

from http import HTTPStatus

from django.http import HttpResponse
from ninja import Status

from jobs.models import Job
from jobs.schemas import JobDocument

ASK_AGAIN_IN = 2
"""Seconds after which an active job is worth another look."""


def accepted_response(response: HttpResponse, job: Job) -> Status[JobDocument]:
    """Respond with 202, the URL of a queued job, and when to poll it."""
    response["Location"] = f"/api/v1/jobs/{job.pk}"
    return Status(HTTPStatus.ACCEPTED, job_response(response, job))


def job_response(response: HttpResponse, job: Job) -> JobDocument:
    """Return the document of `job`; while it is active the response says when to poll again."""
    if job.is_active:
        response["Retry-After"] = str(ASK_AGAIN_IN)
    return JobDocument.of(job)

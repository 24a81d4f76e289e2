"""The API of background work."""

from typing import Annotated
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from core.pagination import USUAL_PAGE, Cursor, Limit, page_of
from core.permissions import require_staff
from jobs.models import Job, JobState
from jobs.permissions import require_right_to_cancel
from jobs.queue import cancel, find_job, resume
from jobs.responses import job_response
from jobs.schemas import JobDocument, JobPage

router = Router(tags=["jobs"], by_alias=True)

WORDS = "^[a-z_]+$"
"""What names a kind of work."""


@router.get("/", include_in_schema=False, response=JobPage)
@router.get("", response=JobPage, summary="List jobs")
def list_jobs(
    request: HttpRequest,
    limit: Limit = USUAL_PAGE,
    cursor: Cursor = None,
    state: Annotated[JobState | None, Query(description="Only jobs in this state.")] = None,
    kind: Annotated[
        str | None, Query(max_length=40, pattern=WORDS, description="Only jobs of this kind: fetch_bars, ...")
    ] = None,
) -> JobPage:
    """Return background work, newest first, a page at a time."""
    page = page_of(Job.objects.all(), cursor=cursor, limit=limit, state=state, kind=kind)
    return JobPage(items=[JobDocument.of(job) for job in page.rows], next=page.next)


@router.get("/{job_id}", response=JobDocument, summary="Read a job's progress")
def read_job(request: HttpRequest, response: HttpResponse, job_id: UUID) -> JobDocument:
    """Return state, progress, and the result or error of a job. While it is active, ask every Retry-After."""
    return job_response(response, find_job(job_id))


@router.post("/{job_id}/cancel", response=JobDocument, summary="Cancel a job")
def cancel_job(request: HttpRequest, job_id: UUID) -> JobDocument:
    """Ask a job to stop: one's own, or for staff any. A finished job stays as it is."""
    require_right_to_cancel(request, find_job(job_id))
    return JobDocument.of(cancel(job_id))


@router.post("/{job_id}/resume", response=JobDocument, summary="Resume a job")
def resume_job(request: HttpRequest, job_id: UUID) -> JobDocument:
    """Let a parked job go on now, or a failed or cancelled one begin again. Staff only."""
    require_staff(request)
    return JobDocument.of(resume(job_id))

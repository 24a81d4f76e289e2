"""The API of background work."""

from uuid import UUID

from django.http import HttpRequest
from ninja import Router

from jobs.documents import JobDocument
from jobs.queueing import cancel, find_job, resume
from jobs.rights import require_staff

router = Router(tags=["jobs"])


@router.get("/{job_id}", response=JobDocument, summary="Read a job's progress")
def read_job(request: HttpRequest, job_id: UUID) -> JobDocument:
    """Return state, progress, and the result or error of a job."""
    return JobDocument.of(find_job(job_id))


@router.post("/{job_id}/cancel", response=JobDocument, summary="Cancel a job")
def cancel_job(request: HttpRequest, job_id: UUID) -> JobDocument:
    """Ask a job to stop. A finished job stays as it is. Staff only."""
    require_staff(request)
    return JobDocument.of(cancel(job_id))


@router.post("/{job_id}/resume", response=JobDocument, summary="Resume a job")
def resume_job(request: HttpRequest, job_id: UUID) -> JobDocument:
    """Let a parked job go on now, or a failed or cancelled one begin again. Staff only."""
    require_staff(request)
    return JobDocument.of(resume(job_id))

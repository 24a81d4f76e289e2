"""Who may stop which job."""

from django.http import HttpRequest

from core.permissions import require_staff
from jobs.models import Job


def may_cancel(request: HttpRequest, job: Job) -> bool:
    """Whether the user asked for the job themselves, or is staff."""
    user = request.user
    return job.requested_by_id == user.pk or bool(getattr(user, "is_staff", False))


def require_right_to_cancel(request: HttpRequest, job: Job) -> None:
    """Raise NotAllowed unless the job is the user's own, or they are staff with the right token."""
    if job.requested_by_id is None or job.requested_by_id != request.user.pk:
        require_staff(request)

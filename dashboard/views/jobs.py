"""Background work: the list, one job's card with live progress, and stopping it."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HTMX_STOP_POLLING, trigger_client_event

from dashboard.presenters.jobs import job_list
from dashboard.views.decorators import staff_required
from dashboard.views.htmx import HtmxRequest, render_page
from jobs.models import Job
from jobs.permissions import may_cancel, require_right_to_cancel
from jobs.queue import cancel, find_job, resume


@require_safe
@never_cache
def jobs(request: HtmxRequest) -> HttpResponse:
    """Answer with the list of jobs that the URL names; to htmx with the list alone."""
    return render_page(
        request, "jobs/list.html", {"list": job_list(request.GET.get("state", ""))}, partial="list"
    )


@require_safe
@never_cache
def job(request: HtmxRequest, job_id: UUID) -> HttpResponse:
    """Answer with one job: its page, or to htmx its card; the status of a finished one ends the polling."""
    return _card(request, find_job(job_id))


@require_POST
def cancel_job(request: HtmxRequest, job_id: UUID) -> HttpResponse:
    """Ask the job to stop, where it is the user's own or they are staff, and answer with its card."""
    require_right_to_cancel(request, find_job(job_id))
    cancelled = cancel(job_id)
    return _card(request, cancelled) if request.htmx else redirect("job", job_id)


@require_POST
@staff_required
def resume_job(request: HtmxRequest, job_id: UUID) -> HttpResponse:
    """Let the job go on, and answer with its card."""
    resumed = resume(job_id)
    if not request.htmx:
        return redirect("job", job_id)
    # A page that shows what the job makes must say that it is under way again.
    return trigger_client_event(_card(request, resumed), "job-resumed", after="settle")


def _card(request: HtmxRequest, job: Job) -> HttpResponse:
    stops_polling = bool(request.htmx) and request.method == "GET" and not job.is_active
    response = render_page(
        request,
        "jobs/job.html",
        {"job": job, "may_cancel": may_cancel(request, job)},
        partial="card",
        status=HTMX_STOP_POLLING if stops_polling else 200,
    )
    if not job.is_active:
        trigger_client_event(response, "job-ended", after="settle")
    return response

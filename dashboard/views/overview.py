"""The overview: what is stored, what was done last, and what runs now."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from dashboard.access import is_staff
from dashboard.overview import instrument_rows
from dashboard.requests import HtmxRequest
from jobs.models import ACTIVE_STATES, Job


@require_GET
def overview(request: HtmxRequest) -> HttpResponse:
    """Answer with the overview."""
    rows = instrument_rows()
    context = {
        "rows": rows,
        "shows_sample": any(row.instrument.is_sample for row in rows),
        "active_jobs": Job.objects.filter(state__in=ACTIVE_STATES),
        "may_change": is_staff(request),
    }
    return render(request, "overview.html", context)

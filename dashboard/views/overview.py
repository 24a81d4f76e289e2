"""The overview: what is stored, what was done last, and what runs now."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from dashboard.instruments import quotes
from dashboard.requests import HtmxRequest
from forecasting.predicting import recent_forecasts
from jobs.models import ACTIVE_STATES, Job
from strategies.running import recent_backtests

RECENT = 6
"""Runs of each kind on the overview."""


@require_safe
def overview(request: HtmxRequest) -> HttpResponse:
    """Answer with the overview."""
    stored = quotes()
    context = {
        "quotes": stored,
        "shows_sample": any(quote.instrument.is_sample for quote in stored),
        "backtests": recent_backtests(RECENT),
        "forecasts": recent_forecasts(RECENT),
        "active_jobs": Job.objects.filter(state__in=ACTIVE_STATES),
    }
    return render(request, "overview.html", context)

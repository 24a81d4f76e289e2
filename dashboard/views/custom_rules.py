"""What a custom rule says, while one types it."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from dashboard.forms import BacktestForm
from dashboard.forms.sweep import SweepForm
from dashboard.views.htmx import HtmxRequest


@require_safe
def check_rule(request: HtmxRequest) -> HttpResponse:
    """Answer with the reading of the texts in the URL, or what is wrong with them, and their parameters."""
    kind = SweepForm if "objective" in request.GET else BacktestForm
    return render(request, "custom_rules/check.html", {"form": kind.from_query(request.GET)})

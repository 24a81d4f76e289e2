"""Splits that people record for steps of the price, one click each, and undo."""

from datetime import date
from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST
from django_htmx.http import trigger_client_event

from core.errors import InvalidInput
from dashboard.views.decorators import staff_required
from dashboard.views.htmx import HtmxRequest
from ingestion.splits import find_steps, record_split, recorded_splits, remove_split


@require_POST
@staff_required
def record_step(request: HtmxRequest) -> HttpResponse:
    """Record the split that a step of the price shows."""
    record_split(request.POST.get("symbol", ""), day=_day(request.POST), ratio=request.POST.get("ratio", ""))
    return _steps(request)


@require_POST
@staff_required
def remove_recorded(request: HtmxRequest) -> HttpResponse:
    """Remove a split that was recorded by hand."""
    remove_split(request.POST.get("symbol", ""), day=_day(request.POST))
    return _steps(request)


def steps_context() -> dict[str, Any]:
    """Return what the table of steps is drawn from; a template that does not show it asks nothing."""
    return {"find_steps": find_steps, "recorded_splits": recorded_splits}


def _steps(request: HtmxRequest) -> HttpResponse:
    if not request.htmx:
        return redirect("data")
    response = render(request, "data/steps.html", steps_context())
    return trigger_client_event(response, "splits-changed", after="settle")


def _day(form: QueryDict) -> date:
    try:
        return date.fromisoformat(form.get("date", ""))
    except ValueError:
        raise InvalidInput("Give the day of the split as a date like 2024-01-31.", field="date") from None

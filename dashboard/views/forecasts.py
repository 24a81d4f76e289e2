"""Forecasts: the form, the forecast that answers it, and training."""

from functools import partial
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from dashboard.forms import ForecastForm
from dashboard.history.symbols import usual_symbol
from dashboard.presenters.forecast import forecast_result
from dashboard.views.decorators import staff_required
from dashboard.views.htmx import HtmxRequest, render_page, user_of, wants_partial
from dashboard.views.workbench import (
    form_with_errors,
    nothing_stored,
    result_beside_form,
    to_own_url,
)
from forecasting.forecasts.service import data_changed_since, find_forecast, issue_forecast
from forecasting.schemas import ForecastDocument
from forecasting.tasks import request_training

PAGE = "forecasts/page.html"


@require_safe
def forecasts(request: HtmxRequest) -> HttpResponse:
    """Forecast what the URL asks for; without a question, the symbol that was used last."""
    if not request.GET:
        return _first_page(request)
    form = ForecastForm.from_query(request.GET)
    document = form.result_of(partial(issue_forecast, owner=user_of(request)))
    if document is None:
        return form_with_errors(request, PAGE, form)
    if not wants_partial(request):
        return to_own_url(request, document.links.page)
    return result_beside_form(request, PAGE, _context(form, document), document.links.page)


@require_safe
def forecast(request: HtmxRequest, forecast_id: str) -> HttpResponse:
    """Show a stored forecast, with the form as it was filled in."""
    document = find_forecast(forecast_id)
    form = ForecastForm.showing(document.parameters)
    context = {**_context(form, document), "data_changed": data_changed_since(document)}
    return render_page(request, PAGE, context, partial="workbench")


@require_POST
@staff_required
def train(request: HtmxRequest) -> HttpResponse:
    """Queue the training of a symbol's model, and answer with the job."""
    job = request_training(request.POST.get("symbol", ""))
    if not request.htmx:
        return redirect("job", job.pk)
    return render(request, "jobs/job.html#card", {"job": job})


def _first_page(request: HtmxRequest) -> HttpResponse:
    symbol = usual_symbol(user_of(request))
    if symbol is None:
        return nothing_stored(request)
    form = ForecastForm.of_symbol(symbol)
    document = form.result_of(partial(issue_forecast, owner=user_of(request)))
    context = {"form": form} if document is None else _context(form, document)
    return render_page(request, PAGE, context, partial="workbench")


def _context(form: ForecastForm, document: ForecastDocument) -> dict[str, Any]:
    return {"form": form, "result": forecast_result(document)}

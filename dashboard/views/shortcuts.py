"""Addresses that a person can type: a symbol, an amount, and the answer.

A browser is sent on to the result's page; a client that asks for JSON gets the document.
"""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from core.responses import json_response
from dashboard.downloads.responses import answers_json, pdf_response
from dashboard.reports.combined import combined_report, combined_result
from dashboard.reports.parameters import (
    ReportChoice,
    backtest_parameters,
    forecast_parameters,
    stored_symbol,
)
from dashboard.views.htmx import user_of
from forecasting.forecasts.service import issue_forecast
from forecasting.schemas import ForecastDocument
from strategies.backtests.schemas import BacktestDocument
from strategies.backtests.service import run_backtest

HTML, JSON = "text/html", "application/json"


@require_safe
def backtest(request: HttpRequest, symbol: str, initial_investment: str) -> HttpResponse:
    """Backtest `symbol` with the default rule and this much money."""
    parameters = backtest_parameters(stored_symbol(symbol), initial_investment)
    return _page_or_document(request, run_backtest(parameters, owner=user_of(request)))


@require_safe
def predict(request: HttpRequest, symbol: str) -> HttpResponse:
    """Forecast the next 30 sessions of `symbol`."""
    return _page_or_document(
        request, issue_forecast(forecast_parameters(stored_symbol(symbol)), owner=user_of(request))
    )


@require_safe
def report_pdf(request: HttpRequest, symbol: str) -> HttpResponse:
    """Show the combined report of `symbol`."""
    result = combined_result(symbol, ReportChoice.of(request.GET.dict()), owner=user_of(request))
    return pdf_response(request, result, attachment=False)


@require_safe
@answers_json
def report_json(request: HttpRequest, symbol: str) -> HttpResponse:
    """Return the combined report of `symbol` as a document."""
    document = combined_report(symbol, ReportChoice.of(request.GET.dict()), owner=user_of(request))
    return json_response(request, document)


def _page_or_document(request: HttpRequest, document: BacktestDocument | ForecastDocument) -> HttpResponse:
    if request.get_preferred_type([HTML, JSON]) == JSON:
        response = json_response(request, document)
    else:
        response = HttpResponseRedirect(document.links.page)
    patch_vary_headers(response, ["Accept"])
    return response


urlpatterns: list[URLPattern] = [
    path("backtest/<str:symbol>/<str:initial_investment>/", backtest, name="short_backtest"),
    path("predict/<str:symbol>/", predict, name="short_predict"),
    path("report/<str:symbol>/", report_pdf, name="report_pdf"),
    path("report/json/<str:symbol>/", report_json, name="report_json"),
]

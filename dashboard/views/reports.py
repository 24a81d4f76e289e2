"""The combined report of a symbol as a page; its PDF and JSON have URLs of their own."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from dashboard.history.listing import backtests_of, forecasts_of
from dashboard.presenters.backtest import backtest_result
from dashboard.presenters.forecast import forecast_result
from dashboard.presenters.instruments import InstrumentFilters, instrument_list
from dashboard.reports.combined import combined_report
from dashboard.reports.parameters import ReportChoice
from dashboard.views.htmx import HtmxRequest, render_page, user_of

OFFERED = 50
"""Stored parts of each kind that a report can be made of."""


@require_safe
def reports(request: HtmxRequest) -> HttpResponse:
    """Answer with the symbols that a report can be had of."""
    listed = instrument_list(InstrumentFilters.of(request.GET.dict()))
    return render_page(request, "combined/list.html", {"listed": listed}, partial="instruments")


@require_safe
def report(request: HtmxRequest, symbol: str) -> HttpResponse:
    """Answer with the combined report of `symbol`, computing what is not stored yet."""
    user = user_of(request)
    document = combined_report(symbol, ReportChoice.of(request.GET.dict()), owner=user)
    context = {
        "backtests": backtests_of(user, symbol=document.symbol, limit=OFFERED),
        "forecasts": forecasts_of(user, symbol=document.symbol, limit=OFFERED),
        "chosen": ReportChoice.of(request.GET.dict()),
        "document": document,
        "backtest": backtest_result(document.backtest),
        "forecast": forecast_result(document.forecast),
        "look_back": forecast_result(document.look_back) if document.look_back else None,
    }
    return render(request, "combined/page.html", context)

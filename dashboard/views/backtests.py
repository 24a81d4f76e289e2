"""Backtests: the form, and the run that answers it."""

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe
from pydantic_core import to_json

from core.errors import HindcastError, InvalidInput
from core.stored_result import StoredResult
from dashboard.charts.backtest_columns import backtest_detail as detail_of
from dashboard.charts.backtest_columns import every_day
from dashboard.forms import BacktestForm
from dashboard.history.changes import saved_run
from dashboard.history.symbols import usual_symbol
from dashboard.presenters.cache import rendered_result
from dashboard.views.htmx import HtmxRequest, render_page, user_of, wants_partial
from dashboard.views.workbench import (
    form_with_errors,
    nothing_stored,
    result_beside_form,
    to_own_url,
)
from strategies.backtests.schemas import BacktestDocument
from strategies.backtests.service import data_changed_since, find_backtest, run

PAGE = "backtests/page.html"

LAST_RUN = "last_run"
"""Cookie with the identifier of the run that this browser showed last."""
A_YEAR = 365 * 24 * 3600


@require_safe
def backtests(request: HtmxRequest) -> HttpResponse:
    """Run what the URL asks for; without a question, show what this browser asked last."""
    if not request.GET:
        return _first_page(request)
    form = BacktestForm.from_query(request.GET)
    result = form.result_of(partial(run, owner=user_of(request)))
    if result is None:
        return form_with_errors(request, PAGE, form)
    url = reverse("backtest", args=[result.id])
    if not wants_partial(request):
        return _remembering(result.id, to_own_url(request, url))
    context = _context_of(request, form, result)
    return _remembering(result.id, result_beside_form(request, PAGE, context, url))


@require_safe
def backtest(request: HtmxRequest, backtest_id: str) -> HttpResponse:
    """Show a stored run, with the form as it was filled in."""
    document = find_backtest(backtest_id)
    form = BacktestForm.showing(document.parameters)
    context = _context(form, document.id, read=lambda: document)
    context["saved"] = saved_run(user_of(request), document.id)
    context["data_changed"] = data_changed_since(document)
    return _remembering(document.id, render_page(request, PAGE, context, partial="workbench"))


@require_safe
def backtest_detail(request: HtmxRequest, backtest_id: str) -> HttpResponse:
    """Answer with more points of the chart's lines between two days, or without them with every day."""
    document = find_backtest(backtest_id)
    if "start" in request.GET or "end" in request.GET:
        start, end = _day(request.GET.get("start", "")), _day(request.GET.get("end", ""))
        detail = detail_of(document, start=start, end=end)
    else:
        detail = every_day(document)
    response = HttpResponse(to_json(detail, inf_nan_mode="null"), content_type="application/json")
    response["Cache-Control"] = "private, max-age=3600"
    return response


def _first_page(request: HtmxRequest) -> HttpResponse:
    """Answer the question that this browser asked last; the first time, the defaults for a symbol."""
    last = _last_result(request)
    if last:
        form = BacktestForm.showing(last.document.parameters)
    else:
        symbol = usual_symbol(user_of(request))
        if symbol is None:
            return nothing_stored(request)
        form = BacktestForm.of_symbol(symbol)
    result = last or form.result_of(partial(run, owner=user_of(request)))
    context: dict[str, Any] = {"form": form}
    if result is not None:
        context = _context_of(request, form, result)
    return render_page(request, PAGE, context, partial="workbench")


def _remembering(backtest_id: str, response: HttpResponse) -> HttpResponse:
    """Let the browser keep which run it showed last: the page opens with its parameters next time."""
    path = reverse("backtests")
    response.set_cookie(
        LAST_RUN,
        backtest_id,
        max_age=A_YEAR,
        path=path,
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )
    return response


def _last_result(request: HtmxRequest) -> StoredResult[BacktestDocument] | None:
    """Return today's result of what this browser asked last; None where there is none any more."""
    try:
        parameters = find_backtest(request.COOKIES.get(LAST_RUN, "")).parameters
        return run(parameters, owner=user_of(request))
    except HindcastError:
        return None


def _context_of(
    request: HtmxRequest, form: BacktestForm, result: StoredResult[BacktestDocument]
) -> dict[str, Any]:
    context = _context(form, result.id, read=lambda: result.document)
    # Nobody can have saved what did not exist before.
    context["saved"] = None if result.is_new else saved_run(user_of(request), result.id)
    return context


def _context(form: BacktestForm, backtest_id: str, *, read: Callable[[], BacktestDocument]) -> dict[str, Any]:
    return {"form": form, "result": rendered_result(backtest_id, read)}


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidInput(f"“{text[:20]}” is not a day. Write it as year-month-day, such as 2010-01-04.")

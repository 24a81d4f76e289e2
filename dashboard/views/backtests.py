"""Backtests: the form, and the run that answers it."""

from datetime import date
from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_safe
from pydantic_core import to_json

from dashboard.charts.backtest_columns import backtest_detail as detail_of
from dashboard.forms import BacktestForm
from dashboard.requests import HtmxRequest, render_page, user_of, wants_partial
from dashboard.results import backtest_result
from dashboard.saving import saved_run
from dashboard.views.questions import (
    answer_beside_form,
    first_question,
    form_with_errors,
    nothing_stored,
    to_own_address,
)
from jobs.errors import InvalidInput
from strategies.documents import BacktestDocument
from strategies.running import data_changed_since, find_backtest, run_backtest

PAGE = "backtests/page.html"


@require_safe
def backtests(request: HtmxRequest) -> HttpResponse:
    """Run what the address asks for; without a question, show the defaults for the first symbol."""
    if not request.GET:
        return _first_page(request)
    form = BacktestForm.from_query(request.GET)
    document = form.answered_by(run_backtest)
    if document is None:
        return form_with_errors(request, PAGE, form)
    if not wants_partial(request):
        return to_own_address(request, document.links.page)
    return answer_beside_form(request, PAGE, _context(request, form, document), document.links.page)


@require_safe
def backtest(request: HtmxRequest, backtest_id: str) -> HttpResponse:
    """Show a stored run, with the form as it was filled in."""
    document = find_backtest(backtest_id)
    form = BacktestForm.showing(document.parameters)
    context = {**_context(request, form, document), "data_changed": data_changed_since(document)}
    return render_page(request, PAGE, context, partial="workbench")


@require_safe
def backtest_detail(request: HtmxRequest, backtest_id: str) -> HttpResponse:
    """Answer with more points of the chart's lines between two days."""
    start, end = _day(request.GET.get("start", "")), _day(request.GET.get("end", ""))
    detail = detail_of(find_backtest(backtest_id), start=start, end=end)
    response = HttpResponse(to_json(detail, inf_nan_mode="null"), content_type="application/json")
    response["Cache-Control"] = "private, max-age=3600"
    return response


def _first_page(request: HtmxRequest) -> HttpResponse:
    question = first_question()
    if question is None:
        return nothing_stored(request)
    form = BacktestForm.from_query(question)
    document = form.answered_by(run_backtest)
    context = {"form": form} if document is None else _context(request, form, document)
    return render_page(request, PAGE, context, partial="workbench")


def _context(request: HtmxRequest, form: BacktestForm, document: BacktestDocument) -> dict[str, Any]:
    saved = saved_run(user_of(request), document.id)
    return {"form": form, "result": backtest_result(document), "saved": saved}


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidInput(f"“{text[:20]}” is not a day. Write it as year-month-day, such as 2010-01-04.")

"""Backtests: the form, and the run that answers it at an address of its own."""

from datetime import date
from http import HTTPStatus

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_GET
from django_htmx.http import push_url, reswap, retarget

from dashboard.charts.backtest import backtest_detail as detail_of
from dashboard.forms import BacktestForm
from dashboard.requests import HtmxRequest, render_page, wants_partial
from dashboard.results import BacktestResult, backtest_result
from ingestion.instruments import list_instruments
from jobs.errors import InvalidInput
from strategies.documents import BacktestDocument
from strategies.parameters import BacktestParameters
from strategies.running import data_changed_since, find_backtest, run_backtest

PAGE = "backtests/page.html"


@require_GET
def backtests(request: HtmxRequest) -> HttpResponse:
    """Run what the address asks for; without a question, show the defaults of the first instrument."""
    if not request.GET:
        return _first_page(request)
    form = BacktestForm.from_query(request.GET)
    document = _run(form)
    if document is None:
        return _invalid(request, form)
    if wants_partial(request):
        # A form that shows errors asks for the whole workbench, so that they go.
        partial = "workbench" if request.htmx.target == "workbench" else "result"
        return push_url(_page(request, form, document, partial=partial), document.links.page)
    response = redirect(document.links.page)
    patch_vary_headers(response, ["HX-Request"])
    return response


@require_GET
def backtest(request: HtmxRequest, backtest_id: str) -> HttpResponse:
    """Show a stored run, with the form as it was filled in."""
    document = find_backtest(backtest_id)
    form = BacktestForm.showing(document.parameters)
    return _page(request, form, document, partial="workbench", data_changed=data_changed_since(document))


@require_GET
def backtest_detail(request: HtmxRequest, backtest_id: str) -> HttpResponse:
    """Answer with more points of the chart's lines between two days."""
    start, end = _day(request.GET.get("start", "")), _day(request.GET.get("end", ""))
    response = JsonResponse(detail_of(find_backtest(backtest_id), start=start, end=end))
    response["Cache-Control"] = "private, max-age=3600"
    return response


def _first_page(request: HtmxRequest) -> HttpResponse:
    stored = [instrument for instrument in list_instruments() if instrument.last]
    if not stored:
        return render_page(request, "backtests/empty.html", {}, partial="content")
    parameters = BacktestParameters(symbol=stored[0].symbol)
    form = BacktestForm.showing(parameters)
    try:
        return _page(request, form, run_backtest(parameters), partial="workbench")
    except InvalidInput:
        # Too few bars for the defaults: the form stands alone and says so once it is sent.
        return render_page(request, PAGE, {"form": form}, partial="workbench")


def _run(form: BacktestForm) -> BacktestDocument | None:
    """Return the answer; None when the form has errors, then or by what the data cannot give."""
    if not form.is_valid():
        return None
    try:
        return run_backtest(form.parameters)
    except InvalidInput as error:
        form.refuse(error)
        return None


def _page(
    request: HtmxRequest,
    form: BacktestForm,
    document: BacktestDocument,
    *,
    partial: str,
    data_changed: bool = False,
) -> HttpResponse:
    result: BacktestResult = backtest_result(document, data_changed=data_changed)
    return render_page(request, PAGE, {"form": form, "result": result}, partial=partial)


def _invalid(request: HtmxRequest, form: BacktestForm) -> HttpResponse:
    """Answer with the form and its messages; the result beside it stays."""
    response = render_page(
        request, PAGE, {"form": form}, partial="form", status=HTTPStatus.UNPROCESSABLE_ENTITY
    )
    return reswap(retarget(response, "#backtest-form"), "outerHTML") if request.htmx else response


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidInput(f"“{text[:20]}” is not a day. Write it as year-month-day, such as 2010-01-04.")

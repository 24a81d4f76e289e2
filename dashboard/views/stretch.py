"""The figures of a part of a run."""

from datetime import date

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from core.errors import InvalidInput
from dashboard.presenters.stretch import StretchTable, stretch_table
from dashboard.views.htmx import HtmxRequest, render_page, wants_partial
from strategies.backtests.schemas import BacktestDocument
from strategies.backtests.service import find_backtest
from strategies.backtests.stretch import measure_stretch

PAGE = "backtests/stretch_page.html"


@require_safe
def backtest_stretch(request: HtmxRequest, backtest_id: str) -> HttpResponse:
    """Show the figures of the bars between two days, beside buy and hold."""
    document = find_backtest(backtest_id)
    try:
        context = {"document": document, "table": _measured(request, document)}
    except InvalidInput as error:
        if not wants_partial(request):
            raise
        # The form stays, with what was typed.
        typed = {name: request.GET.get(name, "") for name in ("start", "end")}
        context = {"document": document, "error": error.message, "typed": typed}
        return render_page(request, PAGE, context, partial="stretch", status=error.status)
    return render_page(request, PAGE, context, partial="stretch")


def _measured(request: HtmxRequest, document: BacktestDocument) -> StretchTable:
    start, end = (_day(request, name) for name in ("start", "end"))
    return stretch_table(measure_stretch(document, start=start, end=end))


def _day(request: HtmxRequest, name: str) -> date:
    text = request.GET.get(name, "")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidInput(f"“{text[:20]}” is no day. Write it as 2010-12-31.", field=name) from None

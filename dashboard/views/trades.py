"""The trades of a backtest: a table to filter and sort, and the same as a file."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from dashboard.downloads.responses import trades_response
from dashboard.presenters.trades import TradeQuery, select_trades, trade_table
from dashboard.views.htmx import HtmxRequest, render_page, wants_partial
from strategies.backtests.service import find_backtest


@require_safe
def backtest_trades(request: HtmxRequest, backtest_id: str) -> HttpResponse:
    """Show the trades that the filters let through, a page at a time."""
    document = find_backtest(backtest_id)
    query = TradeQuery.of(request.GET)
    table = trade_table(document.trades, query, currency=document.data.currency)
    context = {"document": document, "trades": table, "alone": not wants_partial(request)}
    return render_page(request, "backtests/trades_page.html", context, partial="table")


@require_safe
def trades_file(request: HttpRequest, backtest_id: str) -> HttpResponse:
    """Return the trades that the filters let through as CSV, in the order of the table."""
    document = find_backtest(backtest_id)
    positions = select_trades(document.trades, TradeQuery.of(request.GET))
    return trades_response(request, document, positions)

"""The table of a backtest's trades: filters, order, pages, running total, and its file."""

import csv
from io import StringIO

import pytest
from django.http import QueryDict
from django.test import Client

from core.errors import InvalidInput
from core.formatting import amount
from dashboard.presenters.trades import PAGE_SIZE, TradeQuery, select_trades, trade_table
from dashboard.tests.html import markup_of
from strategies.backtests.parameters import BacktestParameters
from strategies.backtests.schemas import BacktestDocument
from strategies.backtests.service import run_backtest
from strategies.engine.enums import Direction

pytestmark = pytest.mark.django_db


@pytest.fixture
def run() -> BacktestDocument:
    """A run with more trades than a page holds, on both sides."""
    return run_backtest(BacktestParameters(symbol="AAPL", fast=3, slow=8, direction=Direction.LONG_SHORT))


def _query(text: str) -> TradeQuery:
    return TradeQuery.of(QueryDict(text))


def test_filters_let_through_what_they_name(run: BacktestDocument) -> None:
    query = _query("side=short&outcome=won&year=2008&reason=")
    positions = select_trades(run.trades, query)
    expected = [
        position
        for position, trade in enumerate(run.trades)
        if trade.direction == "short" and trade.pnl > 0 and trade.exit_date.year == 2008
    ]
    assert sorted(positions) == expected
    assert expected
    table = trade_table(run.trades, query, currency="USD")
    assert (table.found, table.of) == (len(expected), len(run.trades))
    assert table.total == amount(sum(run.trades[position].pnl for position in expected))


def test_any_column_sorts_and_the_running_total_counts_in_time(run: BacktestDocument) -> None:
    for column in ("return_", "exit_date", "bars", "max_adverse_excursion"):
        values = [
            getattr(run.trades[at], column) for at in select_trades(run.trades, _query(f"sort={column}"))
        ]
        assert values == sorted(values, reverse=True)
    table = trade_table(run.trades, _query("sort=pnl&order=asc"), currency="USD")
    for row in table.rows:
        assert row.running_total == amount(sum(trade.pnl for trade in run.trades[: row.number + 1]))


def test_pages_have_fifty_and_a_trade_is_found_on_its_own(run: BacktestDocument) -> None:
    first = trade_table(run.trades, _query(""), currency="USD")
    assert len(first.rows) == PAGE_SIZE
    assert first.rows[0].number == len(run.trades) - 1
    assert first.pages == -(-len(run.trades) // PAGE_SIZE)
    found = trade_table(run.trades, _query("trade=0&side=short"), currency="USD")
    assert found.page == found.pages
    assert 0 in [row.number for row in found.rows]


@pytest.mark.parametrize("text", ["sort=colour", "page=0", "year=soon", "nonsense=1"])
def test_a_query_that_is_none_names_its_field(text: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        _query(text)
    assert caught.value.field == text.partition("=")[0]


def test_the_table_comes_alone_to_htmx_and_on_a_page_to_a_browser(
    reader: Client, run: BacktestDocument
) -> None:
    url = f"/backtests/{run.id}/trades/?side=long&sort=pnl"
    part = markup_of(reader.get(url, headers={"HX-Request": "true"}))
    assert not part.all("h1")
    assert part.one("th", aria_sort="descending").text.strip() == "Profit, USD"
    assert part.all("button", data_look="backtest-chart")
    page = markup_of(reader.get(url))
    assert page.all("h1")
    assert not page.all("button", data_look="backtest-chart")
    assert reader.get(f"/backtests/{run.id}/trades/?page=0").status_code == 422


def test_the_file_has_what_the_filters_let_through_in_the_order_of_the_table(
    reader: Client, run: BacktestDocument
) -> None:
    response = reader.get(f"/backtests/{run.id}/trades.csv?outcome=lost&sort=pnl&order=asc")
    rows = list(csv.DictReader(StringIO(response.content.decode())))
    profits = [float(row["pnl"]) for row in rows]
    assert profits == sorted(trade.pnl for trade in run.trades if trade.pnl <= 0)
    assert "attachment" in response["Content-Disposition"]

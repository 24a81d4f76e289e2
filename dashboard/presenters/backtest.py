"""What the result pages show: everything of it stands in a document."""

from dataclasses import dataclass
from itertools import chain

from django.urls import reverse

from dashboard.charts.backtest_columns import backtest_columns
from dashboard.charts.bars import BarChart, distribution_bars, return_bins, yearly_bars
from dashboard.charts.columns import ChartColumns
from dashboard.metrics import Group, MetricRow, metric_rows
from dashboard.presenters.calendar import MONTHS, Year, calendar_table
from dashboard.presenters.chart_texts import (
    describe_backtest,
    describe_trades,
    describe_years,
)
from dashboard.presenters.table_rows import (
    BinRow,
    EquityRow,
    FigureRow,
    SpellRow,
    YearRow,
    bin_rows,
    equity_rows,
    figure_rows,
    spell_rows,
    year_rows,
)
from dashboard.presenters.trades import TradeQuery, TradeTable, trade_table
from strategies.backtests.schemas import BacktestDocument

HEADLINE = ("total_return", "cagr", "sharpe", "max_drawdown", "trades", "win_rate")
"""The figures that a reader looks for first."""


@dataclass(frozen=True, kw_only=True)
class BacktestResult:
    """A backtest's document and the forms in which the page shows it."""

    document: BacktestDocument
    headline: list[MetricRow]
    figures: dict[Group, list[FigureRow]]
    columns: ChartColumns
    chart_in_words: str
    chart_rows: list[EquityRow]
    years: list[Year]
    yearly: BarChart
    yearly_in_words: str
    year_rows: list[YearRow]
    spell_rows: list[SpellRow]
    bin_rows: list[BinRow]
    distribution: BarChart | None
    distribution_in_words: str
    trades: TradeTable

    @property
    def months(self) -> tuple[str, ...]:
        """The names over the calendar's columns."""
        return MONTHS

    @property
    def computed_by(self) -> str:
        """What computed the document."""
        versions = self.document.versions
        return f"Hindcast's engine {versions.engine}, NumPy {versions.numpy}"


def backtest_result(document: BacktestDocument) -> BacktestResult:
    """Return what the page shows of `document`."""
    groups = metric_rows(document)
    bins = return_bins([trade.return_ for trade in document.trades])
    by_key = {row.metric.key: row for row in chain.from_iterable(groups.values())}
    return BacktestResult(
        document=document,
        headline=[by_key[key] for key in HEADLINE],
        figures={group: figure_rows(rows) for group, rows in groups.items()},
        columns=backtest_columns(document, detail_address=reverse("backtest_detail", args=[document.id])),
        chart_in_words=describe_backtest(document),
        chart_rows=equity_rows(document),
        years=calendar_table(document.calendar),
        yearly=yearly_bars(document.calendar.yearly),
        yearly_in_words=describe_years(document.calendar.yearly),
        year_rows=year_rows(document.calendar.yearly),
        spell_rows=spell_rows(document),
        bin_rows=bin_rows(bins),
        distribution=distribution_bars(bins) if bins else None,
        distribution_in_words=describe_trades(document.trades) if bins else "",
        trades=trade_table(document.trades, TradeQuery(), currency=document.data.currency),
    )

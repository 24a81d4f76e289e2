"""What stands in the rows of long tables, written out; `{% rows %}` puts it into HTML."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import mark_safe

from core.formatting import (
    amount,
    count,
    day,
    days,
    money,
    percent,
    price,
    ratio,
    shares,
    signed_percent,
)
from dashboard.charts.bars import Bin
from dashboard.charts.columns import days_since_epoch
from dashboard.labels import choice
from dashboard.metrics import MetricRow
from strategies.backtests.schemas import BacktestDocument, ReturnsByPeriod, Trade

LONG_RUN_BARS = 5 * 252
"""Up to about five years the table of a chart has a row for each month, beyond that for each year."""

STEPS = (0.02, 0.05, 0.10)
"""Monthly returns, as fractions, from which a cell of the calendar is tinted more strongly."""


@dataclass(frozen=True, kw_only=True)
class TradeRow:
    """A trade; `exit` is HTML, since an open trade has none; `tone` is the CSS class of its result.

    number: its position in the document. running_total: profit of the trades shown up to this one in time.
    """

    number: int
    entry_day: str
    exit_day: str
    exit: str
    side: str
    reason: str
    shares: str
    entry_price: str
    exit_price: str
    exact_entry_price: float
    exact_exit_price: float
    costs: str
    profit: str
    change: str
    tone: str
    bars: str
    worst: str
    best: str
    running_total: str


@dataclass(frozen=True, kw_only=True)
class FigureRow:
    """A key figure; the values are HTML, since one that is undefined says why.

    definition: URL of the figure's definition among the documents on methods.
    """

    label: str
    definition: str
    explanation: str
    strategy: str
    benchmark: str
    compared: str


@dataclass(frozen=True, kw_only=True)
class EquityRow:
    """Values at the last close of a month or year."""

    day: str
    close: str
    equity: str
    benchmark: str
    drawdown: str
    sharpe: str
    beta: str


@dataclass(frozen=True, kw_only=True)
class SpellRow:
    """A drawdown; `recovered` is HTML, since one that lasts has no such day, `end` its last day so far."""

    depth: str
    peak: str
    trough: str
    recovered: str
    end: str
    days: str


@dataclass(frozen=True, kw_only=True)
class YearRow:
    """A year's returns; `tone` is the CSS class of the strategy's."""

    year: str
    strategy: str
    benchmark: str
    tone: str


@dataclass(frozen=True, kw_only=True)
class BinRow:
    """How many trades had a return from `low` to less than `high`."""

    low: str
    high: str
    trades: int


@dataclass(frozen=True, kw_only=True)
class MonthCell:
    """A month of the calendar of returns; empty where it has no bar."""

    tint: str
    value: str


def trade_row(trade: Trade, *, number: int, running_total: float) -> TradeRow:
    """Return a trade written out."""
    exit_day = day(trade.exit_date)
    still_open = '<span class="tag" title="Valued at the last close, {}">Still open</span>'
    return TradeRow(
        number=number,
        entry_day=day(trade.entry_date),
        exit_day=exit_day,
        exit=format_html(still_open, exit_day) if trade.open else exit_day,
        side=choice(trade.direction),
        reason=_exit_reason(trade),
        shares=shares(trade.shares),
        entry_price=price(trade.entry_price),
        exit_price=price(trade.exit_price),
        exact_entry_price=trade.entry_price,
        exact_exit_price=trade.exit_price,
        costs=amount(trade.costs),
        profit=amount(trade.pnl),
        change=signed_percent(trade.return_),
        tone=tone(trade.pnl),
        bars=count(trade.bars),
        worst=percent(trade.max_adverse_excursion, 1),
        best=percent(trade.max_favourable_excursion, 1),
        running_total=amount(running_total),
    )


def _exit_reason(trade: Trade) -> str:
    """Return why a trade ended: of a custom rule the condition, where one did."""
    return trade.exit_clause or choice(trade.exit_reason)


def equity_rows(document: BacktestDocument) -> list[EquityRow]:
    """Return the series at the end of each year, or of each month of a shorter run; newest first."""
    series, currency = document.series, document.data.currency
    unit = "datetime64[Y]" if len(series.dates) > LONG_RUN_BARS else "datetime64[M]"
    periods = days_since_epoch(series.dates).view("datetime64[D]").astype(unit)
    ends = np.append(np.flatnonzero(periods[1:] != periods[:-1]), len(periods) - 1)
    return [
        EquityRow(
            day=day(series.dates[end]),
            close=price(series.close[end]),
            equity=money(series.equity[end], currency),
            benchmark=money(series.benchmark_equity[end], currency),
            drawdown=percent(series.drawdown[end]),
            sharpe=ratio(series.rolling_sharpe[end]),
            beta=ratio(series.rolling_beta[end]),
        )
        for end in ends[::-1].tolist()
    ]


def spell_rows(document: BacktestDocument) -> list[SpellRow]:
    """Return the worst drawdowns written out, in their order."""
    still_open = mark_safe('<span class="tag">Not yet</span>')
    return [
        SpellRow(
            depth=percent(spell.depth),
            peak=day(spell.peak),
            trough=day(spell.trough),
            recovered=day(spell.recovery) if spell.recovery else still_open,
            end=day(spell.recovery or document.period.end),
            days=days(spell.days),
        )
        for spell in document.drawdowns
    ]


def year_rows(yearly: ReturnsByPeriod) -> list[YearRow]:
    """Return the years written out, newest first."""
    years = zip(yearly.periods, yearly.strategy, yearly.benchmark, strict=True)
    return [
        YearRow(
            year=year,
            strategy=signed_percent(strategy),
            benchmark=signed_percent(benchmark),
            tone=tone(strategy),
        )
        for year, strategy, benchmark in years
    ][::-1]


def bin_rows(bins: Sequence[Bin]) -> list[BinRow]:
    """Return the bins written out, in their order."""
    return [BinRow(low=percent(item.low, 1), high=percent(item.high, 1), trades=item.trades) for item in bins]


def figure_rows(rows: Sequence[MetricRow]) -> list[FigureRow]:
    """Return the key figures written out, in their order."""
    definitions = reverse("method", args=["backtesting"])
    return [
        FigureRow(
            label=row.metric.label,
            definition=f"{definitions}#{row.metric.key}",
            explanation=row.metric.explanation,
            strategy=_with_reason(row.strategy, row.strategy_reason),
            benchmark=_with_reason(row.benchmark, row.benchmark_reason),
            compared=_with_reason(row.compared, row.compared_reason),
        )
        for row in rows
    ]


def _with_reason(text: str, reason: str) -> str:
    """Return the text with the reason as tooltip and screen-reader text."""
    if not reason:
        return text
    html = '<span class="has-reason" title="{}">{}<span class="visually-hidden">: {}</span></span>'
    return format_html(html, reason, text, reason)


def month_cells(months: Sequence[float | None]) -> list[MonthCell]:
    """Return the months of a year; each return in percent, its size in the strength of the tint."""
    return [
        MonthCell(tint=tint(value), value="" if value is None else ratio(100 * value)) for value in months
    ]


def tone(value: float | None) -> str:
    """Return the CSS class of a gain or a loss; the sign says the same without colour."""
    if not value:
        return ""
    return "gain" if value > 0 else "loss"


def tint(value: float | None) -> str:
    """Return the CSS class of a return's cell in the calendar: its sign, and roughly its size."""
    if not value:
        return ""
    step = sum(abs(value) >= limit for limit in STEPS)
    return f"tint-{'gain' if value > 0 else 'loss'}-{step}"

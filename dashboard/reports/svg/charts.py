"""The charts of the printed reports, each as the data: URL of a vector image."""

from collections.abc import Sequence

import numpy as np

from dashboard.reports.svg.drawing import Mark, Stroke
from dashboard.reports.svg.panels import (
    INK,
    LEFT,
    RIGHT,
    WIDTH,
    Area,
    Panel,
    PanelPlan,
    Symbol,
    time_panels,
)
from dashboard.reports.svg.scales import Dates, days_of
from forecasting.schemas import ForecastDocument, PastForecast, Point
from strategies.backtests.schemas import BacktestDocument, ReturnsByPeriod, Trade
from strategies.engine import indicators, rolling

STRATEGY, BENCHMARK, HELD_BAR = "#0b4f8a", "#85898f", "#b4b9c0"
BAND_80, BAND_95 = "#a9c1d9", "#dbe5ef"

STRATEGY_LINE = Stroke(colour=STRATEGY, width=1)
BENCHMARK_LINE = Stroke(colour=BENCHMARK, width=0.8, dash=(3, 1.4))
COMPARED_LINE = Stroke(colour=INK, width=0.7, dash=(1, 1.2))
CLOSE_LINE = Stroke(colour=BENCHMARK, width=0.6)
HISTORY_LINE = Stroke(colour=INK, width=0.9)
MEDIAN_LINE = Stroke(colour=STRATEGY, width=1.1, dash=(4, 1.6))
ISSUE_LINE = Stroke(colour=INK, width=0.5, dash=(1, 2))
AVERAGE_LINES = (
    Stroke(colour=STRATEGY, width=0.7),
    Stroke(colour=INK, width=0.7, dash=(4, 1.5)),
    Stroke(colour=INK, width=0.7, dash=(1.2, 1.2)),
)
"""Of the indicators over the prices, in their order."""

MANY_TRADES = 100
"""With more trades than this their marks are smaller, so that the prices stay visible."""

MANY_YEARS = 16
"""The labels of so many years stand beside each other."""

HISTORY_PER_SESSION, LEAST_HISTORY = 4, 20
"""Sessions shown before the issue for each one forecast, so that the fan fills a fifth of the chart."""

HELD = [("Strategy", STRATEGY_LINE), ("Buy & hold", BENCHMARK_LINE)]
"""The legend of what shows both."""


def equity_chart(document: BacktestDocument) -> str:
    """Return equity on a log scale above the drawdown, strategy and buy and hold."""
    series, comparison = document.series, document.comparison
    dates, compared = days_of(series.dates), series.comparison_equity or []
    plans = (
        PanelPlan(
            title=f"Equity, {document.data.currency}, logarithmic scale",
            height=90 if comparison else 118,  # the figures of what is compared stand under it
            values=[*series.equity, *series.benchmark_equity, *compared],
            label=plain,
            legend=[*HELD, *([(f"{comparison.symbol}, held", COMPARED_LINE)] if comparison else [])],
            logarithmic=True,
        ),
        PanelPlan(
            title="Drawdown from the former peak",
            height=42 if comparison else 52,
            values=[0, *series.drawdown, *series.benchmark_drawdown],
            label=_percent,
            ticks=4,
        ),
    )
    drawing, (equity, drawdown) = time_panels(dates, plans)
    if compared:
        equity.line(dates, compared, COMPARED_LINE)
    equity.line(dates, series.benchmark_equity, BENCHMARK_LINE)
    equity.line(dates, series.equity, STRATEGY_LINE)
    drawdown.fill(dates, series.drawdown, BAND_80)
    drawdown.line(dates, series.drawdown, STRATEGY_LINE)
    drawdown.line(dates, series.benchmark_drawdown, BENCHMARK_LINE)
    return drawing.data_address()


def yearly_returns_chart(yearly: ReturnsByPeriod) -> str:
    """Return the years' returns as pairs of bars, strategy and buy and hold."""
    years = np.array([f"{year}-07-01" for year in yearly.periods], dtype="datetime64[D]")
    edges = np.array(
        [f"{yearly.periods[0]}-01-01", f"{int(yearly.periods[-1]) + 1}-01-01"], dtype="datetime64[D]"
    )
    plan = PanelPlan(
        title="Return of each calendar year",
        height=74,
        values=[0, *yearly.strategy, *yearly.benchmark],
        label=_percent,
        legend=[("Strategy", Area(colour=STRATEGY)), ("Buy & hold", Area(colour=HELD_BAR))],
    )
    drawing, (panel,) = time_panels(edges, [plan], marks=_in_the_middle(years, yearly.periods))
    bar = min(0.36 * (WIDTH - LEFT - RIGHT) / len(years), 24)
    for returns, colour, shift in ((yearly.strategy, STRATEGY, -bar), (yearly.benchmark, HELD_BAR, 0)):
        panel.bars(years, returns, colour, width=bar * 0.94, shift=shift)
    panel.level(0)
    return drawing.data_address()


def rolling_chart(document: BacktestDocument) -> str:
    """Return the strategy's Sharpe ratio and beta over the last half year, day by day; one has two values."""
    series = document.series
    figures = {
        f"Sharpe ratio of the last {rolling.WINDOW} days": series.rolling_sharpe,
        f"Beta to buy & hold over the last {rolling.WINDOW} days": series.rolling_beta,
    }
    plans = [
        PanelPlan(
            title=title,
            height=50,
            values=[0, *(value for value in values if value is not None)],
            label=plain,
            ticks=3,
        )
        for title, values in figures.items()
    ]
    dates = days_of(series.dates)
    drawing, panels = time_panels(dates, plans)
    for panel, values in zip(panels, figures.values(), strict=True):
        panel.line(dates, values, STRATEGY_LINE)
        panel.level(0)
    return drawing.data_address()


def price_chart(document: BacktestDocument) -> str:
    """Return the closes with what the rule decides by and every entry and exit."""
    series = document.series
    dates = days_of(series.dates)
    averages = _lines_in(document, indicators.Panel.PRICE)
    oscillators = _lines_in(document, indicators.Panel.OSCILLATOR)
    size = 3.4 if len(document.trades) <= MANY_TRADES else 1.8
    entry = Symbol(mark=Mark.UP, size=size, colour=INK)
    exit_ = Symbol(mark=Mark.DOWN, size=size, colour="#ffffff", edge=Stroke(colour=INK, width=size / 6))
    plan = PanelPlan(
        title=f"Closes, {document.data.currency}, logarithmic scale",
        height=130,
        values=[*series.close, *(value for _, values, _ in averages for value in values if value)],
        label=plain,
        legend=[
            ("Close", CLOSE_LINE),
            *((name, stroke) for name, _, stroke in averages),
            ("Entry", entry),
            ("Exit", exit_),
        ],
        logarithmic=True,
    )
    drawing, (panel, *below) = time_panels(dates, [plan, *_oscillator_plan(oscillators)])
    panel.line(dates, series.close, CLOSE_LINE)
    for shown, lines in ((panel, averages), *((lower, oscillators) for lower in below)):
        for _, values, stroke in lines:
            shown.line(dates, values, stroke)
    _mark_trades(panel, document.trades, entry=entry, exit_=exit_)
    for lower in below:
        lower.level(0)
    return drawing.data_address()


type _Line = tuple[str, Sequence[float | None], Stroke]


def _lines_in(document: BacktestDocument, where: indicators.Panel) -> list[_Line]:
    lines = [line for line in document.series.indicators if line.panel == where]
    return [(line.label, line.values, stroke) for line, stroke in zip(lines, AVERAGE_LINES, strict=False)]


def _oscillator_plan(lines: Sequence[_Line]) -> list[PanelPlan]:
    """Return the panel of what swings around zero; none where the rule has no such lines."""
    if not lines:
        return []
    return [
        PanelPlan(
            title="Signal of the rule",
            height=46,
            values=[0, *(value for _, values, _ in lines for value in values if value is not None)],
            label=plain,
            legend=[(name, stroke) for name, _, stroke in lines],
            ticks=3,
        )
    ]


def fan_chart(document: ForecastDocument) -> str:
    """Return closes before the issue, the bands after it and the closes that came."""
    points, last = document.points, document.last_close
    sessions = max(HISTORY_PER_SESSION * len(points), LEAST_HISTORY)
    before, closes = days_of(document.history.dates[-sessions:]), document.history.close[-sessions:]
    after = days_of([document.issued_on, *(point.date for point in points)])
    known = [point for point in points if point.actual is not None]
    came = Symbol(mark=Mark.DOT, size=2.2, colour=INK)
    edges = [edge for point in points for edge in (point.low_95, point.high_95)]
    actual = [point.actual for point in known if point.actual is not None]
    plan = PanelPlan(
        title=f"Close and forecast, {document.data.currency}",
        height=135,
        values=[*closes, *edges, *actual],
        label=plain,
        legend=[
            ("Close", HISTORY_LINE),
            ("95 % band", Area(colour=BAND_95)),
            ("80 % band", Area(colour=BAND_80)),
            ("Median", MEDIAN_LINE),
            *([("What came", came)] if known else []),
        ],
    )
    drawing, (panel,) = time_panels(np.concatenate([before, after]), [plan])
    panel.band(after, [last, *_of(points, "low_95")], [last, *_of(points, "high_95")], BAND_95)
    panel.band(after, [last, *_of(points, "low_80")], [last, *_of(points, "high_80")], BAND_80)
    panel.line(before, closes, HISTORY_LINE)
    panel.line(after, [last, *_of(points, "median")], MEDIAN_LINE)
    panel.moment(float(after[0].astype(np.int64)), ISSUE_LINE)
    panel.line(days_of([point.date for point in known]), actual, Stroke(colour=INK, width=0.6))
    panel.symbols(days_of([point.date for point in known]), actual, came)
    return drawing.data_address()


def past_forecasts_chart(past: Sequence[PastForecast], *, currency: str) -> str:
    """Return the bands of past forecasts on the days they were for, with the closes that came."""
    dates = days_of([item.date for item in past])
    median = Symbol(mark=Mark.DASH, size=4, colour=STRATEGY)
    came = Symbol(mark=Mark.DOT, size=1.8, colour=INK)
    plan = PanelPlan(
        title=f"Predicted against actual, {past[0].horizon} sessions ahead, {currency}, logarithmic scale",
        height=140,
        values=[*_of(past, "low_95"), *_of(past, "high_95"), *_of(past, "actual")],
        label=plain,
        legend=[
            ("95 % band", Area(colour=BAND_95)),
            ("80 % band", Area(colour=BAND_80)),
            ("Median", median),
            ("What came", came),
        ],
        logarithmic=True,
    )
    drawing, (panel,) = time_panels(dates, [plan])
    width = min(3.4, 300 / len(past))
    for colour, level in ((BAND_95, 95), (BAND_80, 80)):
        low, high = _of(past, f"low_{level}"), _of(past, f"high_{level}")
        panel.ranges(dates, low, high, Stroke(colour=colour, width=width))
    panel.symbols(dates, _of(past, "median"), median)
    panel.symbols(dates, _of(past, "actual"), came)
    return drawing.data_address()


def _in_the_middle(years: Dates, names: Sequence[str]) -> list[tuple[float, str]]:
    """Return a label under the middle of each year, or of every second, third... where there are many."""
    every = -(-len(names) // MANY_YEARS)
    return list(zip(years.astype(np.int64).tolist(), names, strict=True))[::every]


def _of(items: Sequence[Point | PastForecast], name: str) -> list[float]:
    return [getattr(item, name) for item in items]


def _mark_trades(panel: Panel, trades: Sequence[Trade], *, entry: Symbol, exit_: Symbol) -> None:
    closed = [trade for trade in trades if not trade.open]
    panel.symbols(
        days_of([trade.entry_date for trade in trades]), [trade.entry_price for trade in trades], entry
    )
    panel.symbols(
        days_of([trade.exit_date for trade in closed]), [trade.exit_price for trade in closed], exit_
    )


def plain(value: float) -> str:
    """Return a value as an axis has room for it: 1,500 or 2.5 M."""
    for size, name in ((1e12, "tn"), (1e9, "bn"), (1e6, "M")):
        if abs(value) >= size:
            return f"{value / size:,.6g} {name}"
    return f"{value:,.10g}"


def _percent(value: float) -> str:
    return f"{100 * value:.6g} %"

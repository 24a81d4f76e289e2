"""The charts of the printed reports: vector images, drawn without a browser.

Lines differ by dash and weight, bands by brightness, trades by shape, so that a print in grey says
the same. Text becomes outlines: a chart looks alike wherever it is opened. Equal documents give
equal bytes. matplotlib keeps its settings in globals: draw under the lock of `printing`.
"""

import base64
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from io import BytesIO
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter, date2num
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, Locator, LogLocator, MaxNLocator, NullLocator
from matplotlib.typing import RcKeyType

from dashboard.charts.columns import thinned
from dashboard.formatting import counted
from forecasting.documents import ForecastDocument, History, PastForecast, Point
from strategies.documents import BacktestDocument, ReturnsByPeriod, Trade

WIDTH = 7.09
"""Inches between the margins of the page."""

INK = "#1c2530"
STRATEGY = "#0b4f8a"
BENCHMARK = "#85898f"
HELD_BAR = "#b4b9c0"
BAND_80 = "#a9c1d9"
BAND_95 = "#dbe5ef"
GRID = "#dfe3e8"

DASHED = (0, (4, 1.5))
STRATEGY_LINE: dict[str, Any] = {"color": STRATEGY, "lw": 1.0}
BENCHMARK_LINE: dict[str, Any] = {"color": BENCHMARK, "lw": 0.8, "ls": DASHED}

WIDE_RANGE, HUGE_RANGE = 3.0, 10_000.0
"""From these ratios of the highest to the lowest value, a log axis is labelled 1, 2, 5, 10, or 1, 10, 100."""

MANY_TRADES = 100
"""With more trades than this their marks are smaller, so that the prices stay visible."""

DATE_FORMATS = ["%Y", "%b %Y", "%d %b %Y", "%H:%M", "%H:%M", "%S"]
"""Labels of the time axis where the ticks are years, months, days and, never needed, less."""

HISTORY_PER_SESSION, LEAST_HISTORY = 4, 20
"""Sessions shown before the issue for each one forecast, so that the fan fills a fifth of the chart."""

STYLE: dict[RcKeyType, Any] = {
    "font.family": "DejaVu Sans",  # shipped with matplotlib itself
    "font.size": 7,
    "svg.fonttype": "path",
    "svg.hashsalt": "hindcast",
    "axes.edgecolor": "#9aa3ad",
    "axes.labelcolor": INK,
    "axes.linewidth": 0.5,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": GRID,
    "grid.linewidth": 0.5,
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.major.width": 0.5,
    "ytick.major.width": 0.5,
    "xtick.major.size": 2.5,
    "ytick.major.size": 0,
    "legend.frameon": False,
    "legend.fontsize": 7,
    "legend.borderaxespad": 0,
    "legend.handlelength": 2.2,
    "text.color": INK,
    "lines.solid_joinstyle": "round",
    "path.simplify_threshold": 0.25,  # points of the page: a quarter of the finest stroke
}

PRINTED_POINTS = 600
"""Points of a line: its lowest and highest value in every 0.6 mm, the width of the stroke and its gap."""

type Dates = np.ndarray[tuple[int], np.dtype[np.datetime64]]
type Values = np.ndarray[tuple[int], np.dtype[np.float64]]


def equity_chart(document: BacktestDocument) -> str:
    """Return equity on a log scale above the drawdown, strategy and buy and hold, as a data address."""
    series, currency = document.series, document.data.currency
    dates = _days(series.dates)
    with _figure(height=2.9, rows=(2.3, 1)) as (figure, (equity, drawdown)):
        dot = "o" if len(dates) == 1 else None  # one bar makes no line
        equity.plot(
            *_line(dates, series.benchmark_equity), **BENCHMARK_LINE, marker=dot, label="Buy and hold"
        )
        equity.plot(*_line(dates, series.equity), **STRATEGY_LINE, marker=dot, label="Strategy")
        equity.set_title(f"Equity, {currency}, logarithmic scale", loc="left", fontsize=7.5)
        _logarithmic(equity, [*series.equity, *series.benchmark_equity])
        _legend(equity)
        drawdown.fill_between(*_line(dates, series.drawdown), 0, color=BAND_80, lw=0)
        drawdown.plot(*_line(dates, series.drawdown), **STRATEGY_LINE, marker=dot)
        drawdown.plot(*_line(dates, series.benchmark_drawdown), **BENCHMARK_LINE, marker=dot)
        drawdown.set_title("Drawdown from the former peak", loc="left", fontsize=7.5)
        drawdown.set_ylim(top=0)
        drawdown.yaxis.set_major_locator(MaxNLocator(4))
        drawdown.yaxis.set_major_formatter(FuncFormatter(_percent))
        return _data_address(figure)


def yearly_returns_chart(yearly: ReturnsByPeriod) -> str:
    """Return the years' returns as pairs of bars, strategy and buy and hold, as a data address."""
    years = np.array([int(year) for year in yearly.periods])
    with _figure(height=1.5) as (figure, (axes,)):
        axes.bar(years - 0.2, yearly.strategy, width=0.36, color=STRATEGY, label="Strategy")
        axes.bar(years + 0.2, yearly.benchmark, width=0.36, color=HELD_BAR, label="Buy and hold")
        axes.axhline(0, color=INK, lw=0.5)
        axes.grid(visible=False, axis="x")
        axes.set_xlim(years[0] - 0.6, years[-1] + 0.6)
        axes.xaxis.set_major_locator(MaxNLocator(15, integer=True))
        axes.xaxis.set_major_formatter(FuncFormatter(_year))
        axes.yaxis.set_major_locator(MaxNLocator(5))
        axes.yaxis.set_major_formatter(FuncFormatter(_percent))
        _legend(axes)
        return _data_address(figure)


def price_chart(document: BacktestDocument) -> str:
    """Return the closes with both averages and every entry and exit, as a data address."""
    series, parameters = document.series, document.parameters
    dates = _days(series.dates)
    fast, slow = (f"Average of {counted(window, 'bar')}" for window in (parameters.fast, parameters.slow))
    with _figure(height=2.9) as (figure, (axes,)):
        axes.plot(*_line(dates, series.close), color=BENCHMARK, lw=0.6, label="Close")
        axes.plot(*_line(dates, series.fast_average), color=STRATEGY, lw=0.7, label=fast)
        axes.plot(*_line(dates, series.slow_average), color=INK, lw=0.7, ls=DASHED, label=slow)
        _mark_trades(axes, document.trades)
        _logarithmic(axes, series.close)
        _legend(axes)
        return _data_address(figure)


def fan_chart(document: ForecastDocument) -> str:
    """Return closes before the issue, the bands after it and the closes that came, as a data address."""
    points, last = document.points, document.last_close
    dates = _days([document.issued_on, *(point.date for point in points)])
    with _figure(height=2.4) as (figure, (axes,)):
        _draw_history(axes, document.history, sessions=max(HISTORY_PER_SESSION * len(points), LEAST_HISTORY))
        for label, colour, low, high in _bands(points):
            axes.fill_between(dates, [last, *low], [last, *high], color=colour, lw=0, label=label)
        medians = [last, *(point.median for point in points)]
        axes.plot(dates, medians, color=STRATEGY, lw=1.1, ls=DASHED, label="Median")
        _draw_actual(axes, points)
        issued = date2num(document.issued_on)  # type: ignore[no-untyped-call]
        axes.axvline(issued, color=INK, lw=0.5, ls=(0, (1, 2)))
        _legend(axes)
        return _data_address(figure)


def past_forecasts_chart(past: Sequence[PastForecast]) -> str:
    """Return the bands of past forecasts on the days they were for, with the closes that came."""
    dates = _days([item.date for item in past])
    with _figure(height=2.5) as (figure, (axes,)):
        for label, colour, low, high in _bands(past):
            axes.vlines(dates, low, high, color=colour, lw=min(3.4, 300 / len(past)), label=label)
        medians, closes = [item.median for item in past], [item.actual for item in past]
        axes.plot(dates, medians, color=STRATEGY, lw=0, marker="_", ms=4, label="Median")
        axes.plot(dates, closes, color=INK, lw=0, marker="o", ms=1.8, label="What came")
        _logarithmic(axes, closes)
        _legend(axes)
        return _data_address(figure)


def _bands(items: Sequence[Point | PastForecast]) -> Iterator[tuple[str, str, list[float], list[float]]]:
    """Yield label, colour, lower and upper edge of each band, the wider one first."""
    yield "95 % band", BAND_95, [item.low_95 for item in items], [item.high_95 for item in items]
    yield "80 % band", BAND_80, [item.low_80 for item in items], [item.high_80 for item in items]


def _draw_history(axes: Axes, history: History, *, sessions: int) -> None:
    dates, closes = history.dates[-sessions:], history.close[-sessions:]
    axes.plot(_days(dates), closes, color=INK, lw=0.9, label="Close")


def _draw_actual(axes: Axes, points: Sequence[Point]) -> None:
    known = [point for point in points if point.actual is not None]
    if known:
        dates, closes = _days([point.date for point in known]), [point.actual for point in known]
        axes.plot(dates, np.array(closes, float), color=INK, lw=0.6, marker="o", ms=2.2, label="What came")


def _mark_trades(axes: Axes, trades: Sequence[Trade]) -> None:
    closed = [trade for trade in trades if not trade.open]
    entries = _days([trade.entry_date for trade in trades])
    exits = _days([trade.exit_date for trade in closed])
    bought, sold = [trade.entry_price for trade in trades], [trade.exit_price for trade in closed]
    size = 3.6 if len(trades) <= MANY_TRADES else 1.8
    axes.plot(entries, bought, color=INK, lw=0, marker="^", ms=size, label="Entry")
    axes.plot(exits, sold, color=INK, lw=0, marker="v", ms=size, mfc="white", mew=size / 6, label="Exit")


def _logarithmic(axes: Axes, values: Sequence[float]) -> None:
    # Costs that eat everything bring equity down to a published zero, which a log axis does not have.
    shown = [value for value in values if value > 0]
    axes.set_yscale("log")
    axes.yaxis.set_major_locator(_log_ticks(max(shown) / min(shown)))
    axes.yaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_formatter(FuncFormatter(_plain))


def _log_ticks(ratio: float) -> Locator:
    if ratio < WIDE_RANGE:
        return MaxNLocator(5)
    return LogLocator(subs=(1, 2, 5)) if ratio < HUGE_RANGE else LogLocator()


def _legend(axes: Axes) -> None:
    axes.legend(loc="lower right", bbox_to_anchor=(1, 1.01), ncols=6, columnspacing=1.6)


def _plain(value: float, _position: int | None = None) -> str:
    return f"{value:,.10g}"


def _percent(value: float, _position: int | None = None) -> str:
    return f"{100 * value:.0f} %"


def _year(value: float, _position: int | None = None) -> str:
    return f"{value:.0f}"


def _days(dates: Sequence[date]) -> Dates:
    return np.array(dates, dtype="datetime64[D]")


def _line(dates: Dates, values: Sequence[float | None]) -> tuple[Dates, Values]:
    """Return the points that print; no peak or trough is lost, undefined values are left out."""
    known = np.array(values, dtype=np.float64)
    dates, known = dates[~np.isnan(known)], known[~np.isnan(known)]
    drawn = thinned([known], PRINTED_POINTS)
    return dates[drawn], known[drawn]


@contextmanager
def _figure(*, height: float, rows: Sequence[float] = (1,)) -> Iterator[tuple[Figure, list[Axes]]]:
    """Yield a figure in our style with one panel for each of `rows`, above one another on one time axis."""
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(WIDTH, height), layout="constrained")
        grid = figure.subplots(len(rows), 1, sharex=True, squeeze=False, height_ratios=rows)
        panels = [row[0] for row in grid]
        _label_dates(panels[-1])
        for axes in panels:
            axes.margins(x=0.01)
            axes.yaxis.set_major_formatter(FuncFormatter(_plain))
        yield figure, panels


def _label_dates(axes: Axes) -> None:
    locator = AutoDateLocator(minticks=4, maxticks=9)  # type: ignore[no-untyped-call]
    labels = ConciseDateFormatter(  # type: ignore[no-untyped-call]
        locator, formats=DATE_FORMATS, zero_formats=DATE_FORMATS, show_offset=False
    )
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(labels)


def _data_address(figure: Figure) -> str:
    image = BytesIO()
    figure.savefig(image, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    return "data:image/svg+xml;base64," + base64.b64encode(image.getvalue()).decode()

"""The chart of a backtest: price with averages and trades, equity, drawdown."""

from collections.abc import Sequence
from datetime import date

import numpy as np
from bokeh.models import Range1d
from bokeh.plotting import figure
from numpy.typing import NDArray

from dashboard.charts.columns import ChartColumns, Columns, column, days_since_epoch, thinned
from dashboard.charts.skeleton import (
    cached_skeleton,
    date_range,
    draw_line,
    empty_source,
    panel,
    take_colours,
)
from dashboard.wording import choice
from strategies.documents import BacktestDocument, Series, Trade
from strategies.parameters import BacktestParameters


@cached_skeleton
def skeleton() -> Sequence[figure]:
    """Return three panels over one range of dates."""
    dates = date_range()
    return _price_panel(dates), _equity_panel(dates), _drawdown_panel(dates)


def _price_panel(dates: Range1d) -> figure:
    source = empty_source("price", "close", "fast", "slow")
    entries = empty_source("entries", "price")
    exits = empty_source("exits", "price", "result")
    plot = panel(
        dates=dates,
        number_format="0,0.[00]",
        follow=["price=close,fast,slow", "entries=price", "exits=price"],
        label="Chart of the price; the table under it gives values",
        last=False,
        logarithmic=True,
    )
    draw_line(plot, source, "close", "--data-ink", width=1.2)
    draw_line(plot, source, "fast", "--data-fast")
    draw_line(plot, source, "slow", "--data-slow")
    bought = plot.scatter("date", "price", source=entries, marker="triangle", size=10, line_width=1)
    take_colours(bought.glyph, fill_color="--data-entry", line_color="--surface")
    sold = plot.scatter("date", "price", source=exits, marker="inverted_triangle", size=10, line_width=1.75)
    take_colours(sold.glyph, fill_color="--surface", line_color="--data-exit")
    return plot


def _equity_panel(dates: Range1d) -> figure:
    source = empty_source("equity", "equity", "benchmark")
    plot = panel(
        dates=dates,
        number_format="0.[00]a",
        follow=["equity=equity,benchmark"],
        label="Chart of the equity; the table under it gives values",
        last=False,
        logarithmic=True,
    )
    draw_line(plot, source, "benchmark", "--data-benchmark", width=1.25, dash="dashed")
    draw_line(plot, source, "equity", "--data-strategy", width=1.75)
    return plot


def _drawdown_panel(dates: Range1d) -> figure:
    source = empty_source("drawdown", "drawdown", "benchmark")
    plot = panel(
        dates=dates,
        number_format="0%",
        follow=["drawdown=drawdown,benchmark"],
        label="Chart of the drawdown; the table under it gives values",
        last=True,
    )
    area = plot.varea("date", 0, "drawdown", source=source, fill_alpha=0.22)
    take_colours(area.glyph, fill_color="--data-loss")
    draw_line(plot, source, "benchmark", "--data-benchmark", width=1, dash="dashed")
    draw_line(plot, source, "drawdown", "--data-loss", width=1.25)
    return plot


def backtest_columns(document: BacktestDocument, *, detail_address: str) -> ChartColumns:
    """Return the columns of the whole run, thinned where it is long."""
    days = days_since_epoch(document.series.dates)
    sources = _lines(document.series, days, shown=None)
    complete = len(sources["price"]["day"]) == len(days)
    return ChartColumns(
        sources={**sources, **_markers(document.trades)},
        labels=_labels(document.parameters),
        first_day=int(days[0]),
        last_day=int(days[-1]),
        detail_address="" if complete else detail_address,
    )


def backtest_detail(document: BacktestDocument, *, start: date, end: date) -> dict[str, Columns]:
    """Return the lines with more points from `start` through `end`, and thinned around them."""
    days = days_since_epoch(document.series.dates)
    shown = (days >= days_since_epoch([start])[0]) & (days <= days_since_epoch([end])[0])
    return _lines(document.series, days, shown=np.flatnonzero(shown))


def _labels(parameters: BacktestParameters) -> dict[str, str]:
    average = choice(parameters.average)
    return {"fast": f"{average} {parameters.fast}", "slow": f"{average} {parameters.slow}"}


def _lines(series: Series, days: NDArray[np.int64], *, shown: NDArray[np.intp] | None) -> dict[str, Columns]:
    """Return the columns of the three panels; `shown` are positions to give more points to."""
    return {
        "price": _columns(
            days,
            {"close": series.close, "fast": series.fast_average, "slow": series.slow_average},
            keep=[series.close],
            decimals=4,
            shown=shown,
        ),
        "equity": _columns(
            days,
            {"equity": series.equity, "benchmark": series.benchmark_equity},
            keep=[series.equity, series.benchmark_equity],
            decimals=2,
            shown=shown,
        ),
        "drawdown": _columns(
            days,
            {"drawdown": series.drawdown, "benchmark": series.benchmark_drawdown},
            keep=[series.drawdown, series.benchmark_drawdown],
            decimals=4,
            shown=shown,
        ),
    }


def _columns(
    days: NDArray[np.int64],
    lines: dict[str, Sequence[float | None]],
    *,
    keep: Sequence[Sequence[float]],
    decimals: int,
    shown: NDArray[np.intp] | None,
) -> Columns:
    arrays = [np.asarray(line, dtype=np.float64) for line in keep]
    positions = thinned(arrays)
    if shown is not None and shown.size:
        inside = shown[thinned([array[shown] for array in arrays])]
        positions = np.union1d(positions, inside)
    return {
        "day": days[positions].tolist(),
        **{name: column(values, positions, decimals=decimals) for name, values in lines.items()},
    }


def _markers(trades: Sequence[Trade]) -> dict[str, Columns]:
    """Return entries and exits; a trade still open has no exit."""
    closed = [trade for trade in trades if not trade.open]
    return {
        "entries": {
            "day": days_since_epoch([trade.entry_date for trade in trades]).tolist(),
            "price": [trade.entry_price for trade in trades],
        },
        "exits": {
            "day": days_since_epoch([trade.exit_date for trade in closed]).tolist(),
            "price": [trade.exit_price for trade in closed],
            "result": [trade.return_ for trade in closed],
        },
    }

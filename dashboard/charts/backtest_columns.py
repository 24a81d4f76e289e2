"""What a backtest puts into its chart: the columns of its lines, candles and trades."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from dashboard.charts.backtest import SIDES, indicator_columns
from dashboard.charts.columns import (
    MAX_CANDLES,
    MAX_POINTS,
    ChartColumns,
    Columns,
    days_since_epoch,
    group_starts,
    rounded,
    thinned,
)
from strategies.backtests.schemas import BacktestDocument, Trade

Positions = NDArray[np.intp]
Values = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Indicator:
    """A line of the rule. values: one for each bar, NaN while it warms up."""

    label: str
    panel: str
    values: Values


def backtest_columns(document: BacktestDocument, *, detail_address: str) -> ChartColumns:
    """Return the columns of the whole run, thinned where it is long."""
    days = days_since_epoch(document.series.dates)
    sources = _lines(document, days)
    complete = len(sources["price"]["day"]) == len(days) == len(sources["bars"]["day"])
    return ChartColumns(
        sources={**sources, **_markers(document.trades)},
        labels=_labels(document, bars_per_candle=-(-len(days) // len(sources["bars"]["day"]))),
        bases={"equity": document.parameters.initial_investment},
        first_day=int(days[0]),
        last_day=int(days[-1]),
        detail_address="" if complete else detail_address,
        sessions=np.diff(days, prepend=0).tolist(),
    )


def backtest_detail(document: BacktestDocument, *, start: date, end: date) -> dict[str, Columns]:
    """Return the lines with more points from `start` through `end`, and thinned around them."""
    days = days_since_epoch(document.series.dates)
    shown = (days >= days_since_epoch([start])[0]) & (days <= days_since_epoch([end])[0])
    return _lines(document, days, shown=np.flatnonzero(shown))


def every_day(document: BacktestDocument) -> dict[str, Columns]:
    """Return the lines and candles of every bar, from which values are read."""
    days = days_since_epoch(document.series.dates)
    return _lines(document, days, points=len(days), candles=len(days))


def indicators(document: BacktestDocument) -> list[Indicator]:
    """Return the lines of the run's rule."""
    return [
        Indicator(label=line.label, panel=line.panel, values=_values(line.values))
        for line in document.series.indicators
    ]


def _labels(document: BacktestDocument, *, bars_per_candle: int) -> dict[str, str]:
    """Return the names of the lines, an empty one where a line is not used."""
    labels = {
        "currency": document.data.currency,
        "compared": document.comparison.symbol if document.comparison else "",
        "candle": ""
        if bars_per_candle == 1
        else f"Each candle sums up {bars_per_candle} bars; zoom in for one each",
    }
    for panel in ("price", "oscillator"):
        names = [line.label for line in document.series.indicators if line.panel == panel]
        for position, column in enumerate(indicator_columns()):
            labels[f"{panel}.{column}"] = names[position] if position < len(names) else ""
    return labels


def _lines(
    document: BacktestDocument,
    days: NDArray[np.int64],
    *,
    shown: Positions | None = None,
    points: int = MAX_POINTS,
    candles: int = MAX_CANDLES,
) -> dict[str, Columns]:
    """Return the columns of the lines and candles.

    shown: positions that get as many points and candles to themselves.
    points, candles: how many there are at most.
    """
    series = document.series
    close = _values(series.close)
    equity = {"equity": _values(series.equity), "benchmark": _values(series.benchmark_equity)}
    drawdown = {"drawdown": _values(series.drawdown), "benchmark": _values(series.benchmark_drawdown)}
    if series.comparison_equity is not None:
        equity["compared"] = _values(series.comparison_equity)
    rolling = {"sharpe": _values(series.rolling_sharpe), "beta": _values(series.rolling_beta)}
    lines = indicators(document)
    on_price, in_oscillator = (
        dict(zip(indicator_columns(), (line.values for line in lines if line.panel == panel), strict=False))
        for panel in ("price", "oscillator")
    )
    price_kept = _kept([close], shown, points)
    equity_kept = _kept(list(equity.values()), shown, points)
    return {
        "price": _columns(days, {"close": close, **on_price}, price_kept, decimals=4),
        "oscillator": _columns(
            days, in_oscillator, price_kept if in_oscillator else price_kept[:0], decimals=4
        ),
        "equity": _columns(days, equity, equity_kept, decimals=2),
        "drawdown": _columns(days, drawdown, _kept(list(drawdown.values()), shown, points), decimals=4),
        "rolling": _columns(days, rolling, _kept(_without_gaps(rolling), shown, points), decimals=2),
        "bars": _candles(document, days, group_starts(len(days), shown, candles)),
    }


def _values(column: Sequence[float | None]) -> Values:
    """Return a column as an array; null becomes NaN."""
    return np.asarray(column, dtype=np.float64)


def _without_gaps(lines: dict[str, Values]) -> list[Values]:
    """Return the lines with zero where they are undefined."""
    return [np.nan_to_num(values) for values in lines.values()]


def _kept(lines: Sequence[Values], shown: Positions | None, points: int) -> Positions:
    """Return the positions to draw of lines without NaN: more among those in `shown`."""
    positions = thinned(lines, points)
    if shown is None or not shown.size:
        return positions
    inside = shown[thinned([line[shown] for line in lines], points)]
    return np.union1d(positions, inside)


def _columns(
    days: NDArray[np.int64], lines: dict[str, Values], positions: Positions, *, decimals: int
) -> Columns:
    return {
        "day": days[positions].tolist(),
        **{name: rounded(values[positions], decimals) for name, values in lines.items()},
    }


def _candles(document: BacktestDocument, days: NDArray[np.int64], starts: Positions) -> Columns:
    """Return candles that begin at `starts`; volumes are means of a bar."""
    series = document.series
    last = np.append(starts[1:], len(days)) - 1
    opens, closes = _values(series.open)[starts], _values(series.close)[last]
    volume = np.add.reduceat(_values(series.volume), starts) / (last - starts + 1)
    return {
        "day": ((days[starts] + days[last]) / 2).tolist(),
        "left": days[starts].tolist(),
        "right": days[last].tolist(),
        "open": rounded(opens, 4),
        "high": rounded(np.maximum.reduceat(_values(series.high), starts), 4),
        "low": rounded(np.minimum.reduceat(_values(series.low), starts), 4),
        "close": rounded(closes, 4),
        "rising_close": rounded(np.where(closes >= opens, closes, np.nan), 4),
        "falling_close": rounded(np.where(closes < opens, closes, np.nan), 4),
        "volume": rounded(volume, 0),
    }


def _markers(trades: Sequence[Trade]) -> dict[str, Columns]:
    """Return entries and exits by direction, with the trade's position; a trade still open has no exit."""
    markers: dict[str, Columns] = {}
    for side in SIDES:
        entered = {number: trade for number, trade in enumerate(trades) if trade.direction == side}
        closed = {number: trade for number, trade in entered.items() if not trade.open}
        markers[f"{side}_entries"] = {
            "day": days_since_epoch([trade.entry_date for trade in entered.values()]).tolist(),
            "price": [trade.entry_price for trade in entered.values()],
            "trade": list(entered),
        }
        markers[f"{side}_exits"] = {
            "day": days_since_epoch([trade.exit_date for trade in closed.values()]).tolist(),
            "price": [trade.exit_price for trade in closed.values()],
            "result": [trade.return_ for trade in closed.values()],
            "trade": list(closed),
        }
    return markers

"""Figures of a part of a run: the formulas of the whole over the bars between two days."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from core.errors import InvalidInput
from strategies.backtests.schemas import BacktestDocument, Trade
from strategies.engine.equity_curve import Curve
from strategies.engine.metrics import CurveMetrics, measure_curve
from strategies.engine.prices import FloatArray

LEAST_BARS = 2
BEST_TRADES = 5


@dataclass(frozen=True, kw_only=True)
class Without:
    """What a run would have returned without a part of it.

    left_out: the part: a year, or a number of trades. total_return: a fraction.
    """

    left_out: int
    total_return: float


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """A part of a run, of the bars from `start` through `end`.

    trades: those that were closed in it, or are still open at its end.
    without_best_year, without_best_trades: of the strategy; None where it has no full choice of them.
    """

    start: date
    end: date
    bars: int
    strategy: CurveMetrics
    benchmark: CurveMetrics
    trades: list[Trade]
    without_best_year: Without | None
    without_best_trades: Without | None


def measure_stretch(document: BacktestDocument, *, start: date, end: date) -> Stretch:
    """Measure the bars of a run from `start` through `end`. Raises InvalidInput for fewer than two."""
    dates = np.asarray(document.series.dates, dtype="datetime64[D]")
    inside = np.flatnonzero((dates >= np.datetime64(start)) & (dates <= np.datetime64(end)))
    if len(inside) < LEAST_BARS:
        raise InvalidInput(
            f"From {start} to {end} the run has fewer than {LEAST_BARS} bars. Choose a longer stretch "
            f"between {document.period.start} and {document.period.end}.",
            field="start",
        )
    first, last = int(inside[0]), int(inside[-1])
    rate = document.parameters.risk_free_rate
    strategy = _part(document, document.series.equity, first, last)
    benchmark = _part(document, document.series.benchmark_equity, first, last)
    shown = (document.series.dates[first], document.series.dates[last])
    trades = [trade for trade in document.trades if shown[0] <= trade.exit_date <= shown[1]]
    return Stretch(
        start=shown[0],
        end=shown[1],
        bars=len(inside),
        strategy=measure_curve(strategy, rate),
        benchmark=measure_curve(benchmark, rate),
        trades=trades,
        without_best_year=_without_best_year(strategy),
        without_best_trades=_without_best_trades(strategy, trades),
    )


def _part(document: BacktestDocument, equity: list[float], first: int, last: int) -> Curve:
    """Return the curve of some bars; it begins with the equity at the close before them."""
    before = equity[first - 1] if first else document.parameters.initial_investment
    return Curve.from_equity(
        np.asarray(equity[first : last + 1]),
        initial_cash=before,
        dates=np.asarray(document.series.dates[first : last + 1], dtype="datetime64[D]"),
    )


def _without_best_year(curve: Curve) -> Without | None:
    """Return what is left without the calendar year of the highest return; None: there is one year only."""
    years = curve.dates.astype("datetime64[Y]").astype(int) + 1970
    distinct = np.unique(years)
    if len(distinct) == 1 or curve.equity[-1] <= 0:
        return None
    growths = {int(year): _growth(curve.returns[years == year]) for year in distinct}
    best = max(growths, key=growths.__getitem__)
    rest = _growth(curve.returns[years != best])
    return Without(left_out=best, total_return=rest - 1)


def _without_best_trades(curve: Curve, trades: list[Trade]) -> Without | None:
    """Return what is left without the bars of the trades that made most; None: there are too few trades.

    Between its trades a strategy holds cash, so the bars of a trade are all that it did. A bar that a trade
    shares with the next one is left out too.
    """
    if len(trades) <= BEST_TRADES or curve.equity[-1] <= 0:
        return None
    best = sorted(trades, key=lambda trade: trade.return_, reverse=True)[:BEST_TRADES]
    kept = np.ones(len(curve.dates), dtype=np.bool_)
    for trade in best:
        entered, left = np.datetime64(trade.entry_date), np.datetime64(trade.exit_date)
        kept &= (curve.dates < entered) | (curve.dates > left)
    return Without(left_out=BEST_TRADES, total_return=_growth(curve.returns[kept]) - 1)


def _growth(returns: FloatArray) -> float:
    return float(np.prod(1 + returns))

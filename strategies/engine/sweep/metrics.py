"""What is counted in each cell, and the figures made of it.

Every way of computing a cell ends in the same eight numbers, so that the formulas of the figures stand
here once. They are those of `metrics`, for many cells at a time.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import inf, nan, sqrt

import numpy as np

from strategies.engine.equity_curve import Curve
from strategies.engine.metrics import (
    BARS_IN_A_YEAR,
    LARGEST_LOGARITHM,
    LEAST_FOR_DEVIATION,
    NO_DEVIATION,
    bar_rate,
)
from strategies.engine.prices import ROUNDING, FloatArray, IndexArray
from strategies.engine.trades import Trades

GROWTH, RETURNS, SPREAD, DOWNSIDE, WORST, TRADES, WINS, HELD = range(8)
"""Columns of a tally: final over initial equity; Σr; Σ(r - mean)²; Σ min(r - rf, 0)²; the worst drawdown,
zero or negative; trades; trades with a profit; bars held at their close."""
STATS = 8

CANCELLED = 1e-6
"""Share of Σr² below which Σr² - (Σr)²/n has lost too many digits to stand for Σ(r - mean)²."""


@dataclass(frozen=True, eq=False)
class Figures:
    """Key figures as columns, NaN where a figure is undefined; every shape is (cells,).

    bar_sharpe: the Sharpe ratio of one bar, which the statistics of evidence take.
    """

    total_return: FloatArray
    cagr: FloatArray
    sharpe: FloatArray
    sortino: FloatArray
    calmar: FloatArray
    max_drawdown: FloatArray
    trades: IndexArray
    exposure: FloatArray
    win_rate: FloatArray

    @property
    def bar_sharpe(self) -> FloatArray:
        """The Sharpe ratios of one bar."""
        return self.sharpe / sqrt(BARS_IN_A_YEAR)


def stats_of(curve: Curve, trades: Trades, *, risk_free_rate: float) -> FloatArray:
    """Return the tally of a single backtest, shape (8,)."""
    shortfall = np.minimum(curve.returns - bar_rate(risk_free_rate), 0.0)
    tally = np.empty(STATS)
    tally[GROWTH] = curve.equity[-1] / curve.initial_cash
    tally[RETURNS] = curve.returns.sum()
    tally[SPREAD] = ((curve.returns - curve.returns.mean()) ** 2).sum()
    tally[DOWNSIDE] = shortfall @ shortfall
    tally[WORST] = min(curve.drawdown.min(), 0.0)
    tally[TRADES] = len(trades)
    tally[WINS] = np.count_nonzero(trades.pnl > 0)
    tally[HELD] = trades.bars.sum()
    return tally


def figures_of(
    tallies: FloatArray, *, bars: int, risk_free_rate: float, columns: "Columns | None" = None
) -> Figures:
    """Return the figures of tallies of the shape (cells, 8), over `bars` traded bars.

    columns: `figure_columns` compiled, where it is at hand.
    """
    rate = bar_rate(risk_free_rate)
    if columns is not None:
        return Figures(*columns(tallies, bars, rate))
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        return Figures(*figure_columns(tallies, bars, rate))


def figure_columns(tallies: FloatArray, bars: int, rate: float) -> "FigureColumns":
    """Return the figures in the order of `Figures`; in words that NumPy and numba understand alike.

    rate: the risk-free one of a bar.
    """
    year, degrees = sqrt(BARS_IN_A_YEAR), bars - 1 if bars >= LEAST_FOR_DEVIATION else inf
    of_all = tallies.T.copy()
    growth, trades = of_all[GROWTH], of_all[TRADES]
    # A fall by a rounding is none, and a ratio to it would be absurd.
    drawdown = np.where(of_all[WORST] > -ROUNDING, 0.0, of_all[WORST])
    # The logarithm of nothing is that of a loss of everything: a growth of -1 a year.
    logarithm = np.log(np.where(growth > 0, growth, 0.0)) * (BARS_IN_A_YEAR / bars)
    cagr = np.where(logarithm <= LARGEST_LOGARITHM, np.expm1(logarithm), nan)
    mean = (of_all[RETURNS] / bars - rate) * year
    deviation, downside = np.sqrt(of_all[SPREAD] / degrees), np.sqrt(of_all[DOWNSIDE] / bars)
    return (
        growth - 1,
        cagr,
        np.where(deviation >= NO_DEVIATION, mean / deviation, nan),
        np.where(downside >= NO_DEVIATION, mean / downside, nan),
        np.where(drawdown < 0, cagr / -drawdown, nan),
        drawdown,
        trades.astype(np.intp),
        of_all[HELD] / bars,
        np.where(trades > 0, of_all[WINS] / trades, nan),
    )


type FigureColumns = tuple[
    FloatArray,
    FloatArray,
    FloatArray,
    FloatArray,
    FloatArray,
    FloatArray,
    IndexArray,
    FloatArray,
    FloatArray,
]
type Columns = Callable[[FloatArray, int, float], FigureColumns]

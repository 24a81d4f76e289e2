"""What is counted in each cell, and the figures made of it.

Every way of computing a cell ends in the same eight numbers, so that the formulas of the figures stand
here once. They are those of `metrics`, for many cells at a time.
"""

from dataclasses import dataclass
from math import sqrt

import numpy as np

from strategies.engine.curve import Curve
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
TALLIES = 8

CANCELLED = 1e-6
"""Share of Σr² below which Σr² - (Σr)²/n has lost too many digits to stand for Σ(r - mean)²."""


@dataclass(frozen=True, eq=False, kw_only=True)
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


def tally_of(curve: Curve, trades: Trades, *, risk_free_rate: float) -> FloatArray:
    """Return the tally of a single backtest, shape (8,)."""
    shortfall = np.minimum(curve.returns - bar_rate(risk_free_rate), 0.0)
    tally = np.empty(TALLIES)
    tally[GROWTH] = curve.equity[-1] / curve.initial_cash
    tally[RETURNS] = curve.returns.sum()
    tally[SPREAD] = ((curve.returns - curve.returns.mean()) ** 2).sum()
    tally[DOWNSIDE] = shortfall @ shortfall
    tally[WORST] = min(curve.drawdown.min(), 0.0)
    tally[TRADES] = len(trades)
    tally[WINS] = np.count_nonzero(trades.pnl > 0)
    tally[HELD] = trades.bars.sum()
    return tally


def figures_of(tallies: FloatArray, *, bars: int, risk_free_rate: float) -> Figures:
    """Return the figures of tallies of the shape (cells, 8), over `bars` traded bars."""
    growth, trades = tallies[:, GROWTH], tallies[:, TRADES]
    # A fall by a rounding is none, and a ratio to it would be absurd.
    drawdown = np.where(tallies[:, WORST] > -ROUNDING, 0.0, tallies[:, WORST])
    cagr = _yearly(growth, bars)
    mean = tallies[:, RETURNS] / bars - bar_rate(risk_free_rate)
    downside = np.sqrt(tallies[:, DOWNSIDE] / bars)
    return Figures(
        total_return=growth - 1,
        cagr=cagr,
        sharpe=_ratio(mean, _deviations(tallies, bars)),
        sortino=_ratio(mean, downside),
        calmar=np.divide(cagr, -drawdown, out=_nothing(cagr), where=drawdown < 0),
        max_drawdown=drawdown,
        trades=trades.astype(np.intp),
        exposure=tallies[:, HELD] / bars,
        win_rate=np.divide(tallies[:, WINS], trades, out=_nothing(trades), where=trades > 0),
    )


def _deviations(tallies: FloatArray, bars: int) -> FloatArray:
    if bars < LEAST_FOR_DEVIATION:
        return np.zeros(len(tallies))
    deviations: FloatArray = np.sqrt(tallies[:, SPREAD] / (bars - 1))
    return deviations


def _ratio(mean: FloatArray, deviation: FloatArray) -> FloatArray:
    """Return mean over deviation for a year, NaN where there is no deviation."""
    year = sqrt(BARS_IN_A_YEAR)
    return np.divide(mean * year, deviation, out=_nothing(mean), where=deviation >= NO_DEVIATION)


def _yearly(growth: FloatArray, bars: int) -> FloatArray:
    """Return growth^(252 / bars) - 1; -1 where everything was lost, NaN where it exceeds any number."""
    logarithm = np.log(growth, out=np.full_like(growth, -np.inf), where=growth > 0)
    logarithm *= BARS_IN_A_YEAR / bars
    yearly = np.full_like(growth, np.nan)
    return np.expm1(logarithm, out=yearly, where=logarithm <= LARGEST_LOGARITHM)


def _nothing(like: FloatArray) -> FloatArray:
    return np.full(len(like), np.nan)

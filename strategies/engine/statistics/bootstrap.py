"""How else the same returns could have come out: bands by the stationary block bootstrap.

Each draw puts blocks of the observed returns into another order. What it keeps is the distribution of
the returns and their dependence over short times; what it cannot show is a market unlike the one seen.
"""

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from strategies.engine.metrics import BARS_IN_A_YEAR, NO_DEVIATION, Undefined, bar_rate
from strategies.engine.prices import FloatArray
from strategies.engine.statistics.stationary_bootstrap import resampled_bars, root_block_length

DRAWS = 1000
LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
"""Quantiles of every band."""
LEAST_BARS = 64
MOST_POINTS = 120
"""Bars at which the band of the equity is told."""


@dataclass(frozen=True, eq=False, kw_only=True)
class BootstrapIntervals:
    """Quantiles over the draws, at `LEVELS`.

    final_equity, max_drawdown, sharpe: shape (levels,); the last for a year.
    bars: the bars at which `equity` is told; shape (points,).
    equity: shape (levels, points), in currency.
    probability_of_loss: share of draws that end with less than the initial cash.
    block_length: mean length of a block, in bars.
    """

    final_equity: FloatArray
    max_drawdown: FloatArray
    sharpe: FloatArray
    bars: NDArray[np.intp]
    equity: FloatArray
    probability_of_loss: float
    block_length: int
    draws: int


def bootstrap_bands(
    returns: FloatArray, *, initial_cash: float, risk_free_rate: float
) -> BootstrapIntervals | Undefined:
    """Return the bands of equity, worst drawdown and Sharpe ratio.

    returns: of each bar, shape (bars,).
    risk_free_rate: a year's, as a fraction.
    """
    bars = len(returns)
    if bars < LEAST_BARS:
        return Undefined(f"The period has fewer than {LEAST_BARS} bars: too few to draw from.")
    if returns.std() < NO_DEVIATION:
        return Undefined("The equity never moved, so every draw is the same.")
    points = np.unique(np.linspace(0, bars - 1, min(bars, MOST_POINTS)).astype(np.intp))
    length = root_block_length(bars)
    equity, drawdown, mean, deviation = _draws(returns, points, length)
    moves = deviation >= NO_DEVIATION
    excess = mean - bar_rate(risk_free_rate)
    sharpe = np.divide(excess, deviation, out=np.zeros(DRAWS), where=moves) * sqrt(BARS_IN_A_YEAR)
    return BootstrapIntervals(
        final_equity=_quantiles(equity[:, -1]) * initial_cash,
        max_drawdown=_quantiles(drawdown),
        sharpe=_quantiles(sharpe),
        bars=points,
        equity=_quantiles(equity) * initial_cash,
        probability_of_loss=float((equity[:, -1] < 1).mean()),
        block_length=length,
        draws=DRAWS,
    )


def _draws(
    returns: FloatArray, points: NDArray[np.intp], length: int
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Return growth at the points, worst drawdown, and mean and deviation of the returns, of each draw."""
    from strategies.engine.statistics.bootstrap_kernel import outcome

    growth = np.empty((DRAWS, len(points)))
    figures = np.empty((DRAWS, 3))
    for draw, sample in enumerate(resampled_bars(len(returns), DRAWS, block_length=length)):
        figures[draw] = outcome(returns, sample, points, growth[draw])
    drawdown, mean, deviation = figures.T
    return growth, drawdown, mean, deviation


def _quantiles(draws: FloatArray) -> FloatArray:
    """Return the quantiles over the first axis, levels first."""
    return np.quantile(draws, LEVELS, axis=0)

"""Figures of the last half year at each bar: Sharpe ratio and beta.

A window's sums are put together from sums inside blocks as long as the window (after van Herk 1992),
so that no value far away leaves its rounding behind, as it does in differences of running sums.
"""

from dataclasses import dataclass
from math import sqrt

import numpy as np

from strategies.engine.metrics import BARS_IN_A_YEAR, NO_DEVIATION, bar_rate
from strategies.engine.prices import FloatArray

WINDOW = 126
"""Bars, about half a year."""
ROUNDING_OF_SQUARES = 1e-13
"""Share of a sum of squares below which its distance from a square of sums is rounding."""


@dataclass(frozen=True, eq=False, kw_only=True)
class RollingFigures:
    """Figures of the window up to each bar, of shape (bars,); NaN where they do not exist.

    sharpe: mean(r - rf) / sd(r) · √252; it does not exist where all returns are equal.
    beta: cov(r, b) / var(b); it does not exist where the benchmark did not move.
    """

    sharpe: FloatArray
    beta: FloatArray


def rolling_figures(
    returns: FloatArray, benchmark: FloatArray, risk_free_rate: float, window: int = WINDOW
) -> RollingFigures:
    """Return the figures of the `window` returns up to each bar.

    returns, benchmark: shape (bars,); risk_free_rate: a year's, as a fraction.
    """
    bars = len(returns)
    excess = returns - bar_rate(risk_free_rate)
    products = (excess, excess * excess, benchmark, benchmark * benchmark, excess * benchmark)
    own, own_squares, other, other_squares, both = _window_sums(np.stack(products), window)
    variance = _centred(own_squares, own, window) / (window - 1)
    other_variance = _centred(other_squares, other, window) / (window - 1)
    covariance = (both - own * other / window) / (window - 1)
    return RollingFigures(
        sharpe=_from_the_first_window(own / window / np.sqrt(variance) * sqrt(BARS_IN_A_YEAR), bars),
        beta=_from_the_first_window(covariance / other_variance, bars),
    )


def _centred(squares: FloatArray, sums: FloatArray, window: int) -> FloatArray:
    """Return Σ(x - mean)² of each window; NaN where nothing but rounding is left of it."""
    centred = squares - sums * sums / window
    moved = (centred > ROUNDING_OF_SQUARES * squares) & (centred >= (window - 1) * NO_DEVIATION**2)
    centred[~moved] = np.nan
    return centred


def _window_sums(rows: FloatArray, window: int) -> FloatArray:
    """Return the sum of each full window of each row; shape (rows, bars - window + 1), empty without any."""
    count, bars = rows.shape
    results = bars - window + 1
    if results <= 0:
        return np.empty((count, 0))
    padded = np.zeros((count, -(-bars // window) * window))
    padded[:, :bars] = rows
    blocks = padded.reshape(count, -1, window)
    from_the_left = np.cumsum(blocks, axis=2).reshape(count, -1)
    from_the_right = np.cumsum(blocks[:, :, ::-1], axis=2)[:, :, ::-1].reshape(count, -1)
    sums = from_the_right[:, :results] + from_the_left[:, window - 1 : window - 1 + results]
    # A window that is a block stands in both.
    sums[:, ::window] = from_the_left[:, window - 1 : window - 1 + results : window]
    return sums


def _from_the_first_window(values: FloatArray, bars: int) -> FloatArray:
    return np.concatenate((np.full(bars - len(values), np.nan), values))

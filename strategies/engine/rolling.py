"""Figures of the last half year at each bar: Sharpe ratio and beta.

A window's sums are put together from sums inside blocks as long as the window (after van Herk 1992),
so that no value far away leaves its rounding behind, as it does in differences of running sums.
"""

from math import sqrt

import numpy as np

from strategies.engine.metrics import BARS_IN_A_YEAR, NO_DEVIATION, bar_rate
from strategies.engine.prices import FloatArray

WINDOW = 126
"""Bars, about half a year."""
ROUNDING_OF_SQUARES = 1e-13
"""Share of a sum of squares below which its distance from a square of sums is rounding."""


def rolling_sharpe(returns: FloatArray, risk_free_rate: float, window: int = WINDOW) -> FloatArray:
    """Return mean(r - rf) / sd(r) · √252 of the `window` returns up to each bar; shape (bars,).

    NaN where there are fewer returns yet, and where all of them are equal.
    """
    excess = returns - bar_rate(risk_free_rate)
    total, squares = _window_sums(excess, window), _window_sums(excess * excess, window)
    variance = _centred(squares, total, total, window) / (window - 1)
    variance[variance < NO_DEVIATION**2] = np.nan
    return _from_the_first_window(total / window / np.sqrt(variance) * sqrt(BARS_IN_A_YEAR), len(returns))


def rolling_beta(returns: FloatArray, benchmark: FloatArray, window: int = WINDOW) -> FloatArray:
    """Return cov(r, b) / var(b) of the `window` returns up to each bar; shape (bars,).

    NaN where there are fewer returns yet, and where the benchmark did not move.
    """
    own, other = _window_sums(returns, window), _window_sums(benchmark, window)
    variance = _centred(_window_sums(benchmark * benchmark, window), other, other, window)
    variance[variance < (window - 1) * NO_DEVIATION**2] = np.nan
    covariance = _window_sums(returns * benchmark, window) - own * other / window
    return _from_the_first_window(covariance / variance, len(returns))


def _centred(squares: FloatArray, one: FloatArray, other: FloatArray, window: int) -> FloatArray:
    """Return Σ(x - mean)² of each window; 0 where only rounding is left of it."""
    centred = squares - one * other / window
    centred[centred <= ROUNDING_OF_SQUARES * squares] = 0.0
    return centred


def _window_sums(values: FloatArray, window: int) -> FloatArray:
    """Return the sum of each full window; shape (bars - window + 1,), empty when there is none."""
    results = len(values) - window + 1
    if results <= 0:
        return np.empty(0)
    padded = np.zeros(-(-len(values) // window) * window)
    padded[: len(values)] = values
    blocks = padded.reshape(-1, window)
    from_the_left = np.cumsum(blocks, axis=1).ravel()
    from_the_right = np.cumsum(blocks[:, ::-1], axis=1)[:, ::-1].ravel()
    sums = from_the_right[:results] + from_the_left[window - 1 : window - 1 + results]
    # A window that is a block stands in both.
    sums[::window] = from_the_left[window - 1 : window - 1 + results : window]
    return sums


def _from_the_first_window(values: FloatArray, bars: int) -> FloatArray:
    return np.concatenate((np.full(bars - len(values), np.nan), values))

"""Choose the mean block length of the stationary bootstrap from the data.

The rule of Politis & White (2004, Automatic block-length selection for the dependent bootstrap,
Econometric Reviews 23), with the correction of Patton, Politis & White (2009): returns without
autocorrelation need blocks of a bar or two, and longer blocks only make the bootstrap's variance noisier.
"""

from collections.abc import Iterable
from math import ceil, log10, sqrt

import numpy as np

from strategies.engine.metrics import NO_DEVIATION
from strategies.engine.prices import FloatArray

LEAST_LAGS = 5
"""Autocorrelations in a row that must be insignificant before the rest is taken for zero."""


def politis_white(series: FloatArray) -> float:
    """Return the optimal mean block length of one series, in bars; 1 without deviation.

    series: shape (bars,), at least ten bars.
    """
    bars = len(series)
    centred = series - series.mean()
    if centred.std() < NO_DEVIATION:
        return 1.0
    longest = ceil(min(3 * sqrt(bars), bars / 3))
    run = max(LEAST_LAGS, int(log10(bars)))
    most_lags = ceil(sqrt(bars)) + run
    products = np.array([centred[lag:] @ centred[: bars - lag] for lag in range(most_lags + 1)])
    significant = _first_insignificant(_autocorrelations(centred, products), bars, run)
    lags = most_lags if significant is None else min(2 * max(significant, 1), most_lags)
    lag = np.arange(1, lags + 1)
    # The flat-top window: full weight up to half of the lags, then falling to zero.
    weights = 2 * np.minimum(1.0, 2 * (1 - lag / lags)) * products[1 : lags + 1] / bars
    long_run = products[0] / bars + weights.sum()
    if long_run == 0:
        return float(longest)
    optimal = float(((weights @ lag) ** 2 / long_run**2) ** (1 / 3) * bars ** (1 / 3))
    return min(max(optimal, 1.0), float(longest))


def common_block_length(series: Iterable[FloatArray]) -> int:
    """Return one mean block length for several series: the median of their optimal ones, rounded up."""
    lengths = [politis_white(one) for one in series]
    return max(ceil(np.median(lengths)), 1) if lengths else 1


def _autocorrelations(centred: FloatArray, products: FloatArray) -> FloatArray:
    """Return absolute autocorrelations, each over the deviations of the bars that it compares."""
    squares = centred * centred
    running = np.concatenate([[0.0], np.cumsum(squares)])
    lags = np.arange(len(products))
    later, earlier = running[-1] - running[lags + 1], running[len(centred) - lags - 1]
    deviations = np.sqrt(np.maximum(later * earlier, np.finfo(np.float64).tiny))
    found: FloatArray = np.abs(products) / deviations
    return found


def _first_insignificant(autocorrelations: FloatArray, bars: int, run: int) -> int | None:
    """Return the first lag from which `run` autocorrelations are insignificant; None if none."""
    critical = 2 * sqrt(log10(bars) / bars)
    quiet = autocorrelations < critical
    for lag in range(len(quiet) - run):
        if quiet[lag : lag + run].all():
            return lag
    return None

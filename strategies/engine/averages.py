"""Moving averages that compare exactly: equal averages are equal numbers.

A crossing rule asks for the sign of a difference. Running sums of floating-point prices leave
rounding behind and give that sign at random where two averages are equal. Here prices are counted
in whole ticks, so that sums are exact integers, and the one rounding left, that of the division,
is the same for equal averages and keeps the order of unequal ones.
"""

from itertools import accumulate
from math import floor, log10

import numpy as np
from numpy.typing import NDArray

from strategies.engine.choices import Average
from strategies.engine.prices import FloatArray

LARGEST_SUM = 2**62


class PricesTooLarge(ValueError):
    """Prices grew so much that their sums cannot be exact."""


def moving_average(close: FloatArray, window: int, kind: Average) -> FloatArray:
    """Return the moving average of `close` over `window` bars.

    close: shape (bars,), in currency, oldest first.
    Returns shape (bars,), in currency; the first `window - 1` values are NaN.
    Raises ValueError when `window` is not positive, and PricesTooLarge when the highest price is more
    than a million times the first one, about, so that exact sums would not fit.
    """
    if window < 1:
        raise ValueError("A window needs at least one bar.")
    if window > len(close):
        return np.full(len(close), np.nan)
    scale = _ticks_in_a_unit(close)
    if float(close.max()) * scale * window > LARGEST_SUM:
        raise PricesTooLarge
    ticks = np.rint(close * scale).astype(np.int64)
    average = _simple(ticks, window) if kind == Average.SIMPLE else _exponential(ticks, window)
    return average / scale


def _ticks_in_a_unit(close: FloatArray) -> float:
    """Return the power of ten that keeps six decimals, and nine significant digits of the first price.

    Stored prices have six decimals. Adjusted ones can be a small fraction of a cent, and where
    shares were merged again and again they can be so large that fewer decimals have to do. Only the
    first price counts, so that no later one can change how an earlier one is rounded.
    """
    magnitude = floor(log10(close[0]))
    return 10.0 ** max(8 - magnitude, min(6, 13 - magnitude))


def _simple(ticks: NDArray[np.int64], window: int) -> FloatArray:
    """Return the mean of the last `window` values.

    The cumulative sum may exceed 64 bits; it then wraps around, and the differences stay right.
    """
    sums = np.cumsum(ticks)
    average = np.full(len(ticks), np.nan)
    average[window - 1] = sums[window - 1] / window
    average[window:] = (sums[window:] - sums[:-window]) / window
    return average


def _exponential(ticks: NDArray[np.int64], window: int) -> FloatArray:
    """Return the exponential average with the smoothing factor 2 / (window + 1).

    Its seed is the simple average of the first `window` bars. Written as a correction by a share
    of the distance, it stays exactly where it is while the price equals it.
    """
    share = 2 / (window + 1)
    values = ticks.astype(np.float64)
    seed = float(ticks[:window].sum() / window)
    average = np.full(len(ticks), np.nan)
    average[window - 1 :] = list(
        accumulate(values[window:].tolist(), lambda last, value: last + share * (value - last), initial=seed)
    )
    return average

"""Moving averages that compare exactly: equal averages are equal numbers.

A crossing rule asks for the sign of a difference. Running sums of floating-point prices leave
rounding behind and give that sign at random where two averages are equal. Here prices are counted
in whole ticks, so that sums are exact integers, and the one rounding left, that of the division,
is the same for equal averages and keeps the order of unequal ones. That holds for simple and
weighted averages; exponential and Hull averages stay exactly at a price that stands still.
"""

from collections.abc import Callable, Mapping
from math import floor, isqrt, log10

import numpy as np
from numpy.typing import NDArray

from strategies.engine.choices import Average
from strategies.engine.prices import FloatArray

type Ticks = NDArray[np.int64]

LARGEST_SUM = 2**62
LARGEST_EXACT_FLOAT = 2**53


class PricesTooLarge(ValueError):
    """Prices grew so much that their sums cannot be exact."""


def moving_average(close: FloatArray, window: int, kind: Average) -> FloatArray:
    """Return the moving average of `close` over `window` bars.

    close: shape (bars,), in currency, oldest first.
    Returns shape (bars,), in currency; the first `bars_before(window, kind)` values are NaN.
    Raises ValueError when `window` is not positive, and PricesTooLarge when the highest price is so
    many times the first one that exact sums would not fit: a million times, about, and for weighted
    averages of w bars ten billion by w², about.
    """
    if window < 1:
        raise ValueError("A window needs at least one bar.")
    if bars_before(window, kind) >= len(close):
        return np.full(len(close), np.nan)
    scale = _ticks_in_a_unit(close)
    if float(close.max()) * scale * _weights_in(window, kind) > LARGEST_SUM:
        raise PricesTooLarge
    ticks = np.rint(close * scale).astype(np.int64)
    return _AVERAGES[kind](ticks, window) / scale


def bars_before(window: int, kind: Average) -> int:
    """Return the number of bars before the first one that has an average."""
    return window + _smoothing_window(window) - 2 if kind == Average.HULL else window - 1


def exponential_average(values: FloatArray, window: int) -> FloatArray:
    """Return the exponential average with the smoothing factor 2 / (window + 1); same shape.

    Its seed is the mean of the first `window` values; before it stands NaN. Written as a correction
    by a share of the distance, it stays exactly where it is while the value equals it.
    """
    average = np.full(len(values), np.nan)
    if window > len(values):
        return average
    share = 2 / (window + 1)
    last = float(values[:window].sum() / window)
    average[window - 1] = last
    average[window:] = [last := last + share * (value - last) for value in values[window:].tolist()]
    return average


def _ticks_in_a_unit(close: FloatArray) -> float:
    """Return the power of ten that keeps six decimals, and nine significant digits of the first price.

    Stored prices have six decimals. Adjusted ones can be a small fraction of a cent, and where
    shares were merged again and again they can be so large that fewer decimals have to do. Only the
    first price counts, so that no later one can change how an earlier one is rounded.
    """
    magnitude = floor(log10(close[0]))
    return 10.0 ** max(8 - magnitude, min(6, 13 - magnitude))


def _weights_in(window: int, kind: Average) -> int:
    """Return the sum of the whole weights by which an average multiplies its window."""
    return window * (window + 1) // 2 if kind in {Average.WEIGHTED, Average.HULL} else window


def _simple(ticks: Ticks, window: int) -> FloatArray:
    """Return the mean of the last `window` values.

    The cumulative sum may exceed 64 bits; it then wraps around, and the differences stay right.
    """
    average = np.full(len(ticks), np.nan)
    average[window - 1 :] = _sums(ticks, window) / window
    return average


def _weighted(ticks: Ticks, window: int) -> FloatArray:
    """Return the mean of the last `window` values with the weights 1, 2, ... `window`, newest heaviest.

    The weighted sum is Σ j·p over the window, counted from the first bar, less what counting from
    there gives each price too much.
    """
    begins = np.arange(len(ticks) - window + 1)
    weighted = _sums(ticks * np.arange(1, len(ticks) + 1), window) - begins * _sums(ticks, window)
    average = np.full(len(ticks), np.nan)
    average[window - 1 :] = _quotients(weighted, window * (window + 1) // 2)
    return average


def _exponential(ticks: Ticks, window: int) -> FloatArray:
    return exponential_average(ticks.astype(np.float64), window)


def _hull(ticks: Ticks, window: int) -> FloatArray:
    """Return Hull's average: twice the weighted one of half the window less that of all, smoothed.

    Smoothed by a weighted average over the root of the window; halves and roots are rounded down
    (Hull 2005). Its sums are taken in the same order at every bar, so that equal prices give equal
    averages and no later bar can touch an earlier one.
    """
    smoothing = _smoothing_window(window)
    raw = (2 * _weighted(ticks, max(window // 2, 1)) - _weighted(ticks, window))[window - 1 :]
    results = len(raw) - smoothing + 1
    total = np.zeros(results)
    for weight in range(1, smoothing + 1):
        total += weight * raw[weight - 1 : weight - 1 + results]
    average = np.full(len(ticks), np.nan)
    average[len(ticks) - results :] = total / (smoothing * (smoothing + 1) // 2)
    return average


_AVERAGES: Mapping[Average, Callable[[Ticks, int], FloatArray]] = {
    Average.SIMPLE: _simple,
    Average.EXPONENTIAL: _exponential,
    Average.WEIGHTED: _weighted,
    Average.HULL: _hull,
}


def _smoothing_window(window: int) -> int:
    """Return the bars over which Hull's average smooths."""
    return isqrt(window)


def _sums(ticks: Ticks, window: int) -> Ticks:
    """Return the sum of each full window; shape (bars - window + 1,)."""
    sums = np.cumsum(ticks)
    found = sums[window - 1 :].copy()
    found[1:] -= sums[:-window]
    return found


def _quotients(numerators: Ticks, divisor: int) -> FloatArray:
    """Return the quotients, equal wherever the exact ones are."""
    if int(numerators.max()) <= LARGEST_EXACT_FLOAT:
        return numerators / divisor
    whole, rest = np.divmod(numerators, divisor)
    return whole + rest / divisor

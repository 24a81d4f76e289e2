"""Moving averages that compare exactly: equal averages are equal numbers.

A crossing rule asks for the sign of a difference. Running sums of floating-point prices leave
rounding behind and give that sign at random where two averages are equal. Here prices are counted
in whole ticks, so that sums are exact integers, and the one rounding left, that of a division,
is the same for equal averages and keeps the order of unequal ones. That holds for simple and
weighted averages; exponential and Hull averages stay exactly at a price that stands still.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import floor, isqrt, log10
from typing import Self

import numpy as np
from numpy.typing import NDArray

from strategies.engine.enums import Average
from strategies.engine.prices import FloatArray

type Ticks = NDArray[np.int64]

type SimpleAverages = Callable[[FloatArray, Sequence[int], float, int], FloatArray]
"""A compiled way to simple averages, see `sweep.kernels.moving_averages`."""

LARGEST_SUM = 2**62
LARGEST_EXACT_FLOAT = 2**53
CACHE_LINE = 64
"""Bytes."""


class PricesTooLarge(ValueError):
    """Prices grew so much that their sums cannot be exact."""


def moving_average(close: FloatArray, window: int, kind: Average) -> FloatArray:
    """Return the moving average of `close` over `window` bars; shape (bars,), as `moving_averages` does."""
    average: FloatArray = moving_averages(close, [window], kind)[0]
    return average


def moving_averages(
    close: FloatArray,
    windows: Sequence[int],
    kind: Average,
    *,
    length: int | None = None,
    compiled: SimpleAverages | None = None,
) -> FloatArray:
    """Return the moving averages of `close` over each of the windows.

    close: shape (bars,), in currency, oldest first.
    length: of the rows that are returned, at least `bars`, which it is by default.
    compiled: computes simple averages, where it is at hand and their sums fit floating point.
    Returns shape (windows, length), in currency; the first `bars_before(window, kind)` values of a row
    are NaN, and those after the last bar.
    Raises ValueError when a window is not positive, and PricesTooLarge when the highest price is so
    many times the first one that exact sums would not fit: a million times, about, and for weighted
    averages of w bars ten billion by w², about.
    """
    bars = len(close)
    length = bars if length is None else length
    prices = _Ticks.of(close)
    if min(windows, default=1) < 1:
        raise ValueError("A window needs at least one bar.")
    if compiled is not None and kind == Average.SIMPLE and _fits_floating_point(prices.values):
        return compiled(prices.values, windows, prices.scale, length)
    full = [window for window in windows if bars_before(window, kind) < bars]
    if full and prices.highest * _weights_in(max(full), kind) > LARGEST_SUM:
        raise PricesTooLarge
    averages = on_cache_lines(len(windows), length)
    averages.fill(np.nan)
    for row, window in zip(averages, windows, strict=True):
        before = bars_before(window, kind)
        if before < bars:
            row[before:bars] = _AVERAGES[kind](prices, window)
    return averages


def on_cache_lines(rows: int, length: int) -> FloatArray:
    """Return an array of that shape, empty, that begins where a line of the processor's caches does.

    Kernels that take a whole cache line at a time take twice as long where each is part of two.
    """
    numbers = CACHE_LINE // np.dtype(np.float64).itemsize
    room = np.empty(rows * length + numbers)
    begin = -room.ctypes.data % CACHE_LINE // room.itemsize
    return room[begin : begin + rows * length].reshape(rows, length)


def bars_before(window: int, kind: Average) -> int:
    """Return the number of bars before the first one that has an average."""
    return window + _smoothing_window(window) - 2 if kind == Average.HULL else window - 1


def exponential_average(values: FloatArray, window: int) -> FloatArray:
    """Return the exponential average with the smoothing factor 2 / (window + 1); same shape.

    Its seed is the mean of the first `window` values, added one after another as the compiled kernel
    does; before it stands NaN. Written as a correction by a share of the distance, it stays exactly where
    it is while the value equals it.
    """
    average = np.full(len(values), np.nan)
    if window > len(values):
        return average
    share = 2 / (window + 1)
    last = float(np.cumsum(values[:window])[-1] / window)
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


@dataclass(frozen=True, eq=False)
class _Ticks:
    """Prices in whole ticks, and the running sums that averages of many windows share.

    scale: ticks in a unit of currency.
    """

    values: FloatArray
    scale: float

    @classmethod
    def of(cls, close: FloatArray) -> Self:
        """Return closes, given in currency, in ticks."""
        scale = _ticks_in_a_unit(close) if len(close) else 1.0
        return cls(np.rint(close * scale), scale)

    @property
    def highest(self) -> float:
        """The highest price; zero where there is none."""
        return float(self.values.max(initial=0.0))

    @cached_property
    def running(self) -> Ticks | FloatArray:
        """The sums of the first values, none first; shape (bars + 1,)."""
        return _running_sums(self.values)

    @cached_property
    def _running_weighted(self) -> Ticks | FloatArray:
        return _running_sums(self.values, np.arange(1, len(self.values) + 1))

    def sums(self, window: int) -> Ticks | FloatArray:
        """Return the exact sum of each full window; shape (bars - window + 1,)."""
        return self.running[window:] - self.running[:-window]

    def weighted_sums(self, window: int) -> Ticks:
        """Return the exact sum of each full window with the weights 1, 2, ... `window`, newest heaviest.

        It is Σ j·p over the window, counted from the first bar, less what counting from there gives each
        price too much.
        """
        begins = np.arange(len(self.values) - window + 1)
        counted = (self._running_weighted[window:] - self._running_weighted[:-window]).astype(np.int64)
        weighted: Ticks = counted - begins * self.sums(window).astype(np.int64)
        return weighted


def _running_sums(ticks: FloatArray, weights: Ticks | int = 1) -> Ticks | FloatArray:
    """Return exact running sums, zero first, in floating point where it holds them: it divides faster.

    In 64 bits they may wrap around; differences of them stay right as long as they fit themselves.
    """
    weighted = ticks * weights
    if _fits_floating_point(weighted):
        return np.concatenate(([0.0], np.cumsum(weighted)))
    return np.concatenate(([0], np.cumsum(ticks.astype(np.int64) * weights)))


def _fits_floating_point(ticks: FloatArray) -> bool:
    """Whether every sum of neighbours is exact in floating point."""
    return float(ticks.sum()) < LARGEST_EXACT_FLOAT / 2


def _simple(ticks: _Ticks, window: int) -> FloatArray:
    """Return the mean of the last `window` values, rounded once: the divisor is exact."""
    return ticks.sums(window) / (window * ticks.scale)


def _weighted(ticks: _Ticks, window: int) -> FloatArray:
    return _weighted_in_ticks(ticks, window) / ticks.scale


def _weighted_in_ticks(ticks: _Ticks, window: int) -> FloatArray:
    """Return the mean of the last `window` values with the weights 1, 2, ... `window`, newest heaviest."""
    return _quotients(ticks.weighted_sums(window), window * (window + 1) // 2)


def _exponential(ticks: _Ticks, window: int) -> FloatArray:
    average: FloatArray = exponential_average(ticks.values, window)[window - 1 :] / ticks.scale
    return average


def _hull(ticks: _Ticks, window: int) -> FloatArray:
    """Return Hull's average: twice the weighted one of half the window less that of all, smoothed.

    Smoothed by a weighted average over the root of the window; halves and roots are rounded down
    (Hull 2005). Its sums are taken in the same order at every bar, so that equal prices give equal
    averages and no later bar can touch an earlier one.
    """
    smoothing = _smoothing_window(window)
    half, whole = (_weighted_in_ticks(ticks, bars) for bars in (max(window // 2, 1), window))
    raw = 2 * half[len(half) - len(whole) :] - whole
    results = len(raw) - smoothing + 1
    total = np.zeros(results)
    for weight in range(1, smoothing + 1):
        total += weight * raw[weight - 1 : weight - 1 + results]
    averages: FloatArray = total / (smoothing * (smoothing + 1) // 2) / ticks.scale
    return averages


_AVERAGES: Mapping[Average, Callable[[_Ticks, int], FloatArray]] = {
    Average.SIMPLE: _simple,
    Average.EXPONENTIAL: _exponential,
    Average.WEIGHTED: _weighted,
    Average.HULL: _hull,
}


def _smoothing_window(window: int) -> int:
    """Return the bars over which Hull's average smooths."""
    return isqrt(window)


def _quotients(numerators: Ticks, divisor: int) -> FloatArray:
    """Return the quotients, equal wherever the exact ones are."""
    if int(numerators.max()) <= LARGEST_EXACT_FLOAT:
        return numerators / divisor
    whole, rest = np.divmod(numerators, divisor)
    return whole + rest / divisor

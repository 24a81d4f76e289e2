"""Operands as arrays: a value for each bar, NaN while it is not known.

Nothing looks ahead: the value of a bar is computed from that bar and those before it.
"""

from dataclasses import replace
from math import isqrt

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from strategies.engine.enums import Average
from strategies.engine.language.tree import (
    Ago,
    Arithmetic,
    Call,
    Negative,
    Number,
    Operand,
    Series,
)
from strategies.engine.language.vocabulary import FUNCTIONS, PRICES
from strategies.engine.moving_averages import exponential_average, moving_average, moving_averages
from strategies.engine.prices import ROUNDING, FloatArray, Prices

AVERAGES = {
    "sma": Average.SIMPLE,
    "ema": Average.EXPONENTIAL,
    "wma": Average.WEIGHTED,
    "hma": Average.HULL,
}
NO_MOVE = 50.0
"""The RSI where nothing rose and nothing fell."""
AT_ONCE = 1_000_000
"""Numbers in memory at once where a window's values are spread out."""


class Operands:
    """The operands of rules on some bars; each is computed once, however many conditions share it."""

    def __init__(self, prices: Prices) -> None:
        self.prices = prices
        self.known: dict[Operand, FloatArray] = {}

    def __len__(self) -> int:
        """Return the number of bars."""
        return len(self.prices)

    def values(self, operand: Operand) -> FloatArray:
        """Return an operand without parameters; shape (bars,)."""
        if operand not in self.known:
            with np.errstate(all="ignore"):
                values = self._computed(operand)
            self.known[operand] = np.where(np.isfinite(values), values, np.nan)
        return self.known[operand]

    def prepare(self, call: Call, windows: FloatArray) -> None:
        """Compute averages of a price over many windows at once, since they share their sums."""
        series = call.series or Series("close")
        if call.name not in AVERAGES or not isinstance(series, Series) or series.name not in PRICES:
            return
        numbers = np.unique(windows)
        wanted = [replace(call, lengths=(Number(number),)) for number in numbers.tolist()]
        averages = moving_averages(
            getattr(self.prices, series.name), numbers.astype(int).tolist(), AVERAGES[call.name]
        )
        self.known.update(zip(wanted, averages, strict=True))

    def _computed(self, operand: Operand) -> FloatArray:
        match operand:
            case Number(value=value):
                return np.full(len(self), value)
            case Series(name=name):
                return self._series(name)
            case Negative(operand=inner):
                return -self.values(inner)
            case Arithmetic(left=left, sign=sign, right=right):
                return _ARITHMETIC[sign](self.values(left), self.values(right))
            case Ago(operand=inner, bars=Number(value=bars)):
                return earlier(self.values(inner), int(bars))
            case Call():
                return self._call(operand)
        raise TypeError(operand)

    def _series(self, name: str) -> FloatArray:
        if name in PRICES:
            # Rounded as averages of prices are, so that a price can equal its average.
            return moving_average(getattr(self.prices, name), 1, Average.SIMPLE)
        if name == "volume":
            unknown = np.full(len(self), np.nan)
            return unknown if self.prices.volume is None else self.prices.volume
        if name == "month":
            return (self.prices.dates.astype("datetime64[M]").astype(np.int64) % 12 + 1).astype(np.float64)
        # The first day of datetime64 was a Thursday.
        return ((self.prices.dates.astype("datetime64[D]").astype(np.int64) + 3) % 7 + 1).astype(np.float64)

    def _call(self, call: Call) -> FloatArray:
        lengths = [int(length.value) for length in call.lengths if isinstance(length, Number)]
        if call.name in AVERAGES:
            return self._average(call, AVERAGES[call.name], lengths[0])
        if call.name in {"macd", "macd_signal"}:
            return self._macd(call.name, lengths)
        if call.name == "atr":
            return smoothed(self._true_range(), lengths[0])
        values = self.values(call.series or Series(FUNCTIONS[call.name].series or ""))
        return _WINDOWED[call.name](values, lengths[0])

    def _average(self, call: Call, kind: Average, window: int) -> FloatArray:
        series = call.series or Series("close")
        if isinstance(series, Series) and series.name in PRICES:
            return moving_average(getattr(self.prices, series.name), window, kind)
        return _OF_ANYTHING[kind](self.values(series), window)

    def _macd(self, name: str, lengths: list[int]) -> FloatArray:
        fast, slow = (
            moving_average(self.prices.close, window, Average.EXPONENTIAL) for window in lengths[:2]
        )
        line = fast - slow
        if len(lengths) == 2:  # noqa: PLR2004 - the line alone
            return line
        signal = exponential(line, lengths[2])
        return signal if name == "macd_signal" else line - signal

    def _true_range(self) -> FloatArray:
        high, low, before = self.prices.high, self.prices.low, earlier(self.prices.close, 1)
        of_day = high - low
        return np.fmax(of_day, np.fmax(np.abs(high - before), np.abs(low - before)))


def earlier(values: FloatArray, bars: int) -> FloatArray:
    """Return the values so many bars before; NaN where there is none."""
    shifted = np.full(len(values), np.nan)
    shifted[bars:] = values[: max(len(values) - bars, 0)]
    return shifted


def exponential(values: FloatArray, window: int) -> FloatArray:
    """Return the exponential average of the known values; unknown where the value is."""
    known = ~np.isnan(values)
    average = np.full(len(values), np.nan)
    average[known] = exponential_average(values[known], window)
    return average


def smoothed(values: FloatArray, window: int) -> FloatArray:
    """Return Wilder's average of the known values (1978), seeded with the mean of the first `window`."""
    known = ~np.isnan(values)
    found, average = values[known], np.full(int(known.sum()), np.nan)
    if window <= len(found):
        last = float(np.cumsum(found[:window])[-1] / window)
        average[window - 1] = last
        average[window:] = [last := last + (value - last) / window for value in found[window:].tolist()]
    spread = np.full(len(values), np.nan)
    spread[known] = average
    return spread


def _full_windows(values: FloatArray, window: int, found: FloatArray) -> FloatArray:
    """Return what was found of each full window, at its last bar."""
    spread = np.full(len(values), np.nan)
    spread[window - 1 :] = found
    return spread


def weighted_sum(values: FloatArray, weights: FloatArray) -> FloatArray:
    """Return the sum of each full window times `weights`, oldest first, at its last bar.

    Every sum is taken anew and in the same order, so that no value far away leaves its rounding behind.
    """
    if len(weights) > len(values):
        return np.full(len(values), np.nan)
    return _full_windows(values, len(weights), np.correlate(values, weights, "valid"))


def _simple(values: FloatArray, window: int) -> FloatArray:
    mean: FloatArray = weighted_sum(values, np.ones(window)) / window
    return mean


def _weighted(values: FloatArray, window: int) -> FloatArray:
    mean: FloatArray = weighted_sum(values, np.arange(1.0, window + 1)) / (window * (window + 1) // 2)
    return mean


def _hull(values: FloatArray, window: int) -> FloatArray:
    raw = 2 * _weighted(values, max(window // 2, 1)) - _weighted(values, window)
    return _weighted(raw, isqrt(window))


def _highest(values: FloatArray, window: int) -> FloatArray:
    if window > len(values):
        return np.full(len(values), np.nan)
    return _full_windows(values, window, sliding_window_view(values, window).max(axis=1))


def _lowest(values: FloatArray, window: int) -> FloatArray:
    return -_highest(-values, window)


def _deviation(values: FloatArray, window: int) -> FloatArray:
    """Return the standard deviation of each full window, over all of its values (ddof 0)."""
    if window > len(values):
        return np.full(len(values), np.nan)
    windows = sliding_window_view(values, window)
    rows = max(AT_ONCE // window, 1)
    found = [_deviation_of(windows[begin : begin + rows]) for begin in range(0, len(windows), rows)]
    return _full_windows(values, window, np.concatenate(found))


def _deviation_of(windows: FloatArray) -> FloatArray:
    """Return the deviation of each row; one that is but a rounding is none."""
    deviation = windows.std(axis=1)
    return np.where(deviation > ROUNDING * np.abs(windows).max(axis=1), deviation, 0.0 * deviation)


def _strength(values: FloatArray, window: int) -> FloatArray:
    """Return the relative strength index (Wilder 1978), from 0 to 100."""
    moves = values - earlier(values, 1)
    rises = smoothed(np.where(np.isnan(moves), np.nan, np.maximum(moves, 0)), window)
    falls = smoothed(np.where(np.isnan(moves), np.nan, np.maximum(-moves, 0)), window)
    both = rises + falls
    strength: FloatArray = np.where(both == 0, NO_MOVE, 100 * rises / both)
    return strength


def _change(values: FloatArray, bars: int) -> FloatArray:
    """Return the change since so many bars before, as a fraction of the value then."""
    change: FloatArray = values / earlier(values, bars) - 1
    return change


_ARITHMETIC = {"+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide}
_WINDOWED = {
    "highest": _highest,
    "lowest": _lowest,
    "rsi": _strength,
    "stdev": _deviation,
    "change": _change,
}
_OF_ANYTHING = {
    Average.SIMPLE: _simple,
    Average.EXPONENTIAL: exponential,
    Average.WEIGHTED: _weighted,
    Average.HULL: _hull,
}

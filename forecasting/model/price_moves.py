"""The prices that a forecast sees, and how far they moved on each day."""

from dataclasses import dataclass
from math import log

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

RATIO_WINDOW = 1000
"""Days over which the moves within days are brought to the scale of the moves from close to close."""
RATIO_LIMITS = (0.3, 3.0)
SPIKE_WINDOW = 63
SPIKE_LIMIT = 4.0
"""A day's range counts up to this multiple of the squared returns: beyond it stand misprints."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Prices:
    """Daily prices, adjusted for splits, oldest first; every array has the shape (days,) and is positive."""

    open: FloatArray
    high: FloatArray
    low: FloatArray
    close: FloatArray

    @classmethod
    def of_closes(cls, closes: FloatArray) -> "Prices":
        """Return prices of which only the closes are known: no day has a range of its own."""
        return cls(open=closes, high=closes, low=closes, close=closes)

    def __len__(self) -> int:
        """Return the number of days."""
        return len(self.close)

    def before(self, stop: int) -> "Prices":
        """Return the first `stop` days."""
        return Prices(
            open=self.open[:stop], high=self.high[:stop], low=self.low[:stop], close=self.close[:stop]
        )


@dataclass(frozen=True, eq=False, kw_only=True)
class DailyMoves:
    """How prices moved; every array has the shape (days,), and the first day, which has no return, is zero.

    returns: log returns from close to close. variances: squared moves. sizes: absolute moves.
    """

    returns: FloatArray
    variances: FloatArray
    sizes: FloatArray


def daily_moves(prices: Prices) -> DailyMoves:
    """Return the moves of each day, half from the closes and half from the range within the day.

    The high and the low tell more of a day's volatility than its close: Parkinson (1980), "The Extreme
    Value Method for Estimating the Variance of the Rate of Return", Journal of Business 53(1). The move
    overnight is added to it, and the sum is brought to the scale of the returns over the past thousand
    days. Half the weight uses closes only, so bad highs or lows cannot dominate.
    A day's moves depend on that day and earlier ones only.
    """
    returns = np.diff(np.log(prices.close), prepend=np.log(prices.close[0]))
    squares, sizes = returns**2, np.abs(returns)
    ranged = _range_variances(prices, squares)
    return DailyMoves(
        returns=returns,
        variances=(squares + _rescaled(ranged, squares)) / 2,
        sizes=(sizes + _rescaled(np.sqrt(ranged), sizes)) / 2,
    )


def window_means(values: FloatArray, window: int) -> FloatArray:
    """Return means over the last `window` values; the first value belongs to no return and is left out."""
    totals = np.cumsum(values)
    days = np.arange(len(values))
    count = np.minimum(days, window)
    before = totals[days - count]
    return np.asarray((totals - before) / np.maximum(count, 1))


def _range_variances(prices: Prices, squares: FloatArray) -> FloatArray:
    """Return the squared move overnight plus Parkinson's variance of the hours of trade."""
    overnight = np.zeros(len(prices))
    overnight[1:] = np.log(prices.open[1:] / prices.close[:-1])
    within = np.log(prices.high / prices.low) ** 2 / (4 * log(2))
    usual = np.maximum(squares, window_means(squares, SPIKE_WINDOW))
    variances = overnight**2 + np.minimum(within, SPIKE_LIMIT * usual)
    variances[0] = 0
    return np.asarray(variances)


def _rescaled(values: FloatArray, reference: FloatArray) -> FloatArray:
    """Return `values` times the ratio of the recent means, which is one where nothing has moved yet."""
    own, wanted = window_means(values, RATIO_WINDOW), window_means(reference, RATIO_WINDOW)
    ratio = np.divide(wanted, own, out=np.ones(len(values)), where=own > 0)
    return values * np.clip(ratio, *RATIO_LIMITS)

"""The least width that the moves of the last year demand of a band."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

YEAR = 252
DEMANDED_SHARE = 1 / 3
"""Of the width that moves as large as the largest of the year would have if they were normal."""
EULER = 0.5772


@dataclass(frozen=True, eq=False, kw_only=True)
class YearOfMoves:
    """The moves over each horizon that began and ended in the year before a day; shape (days, horizons).

    largest: absolute log returns. unchanged: the share of moves that were zero.
    """

    largest: FloatArray
    unchanged: FloatArray


def year_of_moves(closes: FloatArray, days: IntArray, horizon: int) -> YearOfMoves:
    """Return the moves of the year before each of `days`; nothing after a day counts for it."""
    logs = np.log(closes)
    ends = days[:, None] - np.arange(YEAR)
    last = logs[np.maximum(ends, 0)]
    largest, unchanged = (np.empty((len(days), horizon)) for _ in range(2))
    for step in range(1, horizon + 1):
        known = ends >= step
        moves = np.abs(last - logs[np.maximum(ends - step, 0)])
        largest[:, step - 1] = np.max(moves, axis=1, where=known, initial=0.0)
        zero = np.count_nonzero((moves == 0) & known, axis=1)
        unchanged[:, step - 1] = zero / np.maximum(known.sum(axis=1), 1)
    return YearOfMoves(largest=largest, unchanged=unchanged)


def demanded_deviations(largest: FloatArray, normal_quantiles: FloatArray) -> FloatArray:
    """Return the least deviations from the median, shape (days, horizons, levels), negative below it.

    largest: shape (days, horizons). normal_quantiles: shape (levels,), of the standard normal distribution.
    Of n independent normal moves the largest is expected at about `sqrt(2 ln 2n)` deviations, with the
    correction of Fisher and Tippett (1928); n is the number of moves in a year that do not overlap.
    """
    count = YEAR / np.arange(1, largest.shape[1] + 1)
    spread = np.sqrt(2 * np.log(2 * count))
    expected = spread - (np.log(np.log(2 * count)) + np.log(4 * np.pi)) / (2 * spread) + EULER / spread
    return np.asarray(DEMANDED_SHARE * (largest / expected)[:, :, None] * normal_quantiles)

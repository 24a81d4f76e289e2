"""Widening after a break in volatility, which the regression takes for a passing shock."""

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

SURPRISE_WINDOW = 10
"""Sessions whose errors are watched: a break widens the bands within this many."""
USUAL_WINDOW = 500
SMALLEST_USUAL = 0.5
SURPRISE_LIMIT = 1.5
"""The median error may grow to this multiple of the usual one before bands widen."""
SURPRISE_WEIGHT = 0.75
MEDIAN_OVER_MEAN = 0.8
"""Of the absolute errors of returns, about as in the training pool."""


def surprise_factor(errors: FloatArray, rows: IntArray) -> FloatArray:
    """Return by how much to widen on the days `rows`, at least one, in the shape of `rows`.

    errors: shape (days,), the absolute error of the forecast made the session before in units of its mean;
    zero where there was none. The median is used because one crash moves the mean of ten sessions and says
    little of the next ten.
    """
    usual = np.maximum(_trailing_means(errors, USUAL_WINDOW), SMALLEST_USUAL)
    before = np.concatenate([[1.0], usual[:-1]])
    padded = np.concatenate([np.zeros(SURPRISE_WINDOW - 1), errors / before])
    windows = np.lib.stride_tricks.sliding_window_view(padded, SURPRISE_WINDOW)
    recent = np.median(windows[rows], axis=1) / MEDIAN_OVER_MEAN
    return np.asarray(np.maximum(recent / SURPRISE_LIMIT, 1) ** SURPRISE_WEIGHT)


def _trailing_means(values: FloatArray, window: int) -> FloatArray:
    totals = np.concatenate([[0.0], np.cumsum(values)])
    stops = np.arange(1, len(values) + 1)
    starts = np.maximum(stops - window, 0)
    return np.asarray((totals[stops] - totals[starts]) / (stops - starts))

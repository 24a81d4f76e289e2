"""What the regression sees on a day: volatility at several time scales, momentum, and downside."""

from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

WINDOWS = (5, 21, 63, 252)
DECAYS = (0.94, 0.985)
MOMENTUM_SPANS = (5, 21)
MOMENTUM_LIMIT = 3.0
VOLATILITY_WINDOW = 63
VARIANCE_FLOOR = 1e-8
"""A daily move of 0.01 %: keeps the logarithm finite for a share that was not traded."""

FEATURES = (
    *(f"log_variance_{window}" for window in WINDOWS),
    *(f"log_ewma_variance_{decay}" for decay in DECAYS),
    "log_variance_all",
    *(f"momentum_{span}" for span in MOMENTUM_SPANS),
    f"downside_share_{VOLATILITY_WINDOW}",
)


def daily_features(closes: FloatArray) -> FloatArray:
    """Return the features of every day, each from closes up to and including that day.

    closes: shape (days,), positive, adjusted for splits, oldest first; at least two.
    Returns shape (days, len(FEATURES)). A window longer than the past uses what there is, so the first
    rows are erratic; the row of the first day, which has no return, repeats the floor.
    """
    returns = np.diff(np.log(closes), prepend=np.log(closes[0]))
    squares = returns**2
    recent = _window_means(squares, VOLATILITY_WINDOW)
    downside = _window_means(np.where(returns < 0, squares, 0.0), VOLATILITY_WINDOW)
    columns = [
        *(_log_variance(_window_means(squares, window)) for window in WINDOWS),
        *(_log_variance(_ewma(squares, decay)) for decay in DECAYS),
        _log_variance(_window_means(squares, len(closes))),
        *(_momentum(closes, span, recent) for span in MOMENTUM_SPANS),
        np.divide(downside, recent, out=np.full(len(closes), 0.5), where=recent > 0),
    ]
    return np.column_stack(columns)


def _log_variance(variance: FloatArray) -> FloatArray:
    return np.asarray(np.log(np.maximum(variance, VARIANCE_FLOOR)))


def _window_means(values: FloatArray, window: int) -> FloatArray:
    """Return means over the last `window` values; the first value belongs to no return and is left out."""
    totals = np.cumsum(values)
    days = np.arange(len(values))
    count = np.minimum(days, window)
    before = totals[days - count]
    return np.asarray((totals - before) / np.maximum(count, 1))


def _ewma(values: FloatArray, decay: float) -> FloatArray:
    """Return exponentially weighted means whose weights add up to one from the second day on."""
    weighted = accumulate(
        values[1:].tolist(), lambda mean, value: decay * mean + (1 - decay) * value, initial=0.0
    )
    weights = 1 - decay ** np.arange(len(values))
    weights[0] = 1
    return np.fromiter(weighted, dtype=np.float64, count=len(values)) / weights


def _momentum(closes: FloatArray, span: int, variance: FloatArray) -> FloatArray:
    """Return the move over `span` days in units of its expected size, within the limit."""
    days = np.arange(len(closes))
    move = np.log(closes / closes[np.maximum(days - span, 0)])
    size = np.sqrt(np.maximum(variance, VARIANCE_FLOOR) * span)
    return np.clip(move / size, -MOMENTUM_LIMIT, MOMENTUM_LIMIT)

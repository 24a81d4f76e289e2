"""What the regression sees on a day: volatility at several time scales, momentum, and downside."""

import numpy as np
from numpy.typing import NDArray

from forecasting.model.price_moves import Prices, daily_moves, window_means

FloatArray = NDArray[np.float64]

WINDOWS = (5, 21, 63, 252)
DECAYS = (0.94, 0.985)
EWMA_BLOCK = 128
MOMENTUM_SPANS = (5, 21)
MOMENTUM_LIMIT = 3.0
VOLATILITY_WINDOW = 63
VARIANCE_FLOOR = 1e-8
"""A daily move of 0.01 %: keeps the logarithm finite for a share that was not traded."""
SIZE_FLOOR = 1e-4

FEATURES = (
    *(f"log_variance_{window}" for window in WINDOWS),
    *(f"log_ewma_variance_{decay}" for decay in DECAYS),
    "log_variance_all",
    *(f"log_size_{window}" for window in WINDOWS),
    "log_size_all",
    *(f"momentum_{span}" for span in MOMENTUM_SPANS),
    f"downside_share_{VOLATILITY_WINDOW}",
)
"""The mean size of the moves stands beside their mean square because a single crash sways it less."""


def daily_features(prices: Prices) -> FloatArray:
    """Return the features of every day, each from prices up to and including that day.

    Returns shape (days, len(FEATURES)); `prices` has at least two days. A window longer than the past uses
    what there is, so the first rows are erratic; the row of the first day, which has no return, repeats the
    floor.
    """
    moves = daily_moves(prices)
    squares = moves.returns**2
    recent = window_means(squares, VOLATILITY_WINDOW)
    downside = window_means(np.where(moves.returns < 0, squares, 0.0), VOLATILITY_WINDOW)
    columns = [
        *(_log_variance(window_means(moves.variances, window)) for window in WINDOWS),
        *(_log_variance(_ewma(moves.variances, decay)) for decay in DECAYS),
        _log_variance(window_means(squares, len(prices))),
        *(_log_size(window_means(moves.sizes, window)) for window in WINDOWS),
        _log_size(window_means(np.abs(moves.returns), len(prices))),
        *(_momentum(prices.close, span, recent) for span in MOMENTUM_SPANS),
        np.divide(downside, recent, out=np.full(len(prices), 0.5), where=recent > 0),
    ]
    return np.column_stack(columns)


def _log_variance(variance: FloatArray) -> FloatArray:
    return np.asarray(np.log(np.maximum(variance, VARIANCE_FLOOR)))


def _log_size(size: FloatArray) -> FloatArray:
    return np.asarray(np.log(np.maximum(size, SIZE_FLOOR)))


def _ewma(values: FloatArray, decay: float) -> FloatArray:
    """Return exponentially weighted means whose weights add up to one from the second day on.

    Computed block by block: within one, decayed values are a running sum of values weighted up, which does
    not overflow over EWMA_BLOCK days.
    """
    powers = decay ** np.arange(EWMA_BLOCK + 1)
    means = np.zeros(len(values))
    last = 0.0
    for start in range(1, len(values), EWMA_BLOCK):
        block = values[start : start + EWMA_BLOCK]
        faded = powers[: len(block)]
        means[start : start + EWMA_BLOCK] = faded * (decay * last + (1 - decay) * np.cumsum(block / faded))
        last = float(means[min(start + EWMA_BLOCK, len(values)) - 1])
    weights = 1 - decay ** np.arange(len(values))
    weights[0] = 1
    return np.asarray(means / weights)


def _momentum(closes: FloatArray, span: int, variance: FloatArray) -> FloatArray:
    """Return the move over `span` days in units of its expected size, within the limit."""
    days = np.arange(len(closes))
    move = np.log(closes / closes[np.maximum(days - span, 0)])
    size = np.sqrt(np.maximum(variance, VARIANCE_FLOOR) * span)
    return np.clip(move / size, -MOMENTUM_LIMIT, MOMENTUM_LIMIT)

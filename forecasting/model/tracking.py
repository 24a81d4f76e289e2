"""Bands that follow a symbol's own misses: conformal tracking of each band at each horizon.

Angelopoulos, A., Candes, E. and Tibshirani, R. (2023), "Conformal PID Control for Time Series Prediction",
NeurIPS 36: quantile tracking, here of the log of a band's width and with outcomes that arrive late.
"""

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

TRACKING_STEP = 5
"""Sessions between the forecasts that are followed; they lie on every fifth day of the history."""
TRACKING_RATE = 0.005
MOST_NARROWING = -0.05
"""On the log scale. Calm years would otherwise narrow the bands that a later shock needs."""
BLOCK = 32
"""Outcomes that are looked up at once."""
TRACKING_WINDOW = 1000
"""Days of a symbol's past that are followed."""


def tracked_widths(reach: FloatArray, known: IntArray, *, allowed_misses: FloatArray) -> FloatArray:
    """Return the log widening of each band on each day, shape (days, horizons, bands).

    reach: shape (forecasts, horizons, bands), the log of how far each outcome lay from the median in units
    of the band's half width on that side; above zero the band missed. -inf counts as held.
    known: shape (days, horizons), how many of the forecasts, counted from the first, have an outcome that
    was known on that day. allowed_misses: shape (bands,), the share of outcomes that may miss.
    Each outcome moves the width by TRACKING_RATE times the miss less what was allowed.
    """
    most = min(TRACKING_WINDOW // TRACKING_STEP, len(reach))
    columns = np.arange(reach.shape[1])
    widths = np.zeros((*known.shape, reach.shape[2]))
    for start in range(most, 0, -BLOCK):
        positions = known - np.arange(start, max(start - BLOCK, 0), -1)[:, None, None]
        rates = np.where(positions >= 0, TRACKING_RATE, 0.0)[..., None]
        steps = zip(
            reach[np.maximum(positions, 0), columns],
            rates * (1 - allowed_misses),
            rates * -allowed_misses,
            strict=True,
        )
        for outcomes, wider, narrower in steps:
            widths += np.where(outcomes > widths, wider, narrower)
            np.maximum(widths, MOST_NARROWING, out=widths)
    return widths

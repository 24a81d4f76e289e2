"""Quantiles on a grid of levels: reading them off, and turning them round into probabilities."""

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

LEVELS: FloatArray = np.array(
    sorted(
        [level / 100 for level in range(1, 100)]
        + [0.0005, 0.001, 0.0025, 0.005, 0.025]
        + [0.975, 0.995, 0.9975, 0.999, 0.9995]
    )
)
"""The 109 levels at which quantiles are stored; between them they are interpolated."""

MEDIAN = 0.5
BANDS = {80: (0.1, 0.9), 95: (0.025, 0.975)}
"""Lower and upper level of each band, by the percentage it should hold."""

SCORED_LEVELS = tuple(level / 100 for level in range(5, 100, 5))
"""The levels whose quantile losses approach the CRPS of a forecast."""


_POSITIONS = {round(level, 4): position for position, level in enumerate(LEVELS.tolist())}


def quantile(grid: FloatArray, level: float) -> FloatArray:
    """Return the quantile at `level`, which must be one of LEVELS, from `grid` of shape (..., levels)."""
    position = _POSITIONS.get(round(level, 4))
    if position is None:
        raise ValueError(f"{level} is not on the grid of levels")
    return np.asarray(grid[..., position])


def probability_above(grid: FloatArray, threshold: float) -> float:
    """Return the probability of a value above `threshold`, given quantiles of shape (levels,).

    Outside the grid the outermost level is the answer: a forecast never claims certainty.
    """
    return float(1 - np.interp(threshold, grid, LEVELS))

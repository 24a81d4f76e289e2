"""Quantiles on a grid of levels: reading them off, and turning them round into probabilities."""

from statistics import NormalDist

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

STANDARD_NORMAL: FloatArray = np.array([NormalDist().inv_cdf(level) for level in LEVELS.tolist()])
"""The quantiles of the standard normal distribution at LEVELS."""

MEDIAN = 0.5
BANDS = {80: (0.1, 0.9), 95: (0.025, 0.975)}
"""Lower and upper level of each band, by the percentage it should hold."""

SCORED_LEVELS = tuple(level / 100 for level in range(5, 100, 5))
"""The levels whose quantile losses approach the CRPS of a forecast."""


_POSITIONS = {round(level, 4): position for position, level in enumerate(LEVELS.tolist())}


def position_of(level: float) -> int:
    """Return the position of `level` in LEVELS; raises ValueError where it is none of them."""
    position = _POSITIONS.get(round(level, 4))
    if position is None:
        raise ValueError(f"{level} is not on the grid of levels")
    return position


def quantile(grid: FloatArray, level: float) -> FloatArray:
    """Return the quantile at `level`, which must be one of LEVELS, from `grid` of shape (..., levels)."""
    return np.asarray(grid[..., position_of(level)])


def probabilities_above(grid: FloatArray, threshold: float) -> FloatArray:
    """Return the probability of a value above `threshold`, given quantiles of shape (..., levels).

    Outside the grid the outermost level is the answer: a forecast never claims certainty.
    """
    above = (grid <= threshold).sum(axis=-1)
    upper = np.minimum(np.maximum(above, 1), grid.shape[-1] - 1)
    low, high = (np.take_along_axis(grid, place[..., None], axis=-1)[..., 0] for place in (upper - 1, upper))
    span = high - low
    share = np.divide(threshold - low, span, out=np.ones_like(span), where=span > 0)
    levels = LEVELS[upper - 1] + np.clip(share, 0, 1) * (LEVELS[upper] - LEVELS[upper - 1])
    return np.asarray(1 - levels)

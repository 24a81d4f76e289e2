"""Whether one forecast scores better than another by more than chance."""

from dataclasses import dataclass
from math import erfc, sqrt

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """A test of equal accuracy.

    mean_difference: of the losses, first minus second; below zero the first is better.
    statistic: in standard errors. p_value: two-sided. Both are None where the losses do not vary.
    """

    mean_difference: float
    statistic: float | None
    p_value: float | None


def diebold_mariano(first: FloatArray, second: FloatArray, *, lag: int) -> Comparison:
    """Compare two series of losses, in order of time, that overlap with `lag` neighbours on each side.

    Diebold and Mariano (1995), "Comparing Predictive Accuracy", Journal of Business & Economic Statistics
    13(3), with the variance of Newey and West (1987). Losses of several symbols on one day must be averaged
    before, since symbols move together.
    """
    difference = first - second
    mean = float(difference.mean())
    centred = difference - mean
    variance = float(centred @ centred)
    for distance in range(1, min(lag, len(centred) - 1) + 1):
        weight = 1 - distance / (lag + 1)
        variance += 2 * weight * float(centred[distance:] @ centred[:-distance])
    if variance <= 0:
        return Comparison(mean_difference=mean, statistic=None, p_value=None)
    statistic = mean * len(centred) / sqrt(variance)
    return Comparison(mean_difference=mean, statistic=statistic, p_value=erfc(abs(statistic) / sqrt(2)))

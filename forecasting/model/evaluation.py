"""How forecasts would have done on past days, beside a random walk."""

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from forecasting.model.distribution import (
    HORIZONS,
    Distribution,
    FittedModel,
    log_returns_ahead,
    predict_distribution,
)
from forecasting.model.intervals import BANDS

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

CRPS_LEVELS = tuple(level / 100 for level in range(5, 100, 5))
RANDOM_WALK_WINDOW = 1000
"""Days behind the volatility of the random walk that the model is compared with."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Evaluation:
    """Forecasts from past days of issue and what came; arrays have the shape (days, horizons).

    days: shape (days,), positions of the days of issue. Everything else is a return on the close of the
    day of issue, as a fraction. The scores are losses for each forecast: smaller is better.
    """

    days: IntArray
    median: FloatArray
    low_80: FloatArray
    high_80: FloatArray
    low_95: FloatArray
    high_95: FloatArray
    actual: FloatArray
    crps: FloatArray
    random_walk_crps: FloatArray

    @property
    def absolute_error(self) -> FloatArray:
        """The absolute error of the median."""
        return np.abs(self.actual - self.median)

    @property
    def random_walk_error(self) -> FloatArray:
        """The absolute error of the last close carried on."""
        return np.abs(self.actual)

    @property
    def inside_80(self) -> BoolArray:
        """Whether the close fell inside the 80 % band."""
        return (self.low_80 <= self.actual) & (self.actual <= self.high_80)

    @property
    def inside_95(self) -> BoolArray:
        """Whether the close fell inside the 95 % band."""
        return (self.low_95 <= self.actual) & (self.actual <= self.high_95)


def evaluate(model: FittedModel, closes: FloatArray, days: IntArray, *, horizon: int) -> Evaluation:
    """Forecast from each of `days` as if it were the last, and compare with what came.

    closes: shape (bars,); days: shape (days,), increasing, each with `horizon` closes after it.
    The caller sees to it that `model` was trained on nothing after the first of `days`.
    """
    distribution = predict_distribution(model, closes, days, horizon=horizon)
    actual = np.expm1(log_returns_ahead(closes, horizon)[days])
    deviation = random_walk_deviation(closes, days, horizon)
    return Evaluation(
        days=days,
        actual=actual,
        median=np.expm1(distribution.at(0.5)),
        low_80=np.expm1(distribution.at(BANDS[80][0])),
        high_80=np.expm1(distribution.at(BANDS[80][1])),
        low_95=np.expm1(distribution.at(BANDS[95][0])),
        high_95=np.expm1(distribution.at(BANDS[95][1])),
        crps=_model_crps(distribution, actual),
        random_walk_crps=_random_walk_crps(deviation, actual),
    )


def random_walk_deviation(closes: FloatArray, days: IntArray, horizon: int) -> FloatArray:
    """Return the standard deviation of a random walk over each horizon, from the 1,000 days before."""
    totals = np.cumsum(np.diff(np.log(closes), prepend=np.log(closes[0])) ** 2)
    count = np.minimum(days, RANDOM_WALK_WINDOW)
    daily = np.sqrt((totals[days] - totals[days - count]) / count)
    return np.asarray(daily[:, None] * np.sqrt(HORIZONS[:horizon]))


def _model_crps(distribution: Distribution, actual: FloatArray) -> FloatArray:
    losses = (quantile_loss(np.expm1(distribution.at(level)), actual, level) for level in CRPS_LEVELS)
    return _mean_of(losses)


def _random_walk_crps(deviation: FloatArray, actual: FloatArray) -> FloatArray:
    normal = NormalDist()
    losses = (
        quantile_loss(np.expm1(deviation * normal.inv_cdf(level)), actual, level) for level in CRPS_LEVELS
    )
    return _mean_of(losses)


def _mean_of(losses: Iterable[FloatArray]) -> FloatArray:
    """Return twice the mean quantile loss, which approaches the CRPS as levels are added."""
    total = np.sum(np.stack(list(losses)), axis=0)
    return np.asarray(2 * total / len(CRPS_LEVELS))


def quantile_loss(forecast: FloatArray, actual: FloatArray, level: float) -> FloatArray:
    """Return the quantile (pinball) loss of each forecast (Gneiting and Raftery 2007, JASA 102)."""
    error = actual - forecast
    return np.maximum(level * error, (level - 1) * error)

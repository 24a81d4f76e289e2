"""How forecasts would have done on past days, beside a random walk and beside drift."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from statistics import NormalDist
from typing import Self

import numpy as np
from numpy.typing import NDArray

from forecasting.model.prediction import UNKNOWN, Surroundings, predict_distribution
from forecasting.model.price_moves import Prices
from forecasting.model.quantile_grid import BANDS, MEDIAN, SCORED_LEVELS
from forecasting.model.regression import HORIZONS, FittedModel, log_returns_ahead

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

RANDOM_WALK_WINDOW = 1000
"""Days behind the volatility of the random walk, and behind the drift, that the model is compared with."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Evaluation:
    """Forecasts from past issue dates and what came; arrays have the shape (days, horizons).

    days: shape (days,), positions of the issue dates. Everything else is a return on the close of the
    issue date, as a fraction. quantiles: shape (levels, days, horizons), at SCORED_LEVELS.
    probability_above: of a close above that of the issue date.
    The scores are losses for each forecast: smaller is better. `random_walk` is the last close carried on
    with Gaussian bands from the past 1,000 days; `drift` is the same with the share's own mean return.
    """

    days: IntArray
    median: FloatArray
    low_80: FloatArray
    high_80: FloatArray
    low_95: FloatArray
    high_95: FloatArray
    quantiles: FloatArray
    probability_above: FloatArray
    actual: FloatArray
    crps: FloatArray
    random_walk_crps: FloatArray
    drift_crps: FloatArray
    drift_error: FloatArray

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

    @classmethod
    def joined(cls, parts: Sequence[Self]) -> Self:
        """Return the evaluations of successive days as one."""
        axes = {"quantiles": 1}
        return cls(
            **{
                field.name: np.concatenate(
                    [getattr(part, field.name) for part in parts], axis=axes.get(field.name, 0)
                )
                for field in fields(cls)
            }
        )


def evaluate(
    model: FittedModel,
    prices: Prices,
    days: IntArray,
    *,
    horizon: int,
    surroundings: Surroundings = UNKNOWN,
) -> Evaluation:
    """Forecast from each of `days` as if it were the last, and compare with what came.

    days: shape (days,), increasing positions in `prices`, each with `horizon` days after it.
    The caller sees to it that `model` was trained on nothing after the first of `days`.
    """
    distribution = predict_distribution(model, prices, days, horizon=horizon, surroundings=surroundings)
    actual = np.expm1(log_returns_ahead(prices.close, horizon)[days])
    deviation = random_walk_deviation(prices.close, days, horizon)
    drift = own_drift(prices.close, days, horizon)
    quantiles = np.stack([np.expm1(distribution.at(level)) for level in SCORED_LEVELS])
    return Evaluation(
        days=days,
        actual=actual,
        median=np.expm1(distribution.at(MEDIAN)),
        low_80=np.expm1(distribution.at(BANDS[80][0])),
        high_80=np.expm1(distribution.at(BANDS[80][1])),
        low_95=np.expm1(distribution.at(BANDS[95][0])),
        high_95=np.expm1(distribution.at(BANDS[95][1])),
        quantiles=quantiles,
        probability_above=distribution.probabilities_above(),
        crps=crps_of(quantiles, actual),
        random_walk_crps=gaussian_crps(0.0, deviation, actual),
        drift_crps=gaussian_crps(drift, deviation, actual),
        drift_error=np.abs(actual - np.expm1(drift)),
    )


def random_walk_deviation(closes: FloatArray, days: IntArray, horizon: int) -> FloatArray:
    """Return the standard deviation of a random walk over each horizon, from the 1,000 days before."""
    totals = np.cumsum(np.diff(np.log(closes), prepend=np.log(closes[0])) ** 2)
    count = np.minimum(days, RANDOM_WALK_WINDOW)
    daily = np.sqrt((totals[days] - totals[days - count]) / count)
    return np.asarray(daily[:, None] * np.sqrt(HORIZONS[:horizon]))


def own_drift(closes: FloatArray, days: IntArray, horizon: int) -> FloatArray:
    """Return the share's mean log return over the 1,000 days before, carried on over each horizon."""
    logs = np.log(closes)
    count = np.minimum(days, RANDOM_WALK_WINDOW)
    rate = (logs[days] - logs[days - count]) / count
    return np.asarray(rate[:, None] * HORIZONS[:horizon])


def crps_of(quantiles: FloatArray, actual: FloatArray) -> FloatArray:
    """Return twice the mean quantile loss at SCORED_LEVELS, which approaches the CRPS.

    quantiles: shape (levels, ...); actual: shape (...).
    """
    return _crps(lambda level: quantiles[SCORED_LEVELS.index(level)], actual)


def gaussian_crps(mean: FloatArray | float, deviation: FloatArray, actual: FloatArray) -> FloatArray:
    """Return the same of log returns that are normally distributed, for returns that came."""
    normal = NormalDist()
    return _crps(lambda level: np.expm1(mean + deviation * normal.inv_cdf(level)), actual)


def _crps(forecast: Callable[[float], FloatArray], actual: FloatArray) -> FloatArray:
    losses: Iterable[FloatArray] = (quantile_loss(forecast(level), actual, level) for level in SCORED_LEVELS)
    return np.asarray(2 * sum(losses, np.zeros_like(actual)) / len(SCORED_LEVELS))


def quantile_loss(forecast: FloatArray, actual: FloatArray, level: float) -> FloatArray:
    """Return the quantile (pinball) loss of each forecast (Gneiting and Raftery 2007, JASA 102)."""
    error = actual - forecast
    return np.maximum(level * error, (level - 1) * error)

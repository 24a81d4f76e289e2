"""The fitted model: two regressions on what a share's prices, and those of others, have done."""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from forecasting.model.width_regression import WidthRegression, width_features, with_market

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

MAX_HORIZON = 60
HORIZONS: IntArray = np.arange(1, MAX_HORIZON + 1)
SCALE_WINDOW = 2000
"""Days over which a symbol's own errors correct its scale."""
FULL_TRUST = 252
"""Errors after which the correction gets its whole weight."""
OWN_WEIGHT = 0.75
"""The whole weight: the correction goes three quarters of the way on the log scale."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Regression:
    """Both stages on one set of features, as plain arrays.

    feature_means, feature_scales: shape (features,), what standardises the features.
    coefficients: shape (60, features), and intercepts: shape (60,): the regression of the log of the mean
        squared return over the coming sessions, for each horizon.
    absolute_error: shape (60,), the mean absolute standardised error in the pool.
    median_error: shape (60,), the median standardised error after the symbol's own scale.
    width: the second stage. quantiles: shape (60, levels), of the error around its median, over the width.
    """

    feature_means: FloatArray
    feature_scales: FloatArray
    coefficients: FloatArray
    intercepts: FloatArray
    absolute_error: FloatArray
    median_error: FloatArray
    width: WidthRegression
    quantiles: FloatArray

    def expected_move(self, features: FloatArray, horizon: int = MAX_HORIZON) -> FloatArray:
        """Return the typical size of the log return over each horizon, shape (days, horizon)."""
        slopes = self.coefficients[:horizon] / self.feature_scales / 2
        constants = self.intercepts[:horizon] / 2 - slopes @ self.feature_means
        moves = features @ slopes.T
        moves += constants + np.log(HORIZONS[:horizon]) / 2
        return np.asarray(np.exp(moves, out=moves))


@dataclass(frozen=True, eq=False, kw_only=True)
class FittedModel:
    """Everything a forecast needs.

    drift_per_volatility: the drift of a session in units of the daily volatility, for shares.
    alone: the regression on a share's own prices. with_market: the one that also
        sees other shares; None: the pool was too small for a market.
    """

    drift_per_volatility: float
    alone: Regression
    with_market: Regression | None

    @property
    def regressions(self) -> tuple[Regression, ...]:
        """The regression without a market, then the one with it."""
        return (self.alone,) if self.with_market is None else (self.alone, self.with_market)


@dataclass(frozen=True, eq=False, kw_only=True)
class StageInputs:
    """The features of both stages, one row a day."""

    first: FloatArray
    second: FloatArray

    @classmethod
    def of(cls, features: FloatArray, returns: FloatArray) -> Self:
        """Return what both stages see of a share's own prices."""
        return cls(first=features, second=width_features(features, returns))

    def beside(self, market: FloatArray) -> Self:
        """Return the same with the features of the market."""
        return replace(self, first=np.hstack([self.first, market]), second=with_market(self.second, market))


def log_returns_ahead(closes: FloatArray, horizon: int = MAX_HORIZON) -> FloatArray:
    """Return the log return from each day over each horizon, NaN where it is not known yet."""
    logs = np.log(closes)
    ahead = np.full((len(closes), horizon), np.nan)
    for step in range(1, min(horizon, len(closes) - 1) + 1):
        ahead[:-step, step - 1] = logs[step:] - logs[:-step]
    return ahead


def own_scale(relative_errors: FloatArray, days: IntArray) -> FloatArray:
    """Return by how much to widen for errors larger than the pool's, OWN_WEIGHT on the log scale.

    relative_errors: shape (rows, horizons), absolute errors over the pool's mean, NaN where unknown.
    Uses for each of `days` the errors that were known by then, at most SCALE_WINDOW of them.
    Returns shape (days, horizons); one where there are none.
    """
    totals = np.zeros((len(relative_errors) + 1, relative_errors.shape[1]))
    np.cumsum(np.where(np.isnan(relative_errors), 0.0, relative_errors), axis=0, out=totals[1:])
    columns = np.arange(relative_errors.shape[1])
    stop = np.maximum(days[:, None] - HORIZONS[: len(columns)] + 1, 0)
    start = np.maximum(stop - SCALE_WINDOW, 0)
    count = stop - start
    mean = (totals[stop, columns] - totals[start, columns]) / np.maximum(count, 1)
    weight = OWN_WEIGHT * np.minimum(count / FULL_TRUST, 1)
    return np.asarray(np.where(mean > 0, mean, 1.0) ** weight)

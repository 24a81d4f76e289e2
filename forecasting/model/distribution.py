"""The fitted model and the distribution of returns that it predicts."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecasting.model.features import daily_features
from forecasting.model.price_moves import Prices
from forecasting.model.quantile_grid import LEVELS, MEDIAN, quantile

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

MAX_HORIZON = 60
HORIZONS: IntArray = np.arange(1, MAX_HORIZON + 1)
SCALE_WINDOW = 1000
"""Days over which a symbol's own errors correct its scale."""
FULL_TRUST = 252
"""Errors after which the correction gets its whole weight."""
OWN_WEIGHT = 0.75
"""The whole weight: the correction goes three quarters of the way on the log scale."""
SMALLEST_FIRST_DAY = 59
"""No error before this day counts: the features of the first days are erratic."""


@dataclass(frozen=True, eq=False, kw_only=True)
class FittedModel:
    """Everything a forecast needs, as plain arrays.

    feature_means, feature_scales: shape (features,), what standardises the features.
    coefficients: shape (60, features), and intercepts: shape (60,): the regression of the log of the mean
        squared return over the coming sessions, for each horizon.
    drift: shape (60,), the pool's mean log return over each horizon: the median of every forecast.
    absolute_error: shape (60,), the mean absolute standardised error in the pool.
    quantiles: shape (60, levels), quantiles of the standardised error after the symbol's own scale.
    """

    feature_means: FloatArray
    feature_scales: FloatArray
    coefficients: FloatArray
    intercepts: FloatArray
    drift: FloatArray
    absolute_error: FloatArray
    quantiles: FloatArray


@dataclass(frozen=True, eq=False, kw_only=True)
class Distribution:
    """Predicted log returns: location + scale x standardised quantile, never narrower further out.

    location: shape (horizons,). scale: shape (days, horizons). quantiles: shape (horizons, levels).
    """

    location: FloatArray
    scale: FloatArray
    quantiles: FloatArray

    def at(self, level: float) -> FloatArray:
        """Return the log returns at `level`, one of LEVELS, in the shape (days, horizons)."""
        deviations = self.scale * quantile(self.quantiles, level)
        return np.asarray(self.location + _widening(deviations, level))

    def grid(self) -> FloatArray:
        """Return the log returns after the last day at all LEVELS, in the shape (horizons, levels)."""
        deviations = self.scale[-1] * self.quantiles.T
        above = LEVELS > MEDIAN
        deviations[above] = np.maximum.accumulate(deviations[above], axis=1)
        deviations[~above] = np.minimum.accumulate(deviations[~above], axis=1)
        return np.asarray(self.location[:, None] + deviations.T)


def _widening(deviations: FloatArray, level: float) -> FloatArray:
    """Return deviations from the median that never shrink along the last axis, the horizons."""
    further = np.maximum if level > MEDIAN else np.minimum
    return np.asarray(further.accumulate(deviations, axis=-1))


def predict_distribution(
    model: FittedModel, prices: Prices, days: IntArray, *, horizon: int = MAX_HORIZON
) -> Distribution:
    """Return the distribution of the returns after each of `days`, from prices up to that day.

    days: shape (days,), increasing positions in `prices`.
    """
    known = prices.before(int(days[-1]) + 1)
    first = max(SMALLEST_FIRST_DAY, int(days[0]) - SCALE_WINDOW - horizon)
    first = min(first, int(days[0]))
    volatility = expected_move(model, daily_features(known)[first:], horizon=horizon)
    errors = absolute_errors(model, known.close[first:], volatility)
    own = own_scale(errors / model.absolute_error[:horizon], days - first)
    return Distribution(
        location=model.drift[:horizon],
        scale=volatility[days - first] * own,
        quantiles=model.quantiles[:horizon],
    )


def expected_move(model: FittedModel, features: FloatArray, *, horizon: int = MAX_HORIZON) -> FloatArray:
    """Return the typical size of the log return over each horizon, shape (days, horizon)."""
    standardised = (features - model.feature_means) / model.feature_scales
    log_variance = standardised @ model.coefficients[:horizon].T + model.intercepts[:horizon]
    return np.asarray(np.exp(log_variance / 2) * np.sqrt(HORIZONS[:horizon]))


def log_returns_ahead(closes: FloatArray, horizon: int = MAX_HORIZON) -> FloatArray:
    """Return the log return from each day over each horizon, NaN where it is not known yet."""
    logs = np.log(closes)
    ends = np.arange(len(closes))[:, None] + HORIZONS[:horizon]
    known = ends < len(closes)
    ahead = logs[np.minimum(ends, len(closes) - 1)] - logs[:, None]
    return np.where(known, ahead, np.nan)


def absolute_errors(model: FittedModel, closes: FloatArray, volatility: FloatArray) -> FloatArray:
    """Return the absolute error of the drift in units of the expected move, NaN where not known yet."""
    horizon = volatility.shape[1]
    errors = log_returns_ahead(closes, horizon) - model.drift[:horizon]
    return np.asarray(np.abs(errors) / volatility)


def own_scale(relative_errors: FloatArray, days: IntArray) -> FloatArray:
    """Return by how much to widen for errors larger than the pool's, OWN_WEIGHT on the log scale.

    relative_errors: shape (rows, horizons), absolute errors over the pool's mean, NaN where unknown.
    Uses for each of `days` the errors that were known by then, at most SCALE_WINDOW of them.
    Returns shape (days, horizons); one where there are none.
    """
    totals = np.cumsum(np.nan_to_num(relative_errors), axis=0)
    totals = np.vstack([np.zeros(totals.shape[1]), totals])
    columns = np.arange(relative_errors.shape[1])
    stop = np.maximum(days[:, None] - HORIZONS[: len(columns)] + 1, 0)
    start = np.maximum(stop - SCALE_WINDOW, 0)
    count = stop - start
    mean = (totals[stop, columns] - totals[start, columns]) / np.maximum(count, 1)
    weight = OWN_WEIGHT * np.minimum(count / FULL_TRUST, 1)
    return np.asarray(np.where(mean > 0, mean, 1.0) ** weight)

"""Fitting the pooled model, and calibrating it to one symbol."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from forecasting.model.distribution import (
    HORIZONS,
    MAX_HORIZON,
    FittedModel,
    absolute_errors,
    expected_move,
    log_returns_ahead,
    own_scale,
)
from forecasting.model.features import VARIANCE_FLOOR, daily_features
from forecasting.model.intervals import LEVELS

FloatArray = NDArray[np.float64]

WARM_UP = 252
"""Days before the first training example: from here on every window is full."""
STEP = 5
"""Days between examples. Neighbouring targets overlap almost entirely, so more add time and no knowledge."""
SHORTEST_TARGET = 5
"""A variance over fewer sessions is too noisy to be a target."""
RIDGE_PENALTY = 10.0
SMALLEST_POOL_DAYS = 5 * 252


class TooLittleData(ValueError):
    """There are too few closes to learn from."""


@dataclass(frozen=True, eq=False, kw_only=True)
class TrainingPool:
    """Closes of several symbols on the same days.

    dates: datetime64[D], shape (days,), increasing. closes: by symbol, each of shape (days,).
    """

    dates: NDArray[np.datetime64]
    closes: Mapping[str, FloatArray]

    def through(self, last_day: date) -> "TrainingPool":
        """Return the pool without the days after `last_day`."""
        stop = int(np.searchsorted(self.dates, np.datetime64(last_day), side="right"))
        return TrainingPool(
            dates=self.dates[:stop],
            closes={symbol: closes[:stop] for symbol, closes in self.closes.items()},
        )


@dataclass(frozen=True, eq=False, kw_only=True)
class _Examples:
    """What one symbol teaches: rows are days whose longest target has ended within the data."""

    features: FloatArray
    log_variances: FloatArray
    returns: FloatArray


def fit_pooled_model(pool: TrainingPool) -> FittedModel:
    """Fit the model for horizons of 1 to 60 sessions.

    An example is used only if its longest target ends within the pool: what a model trained through a day
    knows ends on that day. Raises TooLittleData for a pool of less than about five years.
    """
    if len(pool.dates) < SMALLEST_POOL_DAYS:
        raise TooLittleData(
            f"A pooled model needs {SMALLEST_POOL_DAYS} days of prices; here are {len(pool.dates)}."
        )
    examples = [_examples(closes) for closes in pool.closes.values()]
    features = np.concatenate([each.features for each in examples])
    log_variances = np.concatenate([each.log_variances for each in examples])
    returns = np.concatenate([each.returns for each in examples])
    unscaled = _regression(features, log_variances, drift=_drift(pool))
    errors = (returns - unscaled.drift) / expected_move(unscaled, features)
    centred = replace(unscaled, absolute_error=np.abs(errors).mean(axis=0))
    scaled = np.concatenate([scaled_errors(centred, closes) for closes in pool.closes.values()])
    return replace(centred, quantiles=_centred_quantiles(scaled))


def _drift(pool: TrainingPool) -> FloatArray:
    """Return the mean log return of the pool over each horizon: one rate a session, carried on."""
    rates = [np.log(closes[-1] / closes[0]) / (len(closes) - 1) for closes in pool.closes.values()]
    return np.asarray(HORIZONS * np.mean(rates))


def scaled_errors(model: FittedModel, closes: FloatArray) -> FloatArray:
    """Return standardised errors after the symbol's own scale, one row for each example day."""
    volatility = expected_move(model, daily_features(closes))
    relative = absolute_errors(model, closes, volatility) / model.absolute_error
    relative[:WARM_UP] = np.nan
    days = _example_days(len(closes))
    scale = own_scale(relative[WARM_UP:], days - WARM_UP) * volatility[days]
    return np.asarray((log_returns_ahead(closes)[days] - model.drift) / scale)


def _regression(features: FloatArray, log_variances: FloatArray, *, drift: FloatArray) -> FittedModel:
    from sklearn.linear_model import Ridge
    from sklearn.preprocessing import StandardScaler

    scaler = StandardScaler().fit(features)
    ridge = Ridge(alpha=RIDGE_PENALTY).fit(scaler.transform(features), log_variances)
    return FittedModel(
        feature_means=scaler.mean_,
        feature_scales=scaler.scale_,
        coefficients=ridge.coef_,
        intercepts=ridge.intercept_,
        drift=drift,
        absolute_error=np.ones(MAX_HORIZON),
        quantiles=np.zeros((MAX_HORIZON, len(LEVELS))),
    )


def _centred_quantiles(errors: FloatArray) -> FloatArray:
    """Return quantiles of shape (horizons, levels) whose median is zero: the drift stays the median."""
    quantiles = np.quantile(errors, LEVELS, axis=0).T
    return np.asarray(quantiles - np.median(errors, axis=0)[:, None])


def _example_days(days: int) -> NDArray[np.int64]:
    return np.arange(WARM_UP, days - MAX_HORIZON, STEP)


def _examples(closes: FloatArray) -> _Examples:
    days = _example_days(len(closes))
    return _Examples(
        features=daily_features(closes)[days],
        log_variances=_log_variances_ahead(closes, days),
        returns=log_returns_ahead(closes)[days],
    )


def _log_variances_ahead(closes: FloatArray, days: NDArray[np.int64]) -> FloatArray:
    """Return the log of the mean squared return over the sessions after each day, for each horizon."""
    squares = np.diff(np.log(closes), prepend=np.log(closes[0])) ** 2
    totals = np.cumsum(squares)
    lengths = np.maximum(HORIZONS, SHORTEST_TARGET)
    means = (totals[days[:, None] + lengths] - totals[days][:, None]) / lengths
    return np.asarray(np.log(np.maximum(means, VARIANCE_FLOOR)))

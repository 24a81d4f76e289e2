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
    expected_move,
    log_returns_ahead,
    own_scale,
)
from forecasting.model.features import VARIANCE_FLOOR, daily_features
from forecasting.model.price_moves import Prices
from forecasting.model.quantile_grid import LEVELS

FloatArray = NDArray[np.float64]

WARM_UP = 252
"""Days before the first training example: from here on every window is full."""
STEP = 5
"""Days between examples. Neighbouring targets overlap almost entirely, so more add time and no knowledge."""
SHORTEST_TARGET = 5
"""A variance over fewer sessions is too noisy to be a target."""
RIDGE_PENALTY = 0.5
"""For each example: measures of volatility resemble each other, and ridge then lets them share the weight."""
SMOOTHING_DEGREE = 3
"""Of the polynomials in the log of the horizon that smooth each quantile over the horizons."""
SMALLEST_POOL_DAYS = 5 * 252
SMALLEST_SYMBOL_DAYS = 504
EQUAL_WEIGHT_ERRORS = 250
"""With so many errors that do not overlap, a symbol's own quantiles weigh as much as the pool's."""


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
class _History:
    """What one symbol teaches. Rows are days, columns horizons; examples are the rows `days`."""

    features: FloatArray
    returns: FloatArray
    log_variances: FloatArray
    days: NDArray[np.int64]


def fit_pooled_model(pool: TrainingPool) -> FittedModel:
    """Fit the model for horizons of 1 to 60 sessions.

    An example is used only if its longest target ends within the pool: what a model trained through a day
    knows ends on that day. Raises TooLittleData for a pool of less than about five years.
    """
    if len(pool.dates) < SMALLEST_POOL_DAYS:
        raise TooLittleData(
            f"A pooled model needs {SMALLEST_POOL_DAYS} days of prices; here are {len(pool.dates)}."
        )
    histories = [_history(Prices.of_closes(closes)) for closes in pool.closes.values()]
    features = np.concatenate([each.features[each.days] for each in histories])
    log_variances = np.concatenate([each.log_variances for each in histories])
    returns = np.concatenate([each.returns[each.days] for each in histories])
    model = _regression(features, log_variances, drift=_drift(pool))
    errors = (returns - model.drift) / expected_move(model, features)
    model = replace(model, absolute_error=np.abs(errors).mean(axis=0))
    scaled = np.concatenate([_scaled_errors(model, each) for each in histories])
    return replace(model, quantiles=_centred_quantiles(scaled))


def calibrate(model: FittedModel, prices: Prices) -> FittedModel:
    """Return `model` with its error quantiles drawn towards those of one symbol.

    prices: everything the calibrated model is allowed to know.
    The symbol's weight is n / (n + EQUAL_WEIGHT_ERRORS), n being the number of its errors that do not
    overlap: large at one session, small at sixty. Raises TooLittleData below SMALLEST_SYMBOL_DAYS.
    """
    if len(prices) < SMALLEST_SYMBOL_DAYS:
        raise TooLittleData(
            f"A model of one symbol needs {SMALLEST_SYMBOL_DAYS} closes, about two years; "
            f"here are {len(prices)}."
        )
    errors = _scaled_errors(model, _history(prices, step=1))
    independent = len(errors) / HORIZONS
    weight = (independent / (independent + EQUAL_WEIGHT_ERRORS))[:, None]
    return replace(model, quantiles=(1 - weight) * model.quantiles + weight * _centred_quantiles(errors))


def _scaled_errors(model: FittedModel, history: _History) -> FloatArray:
    """Return standardised errors after the symbol's own scale, one row for each example."""
    volatility = expected_move(model, history.features[WARM_UP:])
    errors = (history.returns[WARM_UP:] - model.drift) / volatility
    rows = history.days - WARM_UP
    return np.asarray(errors[rows] / own_scale(np.abs(errors) / model.absolute_error, rows))


def _drift(pool: TrainingPool) -> FloatArray:
    """Return the mean log return of the pool over each horizon: one rate a session, carried on."""
    rates = [np.log(closes[-1] / closes[0]) / (len(closes) - 1) for closes in pool.closes.values()]
    return np.asarray(HORIZONS * np.mean(rates))


def _regression(features: FloatArray, log_variances: FloatArray, *, drift: FloatArray) -> FittedModel:
    from sklearn.linear_model import Ridge
    from sklearn.preprocessing import StandardScaler

    scaler = StandardScaler().fit(features)
    ridge = Ridge(alpha=RIDGE_PENALTY * len(features)).fit(scaler.transform(features), log_variances)
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
    """Return quantiles of shape (horizons, levels) whose median is zero: the drift stays the median.

    Each is smoothed over the horizons, whose errors overlap and share their accidents.
    """
    quantiles = np.quantile(errors, LEVELS, axis=0).T
    centred = quantiles - np.median(errors, axis=0)[:, None]
    powers = np.vander(np.log(HORIZONS), SMOOTHING_DEGREE + 1)
    smooth = powers @ np.linalg.lstsq(powers, centred, rcond=None)[0]
    return np.asarray(np.maximum.accumulate(smooth, axis=1))


def _example_days(days: int, step: int) -> NDArray[np.int64]:
    """Return the days that have a past of WARM_UP days and a future of MAX_HORIZON sessions."""
    return np.arange(WARM_UP, days - MAX_HORIZON, step)


def _history(prices: Prices, *, step: int = STEP) -> _History:
    days = _example_days(len(prices), step)
    return _History(
        features=daily_features(prices),
        returns=log_returns_ahead(prices.close),
        log_variances=_log_variances_ahead(prices.close, days),
        days=days,
    )


def _log_variances_ahead(closes: FloatArray, days: NDArray[np.int64]) -> FloatArray:
    """Return the log of the mean squared return over the sessions after each day, for each horizon."""
    squares = np.diff(np.log(closes), prepend=np.log(closes[0])) ** 2
    totals = np.cumsum(squares)
    lengths = np.maximum(HORIZONS, SHORTEST_TARGET)
    means = (totals[days[:, None] + lengths] - totals[days][:, None]) / lengths
    return np.asarray(np.log(np.maximum(means, VARIANCE_FLOOR)))

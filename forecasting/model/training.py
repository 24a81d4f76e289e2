"""Fitting the pooled model, and calibrating it to one symbol."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from forecasting.model.features import VARIANCE_FLOOR, daily_features
from forecasting.model.location import POOL_WEIGHT, daily_drift, pooled_drift
from forecasting.model.market import FEWEST_MEMBERS, Member, market_features, member_of
from forecasting.model.price_moves import Prices
from forecasting.model.quantile_grid import LEVELS
from forecasting.model.regression import (
    HORIZONS,
    MAX_HORIZON,
    FittedModel,
    Regression,
    StageInputs,
    log_returns_ahead,
    own_scale,
)
from forecasting.model.width_regression import WidthRegression, fit_width_regression

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
    """What one symbol teaches. Rows are days, columns horizons; examples are the rows `days`.

    errors: log returns less the drift, NaN where unknown.
    """

    inputs: StageInputs
    errors: FloatArray
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
    drift = float(np.mean([pooled_drift(closes) for closes in pool.closes.values()]))
    prices = {symbol: Prices.of_closes(closes) for symbol, closes in pool.closes.items()}
    return FittedModel(
        drift_per_volatility=POOL_WEIGHT * drift,
        alone=_fit([_history(each, drift) for each in prices.values()]),
        with_market=_fit_with_market(pool.dates, prices, drift),
    )


def _fit_with_market(
    dates: NDArray[np.datetime64], prices: Mapping[str, Prices], drift: float
) -> Regression | None:
    """Return the regression that sees the other shares; None where the pool is too small for a market."""
    if len(prices) <= FEWEST_MEMBERS:
        return None
    members = {symbol: member_of(dates, each) for symbol, each in prices.items()}
    return _fit(
        [
            _history(each, drift, market=market_features(_others(members, symbol), dates))
            for symbol, each in prices.items()
        ]
    )


def _others(members: Mapping[str, Member], symbol: str) -> list[Member]:
    return [member for name, member in members.items() if name != symbol]


def _fit(histories: list[_History]) -> Regression:
    regression = _volatility_regression(histories)
    errors = [_standardised_errors(regression, each) for each in histories]
    rows = [_rows(each) for each in histories]
    absolute = np.concatenate([np.abs(own[chosen]) for own, chosen in zip(errors, rows, strict=True)])
    regression = replace(regression, absolute_error=absolute.mean(axis=0))
    scaled = np.concatenate(
        [_own_scaled(regression, own, chosen) for own, chosen in zip(errors, rows, strict=True)]
    )
    median = _smooth(np.median(scaled, axis=0))
    features = np.concatenate([each.inputs.second[each.days] for each in histories])
    width = fit_width_regression(features, scaled - median, HORIZONS)
    regression = replace(regression, median_error=median, width=width)
    return replace(regression, quantiles=_quantiles(_over_width(regression, scaled, features)))


def calibrate(model: FittedModel, prices: Prices, *, drifts: bool = True) -> FittedModel:
    """Return `model` with its error quantiles drawn towards those of one symbol.

    prices: everything the calibrated model is allowed to know. drifts: whether they are those of a share.
    The symbol's weight is n / (n + EQUAL_WEIGHT_ERRORS), n being the number of its errors that do not
    overlap: large at one session, small at sixty. Raises TooLittleData below SMALLEST_SYMBOL_DAYS.
    """
    if len(prices) < SMALLEST_SYMBOL_DAYS:
        raise TooLittleData(
            f"A model of one symbol needs {SMALLEST_SYMBOL_DAYS} closes, about two years; "
            f"here are {len(prices)}."
        )
    history = _history(prices, model.drift_per_volatility if drifts else 0.0, step=1)
    scaled = _own_scaled(model.alone, _standardised_errors(model.alone, history), _rows(history))
    errors = _over_width(model.alone, scaled, history.inputs.second[history.days])
    weight = (len(errors) / HORIZONS / (len(errors) / HORIZONS + EQUAL_WEIGHT_ERRORS))[:, None]
    own = weight * _quantiles(errors)
    return replace(
        model,
        alone=replace(model.alone, quantiles=(1 - weight) * model.alone.quantiles + own),
        with_market=model.with_market
        and replace(model.with_market, quantiles=(1 - weight) * model.with_market.quantiles + own),
    )


def _volatility_regression(histories: list[_History]) -> Regression:
    from sklearn.linear_model import Ridge
    from sklearn.preprocessing import StandardScaler

    features = np.concatenate([each.inputs.first[each.days] for each in histories])
    log_variances = np.concatenate([each.log_variances for each in histories])
    scaler = StandardScaler().fit(features)
    ridge = Ridge(alpha=RIDGE_PENALTY * len(features)).fit(scaler.transform(features), log_variances)
    return Regression(
        feature_means=scaler.mean_,
        feature_scales=scaler.scale_,
        coefficients=ridge.coef_,
        intercepts=ridge.intercept_,
        absolute_error=np.ones(MAX_HORIZON),
        median_error=np.zeros(MAX_HORIZON),
        width=WidthRegression.none(histories[0].inputs.second.shape[1]),
        quantiles=np.zeros((MAX_HORIZON, len(LEVELS))),
    )


def _rows(history: _History) -> NDArray[np.int64]:
    """Return where the examples stand in errors that begin on the day WARM_UP."""
    return history.days - WARM_UP


def _standardised_errors(regression: Regression, history: _History) -> FloatArray:
    """Return the errors from the day WARM_UP on in units of the expected move."""
    return np.asarray(history.errors[WARM_UP:] / regression.expected_move(history.inputs.first[WARM_UP:]))


def _own_scaled(regression: Regression, errors: FloatArray, rows: NDArray[np.int64]) -> FloatArray:
    """Return the errors of some rows after the symbol's own scale."""
    return np.asarray(errors[rows] / own_scale(np.abs(errors) / regression.absolute_error, rows))


def _over_width(regression: Regression, errors: FloatArray, features: FloatArray) -> FloatArray:
    """Return the errors around their median over the width that the second stage expects."""
    widths = np.exp(regression.width.log_widths(features, MAX_HORIZON))
    return np.asarray((errors - regression.median_error) / widths)


def _quantiles(errors: FloatArray) -> FloatArray:
    """Return quantiles of shape (horizons, levels), the median being zero.

    Each is smoothed over the horizons, whose errors overlap and share their accidents.
    """
    quantiles = np.quantile(errors, LEVELS, axis=0).T
    smooth = _smooth(quantiles - np.median(errors, axis=0)[:, None])
    return np.asarray(np.maximum.accumulate(smooth, axis=1))


def _smooth(values: FloatArray) -> FloatArray:
    """Return values of shape (horizons, ...) on polynomials in the log of the horizon."""
    powers = np.vander(np.log(HORIZONS), SMOOTHING_DEGREE + 1)
    return np.asarray(powers @ np.linalg.lstsq(powers, values, rcond=None)[0])


def _example_days(days: int, step: int) -> NDArray[np.int64]:
    """Return the days that have a past of WARM_UP days and a future of MAX_HORIZON sessions."""
    return np.arange(WARM_UP, days - MAX_HORIZON, step)


def _history(
    prices: Prices, drift_per_volatility: float, *, market: FloatArray | None = None, step: int = STEP
) -> _History:
    days = _example_days(len(prices), step)
    returns = np.diff(np.log(prices.close), prepend=np.log(prices.close[0]))
    drift = daily_drift(prices.close, drift_per_volatility)[:, None]
    own = StageInputs.of(daily_features(prices), returns)
    return _History(
        inputs=own if market is None else own.beside(market),
        errors=log_returns_ahead(prices.close) - drift * HORIZONS,
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

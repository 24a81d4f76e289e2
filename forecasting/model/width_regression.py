"""Second stage: on which days errors are larger than the volatility regression expects."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecasting.model.features import FEATURES, VARIANCE_FLOOR
from forecasting.model.market import MARKET_21, MARKET_63, MARKET_LONG, MARKET_MOMENTUM
from forecasting.model.price_moves import window_means

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

WIDTH_FEATURES = (
    "log_variance_21_over_252",
    "log_variance_5_over_63",
    "deviation_of_log_variance_5",
    "log_largest_square_63",
    "momentum_21",
)
MARKET_WIDTH_FEATURES = (
    "market_log_variance_21",
    "market_log_variance_63",
    "market_momentum_21",
    "market_log_variance_252",
)
FEATURE_LIMIT = 3.0
"""In standard deviations."""
PENALTY = 0.2
"""Of the squared coefficients, for each example."""
FITTED_HORIZONS = (1, 2, 3, 5, 8, 13, 20, 30, 45, 60)
"""A polynomial joins the coefficients between them."""
SMALLEST_ERROR = 1e-4
YEAR, QUARTER = 252, 63


@dataclass(frozen=True, eq=False, kw_only=True)
class WidthRegression:
    """E|error| = exp(coefficients . features). means, scales: (features,); coefficients: (60, features)."""

    means: FloatArray
    scales: FloatArray
    coefficients: FloatArray

    @classmethod
    def none(cls, features: int) -> "WidthRegression":
        """Return a regression that widens nothing."""
        return cls(means=np.zeros(features), scales=np.ones(features), coefficients=np.zeros((60, features)))

    def log_widths(self, features: FloatArray, horizon: int) -> FloatArray:
        """Return by how much to widen on each day, on the log scale, shape (days, horizon)."""
        return np.asarray(self.standardised(features) @ self.coefficients[:horizon].T)

    def standardised(self, features: FloatArray) -> FloatArray:
        """Return the features in standard deviations, within the limit."""
        return np.clip((features - self.means) / self.scales, -FEATURE_LIMIT, FEATURE_LIMIT)


def width_features(features: FloatArray, returns: FloatArray) -> FloatArray:
    """Return the second stage's features of a share's own prices, shape (days, 5).

    features: those of the first stage. returns: log returns of each day.
    """
    column = {name: features[:, position] for position, name in enumerate(FEATURES)}
    weekly = column["log_variance_5"]
    squares = returns**2
    columns = [
        column["log_variance_21"] - column["log_variance_252"],
        weekly - column["log_variance_63"],
        _deviation(weekly),
        np.log(np.maximum(_largest(squares), VARIANCE_FLOOR))
        - np.log(np.maximum(window_means(squares, QUARTER), VARIANCE_FLOOR)),
        column["momentum_21"],
    ]
    return np.column_stack(columns)


def with_market(own: FloatArray, market: FloatArray) -> FloatArray:
    """Return the second stage's own features beside those of the market, shape (days, 9)."""
    return np.hstack([own, market[:, (MARKET_21, MARKET_63, MARKET_MOMENTUM, MARKET_LONG)]])


def fit_width_regression(features: FloatArray, errors: FloatArray, horizons: IntArray) -> WidthRegression:
    """Fit gamma regressions with a log link to the absolute errors on each side of zero.

    features: shape (examples, features). errors: shape (examples, horizons), around their median.
    The coefficients of the two sides are averaged, and smoothed over the horizons.
    """
    regression = WidthRegression(
        means=features.mean(axis=0), scales=features.std(axis=0), coefficients=np.zeros((0, 0))
    )
    inputs = regression.standardised(features)
    fitted = np.array([_both_sides(inputs, errors[:, horizon - 1]) for horizon in FITTED_HORIZONS])
    known, wanted = (np.vander(np.log(each), 4) for each in (np.array(FITTED_HORIZONS), horizons))
    smooth = wanted @ np.linalg.lstsq(known, fitted, rcond=None)[0]
    return WidthRegression(means=regression.means, scales=regression.scales, coefficients=smooth)


def _both_sides(inputs: FloatArray, errors: FloatArray) -> FloatArray:
    return np.asarray((_gamma(inputs, errors, errors > 0) + _gamma(inputs, errors, errors < 0)) / 2)


def _gamma(inputs: FloatArray, errors: FloatArray, chosen: NDArray[np.bool_]) -> FloatArray:
    from sklearn.linear_model import GammaRegressor

    sizes = np.maximum(np.abs(errors[chosen]), SMALLEST_ERROR)
    regressor = GammaRegressor(alpha=PENALTY, solver="newton-cholesky")
    return np.asarray(regressor.fit(inputs[chosen], sizes).coef_)


def _deviation(values: FloatArray) -> FloatArray:
    """Return the standard deviation over the past year."""
    mean = window_means(values, YEAR)
    return np.asarray(np.sqrt(np.maximum(window_means(values**2, YEAR) - mean**2, 0)))


def _largest(squares: FloatArray) -> FloatArray:
    """Return the largest value of the past quarter."""
    padded = np.concatenate([np.zeros(QUARTER - 1), squares])
    return np.asarray(np.lib.stride_tricks.sliding_window_view(padded, QUARTER).max(axis=1))

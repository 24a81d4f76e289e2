import numpy as np

from forecasting.model.regression import HORIZONS
from forecasting.model.width_regression import FEATURE_LIMIT, fit_width_regression


def test_errors_that_grow_with_a_feature_give_it_a_coefficient() -> None:
    chance = np.random.default_rng(1)
    features = chance.normal(size=(8000, 2))
    errors = chance.normal(size=(8000, 60)) * np.exp(0.3 * features[:, :1])
    fitted = fit_width_regression(features, errors, HORIZONS)
    assert (np.abs(fitted.coefficients[:, 0] - 0.25) < 0.08).all()
    assert (np.abs(fitted.coefficients[:, 1]) < 0.05).all()


def test_features_far_out_count_no_more_than_the_limit() -> None:
    chance = np.random.default_rng(2)
    features = chance.normal(size=(2000, 2))
    fitted = fit_width_regression(features, chance.normal(size=(2000, 60)), HORIZONS)
    extreme, limit = (np.array([[value, 0.0]]) for value in (1e6, FEATURE_LIMIT * 1.2))
    np.testing.assert_array_equal(fitted.log_widths(extreme, 30), fitted.log_widths(limit, 30))

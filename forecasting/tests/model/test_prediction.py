from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecasting.model.distribution import (
    HORIZONS,
    OWN_WEIGHT,
    SCALE_WINDOW,
    Distribution,
    FittedModel,
    log_returns_ahead,
    own_scale,
    predict_distribution,
)
from forecasting.model.evaluation import evaluate
from forecasting.model.prediction import predict_prices
from forecasting.model.price_moves import Prices
from forecasting.model.quantile_grid import LEVELS, probability_above, quantile
from forecasting.model.training import (
    SMALLEST_POOL_DAYS,
    TooLittleData,
    TrainingPool,
    calibrate,
    fit_pooled_model,
)
from forecasting.tests.factories import fitted_through, random_closes, random_pool, random_prices


def _bytes(model: FittedModel | Distribution) -> bytes:
    return b"".join(getattr(model, field.name).tobytes() for field in fields(model))


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), day=st.integers(59, 1500), factor=st.floats(0.01, 100))
def test_prices_after_the_day_of_issue_change_no_byte_of_its_forecast(
    seed: int, day: int, factor: float
) -> None:
    prices = random_prices(1600, seed=seed)
    later = np.where(np.arange(1600) > day, factor, 1.0)
    changed = Prices(**{name: values * later for name, values in vars(prices).items()})
    issued = predict_distribution(fitted_through(2004), prices, np.array([day]))
    assert _bytes(issued) == _bytes(predict_distribution(fitted_through(2004), changed, np.array([day])))
    known = prices.before(day + 1)
    assert _bytes(issued) == _bytes(predict_distribution(fitted_through(2004), known, np.array([day])))


def test_a_past_forecast_is_the_one_that_was_issued_on_that_day() -> None:
    prices = random_prices(1600)
    closes = prices.close
    days = np.array([300, 700, 1500])
    past = evaluate(fitted_through(2004), prices, days, horizon=30)
    assert len(past.median) == len(days)
    for row, day in enumerate(days):
        issued = predict_prices(fitted_through(2004), prices.before(day + 1), horizon=30)
        np.testing.assert_allclose(past.low_80[row], issued.low_80 / closes[day] - 1, rtol=1e-9)
        np.testing.assert_allclose(past.median[row], issued.median / closes[day] - 1, rtol=1e-9)


def test_a_model_trained_through_a_day_does_not_know_later_prices() -> None:
    pool = random_pool(1800)
    last_day = pool.dates[1499].item()
    changed = {symbol: closes.copy() for symbol, closes in pool.closes.items()}
    for closes in changed.values():
        closes[1500:] *= 3
    later = TrainingPool(dates=pool.dates, closes=changed)
    assert _bytes(fit_pooled_model(pool.through(last_day))) == _bytes(
        fit_pooled_model(later.through(last_day))
    )
    last_close = changed["AAA"]
    last_close[1499] *= 1.01
    assert _bytes(fit_pooled_model(pool.through(last_day))) != _bytes(
        fit_pooled_model(later.through(last_day))
    )


def test_a_pool_of_less_than_five_years_is_refused() -> None:
    with pytest.raises(TooLittleData, match="1260 days"):
        fit_pooled_model(random_pool(SMALLEST_POOL_DAYS - 1))


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), days=st.integers(60, 1500), volatility=st.floats(0.0001, 0.2))
def test_bands_enclose_each_other_and_the_median(seed: int, days: int, volatility: float) -> None:
    path = predict_prices(
        fitted_through(2004), random_prices(days, seed=seed, volatility=volatility), horizon=60
    )
    ordered = np.stack([path.low_95, path.low_80, path.median, path.high_80, path.high_95])
    assert np.isfinite(ordered).all()
    assert (np.diff(ordered, axis=0) > 0).all()
    assert (ordered > 0).all()


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), days=st.integers(60, 1500))
def test_no_band_is_narrower_further_out(seed: int, days: int) -> None:
    prices = random_prices(days, seed=seed)
    path = predict_prices(fitted_through(2004), prices, horizon=60)
    for low, high in ((path.low_80, path.high_80), (path.low_95, path.high_95)):
        assert (np.diff(np.log(path.median / low)) >= -1e-12).all()
        assert (np.diff(np.log(high / path.median)) >= -1e-12).all()


def test_a_shorter_forecast_is_the_beginning_of_a_longer_one() -> None:
    prices = random_prices(700)
    short, long = (predict_prices(fitted_through(2004), prices, horizon=horizon) for horizon in (7, 60))
    np.testing.assert_array_equal(short.high_95, long.high_95[:7])


def test_the_quantiles_of_a_trained_model_rise_with_their_level() -> None:
    assert (np.diff(fitted_through(2004).quantiles, axis=1) >= 0).all()
    assert (quantile(fitted_through(2004).quantiles, 0.5) == 0).all()


def test_the_median_is_the_drift_of_the_pool_whatever_the_share_did() -> None:
    model = fitted_through(2004)
    for seed in (1, 2):
        closes = random_closes(500, seed=seed)
        path = predict_prices(model, Prices.of_closes(closes), horizon=60)
        np.testing.assert_allclose(np.log(path.median / closes[-1]), model.drift)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), drift=st.floats(-0.01, 0.01))
def test_the_probability_of_a_higher_close_agrees_with_the_median(seed: int, drift: float) -> None:
    model = replace(fitted_through(2004), drift=np.asarray(drift * HORIZONS, dtype=np.float64))
    closes = random_closes(400, seed=seed)
    path = predict_prices(model, Prices.of_closes(closes), horizon=60)
    above = path.probability_above_last_close
    assert ((above >= 0.5) == (path.median >= closes[-1])).all()
    assert ((above > 0.9) == (path.low_80 > closes[-1])).all()


def test_a_probability_outside_the_grid_never_claims_certainty() -> None:
    grid = np.linspace(-1, 1, len(LEVELS))
    assert probability_above(grid, -5.0) == pytest.approx(LEVELS[-1])
    assert probability_above(grid, 5.0) == pytest.approx(LEVELS[0])


def test_a_forecast_from_59_closes_is_refused() -> None:
    with pytest.raises(ValueError, match="60 closes, not 59"):
        predict_prices(fitted_through(2004), random_prices(59), horizon=30)


def test_the_own_scale_uses_the_errors_known_by_then_and_no_more_than_its_window() -> None:
    errors = np.random.default_rng(3).gamma(2, 1, (1500, 5))
    days = np.array([3, 40, 400, 1499])
    scale = own_scale(errors, days)
    assert scale.shape == (len(days), 5)
    for row, day in enumerate(days):
        for column, horizon in enumerate(range(1, 6)):
            stop = max(day - horizon + 1, 0)
            known = errors[max(stop - SCALE_WINDOW, 0) : stop, column]
            expected = known.mean() ** (OWN_WEIGHT * min(len(known) / 252, 1)) if len(known) else 1
            assert scale[row, column] == pytest.approx(expected)


def test_a_share_twice_as_jumpy_as_it_looks_gets_wider_bands() -> None:
    calm = random_prices(1500)
    model = fitted_through(2004)
    wide = replace(model, intercepts=model.intercepts - np.log(4))
    day = np.array([1499])
    ratio = predict_distribution(wide, calm, day).scale / predict_distribution(model, calm, day).scale
    # The regression expects half the move, and three quarters of that error are taken back on the log scale.
    np.testing.assert_allclose(ratio, 0.5 ** (1 - OWN_WEIGHT))


def test_returns_ahead_are_unknown_beyond_the_last_close() -> None:
    returns = log_returns_ahead(np.exp(np.arange(5.0)), 3)
    np.testing.assert_array_equal(returns[:3, 1], [2, 2, 2])
    assert np.isnan(returns[3:, 1]).all()


def test_calibration_moves_near_horizons_more_than_far_ones() -> None:
    model = fitted_through(2004)
    heavy = np.random.default_rng(5).standard_t(2.2, 2000) * 0.01
    calibrated = calibrate(model, Prices.of_closes(100 * np.exp(np.cumsum(heavy))))
    moved = np.abs(calibrated.quantiles - model.quantiles).mean(axis=1)
    assert moved[0] > 2 * moved[-1] > 0
    assert (np.diff(calibrated.quantiles, axis=1) >= 0).all()


def test_calibration_refuses_less_than_two_years() -> None:
    with pytest.raises(TooLittleData, match="504 closes"):
        calibrate(fitted_through(2004), random_prices(503))

from dataclasses import fields, is_dataclass, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecasting.model.evaluation import evaluate
from forecasting.model.market import market_features, member_of
from forecasting.model.prediction import Surroundings, predict_distribution, predict_prices
from forecasting.model.price_moves import Prices
from forecasting.model.quantile_grid import LEVELS, MEDIAN, probabilities_above, quantile
from forecasting.model.regression import (
    HORIZONS,
    OWN_WEIGHT,
    SCALE_WINDOW,
    FittedModel,
    log_returns_ahead,
    own_scale,
)
from forecasting.model.training import (
    SMALLEST_POOL_DAYS,
    TooLittleData,
    TrainingPool,
    calibrate,
    fit_pooled_model,
)
from forecasting.tests.factories import fitted_through, random_closes, random_pool, random_prices


def _bytes(value: Any) -> bytes:
    if is_dataclass(value):
        return b"".join(_bytes(getattr(value, field.name)) for field in fields(value))
    return np.asarray(value, dtype=float).tobytes() if value is not None else b"none"


def _shifted(model: FittedModel, shift: float) -> FittedModel:
    """Return the model with its expected log variances moved by `shift`."""
    alone = replace(model.alone, intercepts=model.alone.intercepts + shift)
    return replace(model, alone=alone)


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


def _market(days: int) -> Surroundings:
    dates = np.datetime64("2000-01-03") + np.arange(days)
    members = [member_of(dates, random_prices(days, seed=30 + seed)) for seed in range(5)]
    return Surroundings(market=market_features(members, dates))


@settings(max_examples=10, deadline=None)
@given(day=st.integers(59, 1300), factor=st.floats(0.01, 100))
def test_the_market_after_the_day_of_issue_changes_no_byte_of_its_forecast(day: int, factor: float) -> None:
    prices, around = random_prices(1400), _market(1400)
    assert around.market is not None
    later = np.where(np.arange(1400) > day, factor, 1.0)[:, None]
    changed = Surroundings(market=around.market * later)
    model, days = fitted_through(2004), np.array([day])
    assert _bytes(predict_distribution(model, prices, days, surroundings=around)) == _bytes(
        predict_distribution(model, prices, days, surroundings=changed)
    )


def test_with_a_market_another_regression_forecasts() -> None:
    prices, around = random_prices(1400), _market(1400)
    days = np.array([200, 1300])
    issued = predict_distribution(fitted_through(2004), prices, days, surroundings=around)
    assert issued.regression.tolist() == [0, 1]
    np.testing.assert_array_equal(
        issued.scale[0], predict_distribution(fitted_through(2004), prices, days).scale[0]
    )
    assert (issued.scale[1] != predict_distribution(fitted_through(2004), prices, days).scale[1]).all()


def test_a_break_in_volatility_widens_the_bands_within_ten_sessions() -> None:
    held: dict[int, list[float]] = {0: [], 10: []}
    for seed in range(80):
        moves = np.random.default_rng(seed).normal(0, 0.01, 1200)
        moves[1000:] *= 2.5
        closes = 100 * np.exp(np.cumsum(moves))
        days = np.array([999, 1009])
        past = evaluate(fitted_through(2004), Prices.of_closes(closes), days, horizon=10)
        for row, since in enumerate(held):
            held[since].append(float(past.inside_80[row].mean()))
    assert np.mean(held[10]) > np.mean(held[0]) + 0.1


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
    regressions = fitted_through(2004).regressions
    assert len(regressions) == 2
    for regression in regressions:
        assert (np.diff(regression.quantiles, axis=1) >= 0).all()
        np.testing.assert_allclose(quantile(regression.quantiles, MEDIAN), 0, atol=1e-12)


def test_without_a_drift_of_shares_the_median_hardly_leaves_the_last_close() -> None:
    model = fitted_through(2004)
    closes = random_closes(1500)
    share, currency = (
        predict_prices(model, Prices.of_closes(closes), horizon=60, surroundings=Surroundings(drifts=drifts))
        for drifts in (True, False)
    )
    own = np.log(closes[1499] / closes[499]) / 1000 * HORIZONS
    np.testing.assert_allclose(np.log(currency.median / closes[-1]), own / 11, rtol=1e-6)
    assert (share.median > currency.median)[5:].all()


def test_a_constant_price_gets_a_constant_forecast() -> None:
    path = predict_prices(fitted_through(2004), Prices.of_closes(np.full(400, 50.0)), horizon=60)
    for prices in (path.low_95, path.low_80, path.median, path.high_80, path.high_95):
        assert (prices == 50).all()
    assert (path.probability_above_last_close == 0).all()


def test_a_calm_price_gets_no_opinion_on_its_direction() -> None:
    paths = [
        predict_prices(
            fitted_through(2004),
            Prices.of_closes(random_closes(1500, seed=seed, volatility=0.03 / np.sqrt(252))),
            horizon=60,
        )
        for seed in range(20)
    ]
    above = np.stack([path.probability_above_last_close for path in paths])
    assert 0.4 < above.min() < above.max() < 0.65


def test_no_band_is_narrower_than_the_moves_of_the_last_year_demand() -> None:
    closes = np.asarray(50 + 0.001 * (np.arange(1200) % 2), dtype=np.float64)
    closes[1000:1003] = 55
    path = predict_prices(fitted_through(2004), Prices.of_closes(closes), horizon=5)
    assert path.high_95[0] > 50 * 1.015
    assert path.low_95[0] < 50 / 1.015


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), drift=st.floats(-0.5, 0.5))
def test_the_probability_of_a_higher_close_agrees_with_the_median(seed: int, drift: float) -> None:
    model = replace(fitted_through(2004), drift_per_volatility=drift)
    closes = random_closes(400, seed=seed)
    path = predict_prices(model, Prices.of_closes(closes), horizon=60)
    above = path.probability_above_last_close
    assert ((above >= 0.5 - 1e-9) == (path.median >= closes[-1] * (1 - 1e-9))).all()
    assert ((above > 0.9 + 1e-9) <= (path.low_80 > closes[-1])).all()


def test_a_probability_outside_the_grid_never_claims_certainty() -> None:
    grid = np.linspace(-1, 1, len(LEVELS))
    assert probabilities_above(grid, -5.0) == pytest.approx(LEVELS[-1])
    assert probabilities_above(grid, 5.0) == pytest.approx(LEVELS[0])


def test_a_probability_between_two_quantiles_is_interpolated() -> None:
    grid = np.linspace(-1, 1, len(LEVELS))
    for threshold in (-0.99, -0.3, 0.0, 0.77):
        expected = 1 - np.interp(threshold, grid, LEVELS)
        assert probabilities_above(grid, threshold) == pytest.approx(expected)


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
    day = np.array([1499])
    ratio = (
        predict_distribution(_shifted(model, -np.log(4)), calm, day).scale
        / predict_distribution(model, calm, day).scale
    )
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
    assert len(calibrated.regressions) == 2
    for own, pooled in zip(calibrated.regressions, model.regressions, strict=True):
        moved = np.abs(own.quantiles - pooled.quantiles).mean(axis=1)
        assert moved[0] > 2 * moved[-1] > 0
        assert (np.diff(own.quantiles, axis=1) >= 0).all()


def test_calibration_refuses_less_than_two_years() -> None:
    with pytest.raises(TooLittleData, match="504 closes"):
        calibrate(fitted_through(2004), random_prices(503))

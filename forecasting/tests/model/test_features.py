import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecasting.model.features import FEATURES, VARIANCE_FLOOR, daily_features
from forecasting.model.price_moves import Prices, daily_moves, window_means
from forecasting.tests.factories import random_closes, random_prices


def _feature(name: str, closes: np.ndarray) -> np.ndarray:
    return daily_features(Prices.of_closes(closes))[:, FEATURES.index(name)]


def test_the_volatility_features_are_what_pandas_computes() -> None:
    closes = random_closes(400)
    squares = pd.Series(np.log(closes)).diff().pow(2)
    for window in (5, 21, 63, 252):
        expected = np.log(squares.rolling(window, min_periods=1).mean().to_numpy())
        np.testing.assert_allclose(_feature(f"log_variance_{window}", closes)[1:], expected[1:], rtol=1e-9)
    for decay in (0.94, 0.985):
        expected = np.log(squares.ewm(alpha=1 - decay, adjust=True).mean().to_numpy())
        np.testing.assert_allclose(
            _feature(f"log_ewma_variance_{decay}", closes)[1:], expected[1:], rtol=1e-9
        )
    expected = np.log(squares.expanding().mean().to_numpy())
    np.testing.assert_allclose(_feature("log_variance_all", closes)[1:], expected[1:], rtol=1e-9)


def test_momentum_is_the_move_in_units_of_its_expected_size() -> None:
    closes = random_closes(200)
    variance = pd.Series(np.log(closes)).diff().pow(2).rolling(63, min_periods=1).mean().to_numpy()
    expected = np.log(closes[150] / closes[129]) / np.sqrt(variance[150] * 21)
    assert _feature("momentum_21", closes)[150] == pytest.approx(np.clip(expected, -3, 3))


def test_the_downside_share_is_one_when_the_price_only_falls() -> None:
    assert _feature("downside_share_63", 100 * 0.99 ** np.arange(80))[-1] == pytest.approx(1)
    assert _feature("downside_share_63", 100 * 1.01 ** np.arange(80))[-1] == pytest.approx(0)


def test_a_share_that_never_moves_has_finite_features() -> None:
    features = daily_features(Prices.of_closes(np.full(100, 5.0)))
    assert np.isfinite(features).all()
    assert features[-1, FEATURES.index("log_variance_21")] == pytest.approx(np.log(VARIANCE_FLOOR))


@given(seed=st.integers(0, 2**32 - 1), day=st.integers(2, 299), factor=st.floats(0.01, 100))
def test_prices_after_a_day_change_no_byte_of_its_features(seed: int, day: int, factor: float) -> None:
    prices = random_prices(300, seed=seed)
    later = np.where(np.arange(300) > day, factor, 1.0)
    changed = Prices(**{name: values * later for name, values in vars(prices).items()})
    past = daily_features(prices)[: day + 1].tobytes()
    assert past == daily_features(changed)[: day + 1].tobytes()
    assert past == daily_features(prices.before(day + 1)).tobytes()


def test_days_without_a_range_of_their_own_count_as_their_closes_do() -> None:
    closes = random_closes(300)
    moves = daily_moves(Prices.of_closes(closes))
    np.testing.assert_allclose(moves.variances, moves.returns**2, atol=1e-15)
    np.testing.assert_allclose(moves.sizes, np.abs(moves.returns), atol=1e-12)


def test_a_day_with_a_wide_range_counts_as_volatile_though_its_close_is_where_it_was() -> None:
    prices = random_prices(300)
    high, low, open_, close = prices.high.copy(), prices.low.copy(), prices.open.copy(), prices.close.copy()
    open_[-1] = close[-1] = close[-2]
    high[-1], low[-1] = close[-1] * 1.03, close[-1] * 0.97
    moves = daily_moves(Prices(open=open_, high=high, low=low, close=close))
    parkinson = np.log(1.03 / 0.97) ** 2 / (4 * np.log(2))
    assert moves.returns[-1] == 0
    assert 0.5 * parkinson * 0.3 <= moves.variances[-1] <= 0.5 * parkinson * 3


def test_a_misprinted_high_moves_the_features_little() -> None:
    prices = random_prices(600)
    high = prices.high.copy()
    high[-3] *= 10
    misprinted = Prices(open=prices.open, high=high, low=prices.low, close=prices.close)
    index = FEATURES.index("log_variance_21")
    usual, moved = (daily_features(each)[-1, index] for each in (prices, misprinted))
    assert 0 < moved - usual < 0.25


def test_the_range_of_a_random_walk_tells_its_volatility_better_than_its_closes_do() -> None:
    chance = np.random.default_rng(11)
    paths = np.exp(np.cumsum(chance.normal(0, 0.02 / np.sqrt(78), (2000, 78)), axis=1))
    close = np.cumprod(paths[:, -1])
    start = np.concatenate([[1.0], close[:-1]])
    high, low = start * paths.max(axis=1), start * paths.min(axis=1)
    prices = Prices(open=start, high=np.maximum(high, start), low=np.minimum(low, start), close=close)
    means = {
        "range": window_means(daily_moves(prices).variances, 21)[500:],
        "closes": window_means(daily_moves(Prices.of_closes(close)).variances, 21)[500:],
    }
    assert means["range"].std() < 0.85 * means["closes"].std()
    assert means["range"].mean() == pytest.approx(means["closes"].mean(), rel=0.05)

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecasting.model.features import FEATURES, VARIANCE_FLOOR, daily_features
from forecasting.tests.making import random_closes


def _feature(name: str, closes: np.ndarray) -> np.ndarray:
    return daily_features(closes)[:, FEATURES.index(name)]


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
    features = daily_features(np.full(100, 5.0))
    assert np.isfinite(features).all()
    assert features[-1, FEATURES.index("log_variance_21")] == pytest.approx(np.log(VARIANCE_FLOOR))


@given(seed=st.integers(0, 2**32 - 1), day=st.integers(2, 299), factor=st.floats(0.01, 100))
def test_prices_after_a_day_change_no_byte_of_its_features(seed: int, day: int, factor: float) -> None:
    closes = random_closes(300, seed=seed)
    changed = closes.copy()
    changed[day + 1 :] *= factor
    past = daily_features(closes)[: day + 1].tobytes()
    assert past == daily_features(changed)[: day + 1].tobytes()
    assert past == daily_features(closes[: day + 1]).tobytes()

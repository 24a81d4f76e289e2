import numpy as np
import pytest

from forecasting.model.location import PRIOR_DEVIATION, daily_drift, daily_volatility, pooled_drift
from forecasting.tests.factories import random_closes


def test_a_constant_price_has_no_drift() -> None:
    assert (daily_drift(np.full(300, 50.0), 0.02) == 0).all()


def test_the_drift_of_the_pool_counts_in_proportion_to_the_volatility() -> None:
    calm, jumpy = (random_closes(40, volatility=volatility) for volatility in (0.001, 0.03))
    drifts = [daily_drift(closes, 0.02)[-1] - daily_drift(closes, 0.0)[-1] for closes in (calm, jumpy)]
    volatilities = [daily_volatility(closes)[-1] for closes in (calm, jumpy)]
    assert drifts[1] / drifts[0] == pytest.approx(volatilities[1] / volatilities[0])


def test_the_own_mean_return_counts_by_its_precision() -> None:
    closes = random_closes(3000)
    own = np.log(closes[2500] / closes[1500]) / 1000
    weight = PRIOR_DEVIATION**2 / (PRIOR_DEVIATION**2 + 1 / 1000)
    expected = weight * own + (1 - weight) * 0.02 * daily_volatility(closes)[2500]
    assert daily_drift(closes, 0.02)[2500] == pytest.approx(expected)


def test_the_drift_of_a_day_depends_on_closes_up_to_it() -> None:
    closes = random_closes(1500)
    np.testing.assert_array_equal(daily_drift(closes[:900], 0.02), daily_drift(closes, 0.02)[:900])


def test_the_drift_of_the_pool_has_no_unit() -> None:
    closes = np.exp(np.cumsum(np.tile([0.03, -0.01], 200)))
    doubled = closes**2
    assert pooled_drift(closes) == pytest.approx(pooled_drift(doubled))

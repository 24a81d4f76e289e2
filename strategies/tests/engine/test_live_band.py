"""The band of a live record: how often it is left by what it was drawn from, and by something worse."""

import numpy as np

from strategies.engine.live.band import EARLIEST, YEAR, Band, forecast_band, standing
from strategies.engine.metrics import Undefined

HISTORY = 750
DEVIATION = 0.01
RECORDS = 60


def _left(drift: float) -> float:
    """Return the share of records with this drift that leave the band of a history without one."""
    random = np.random.default_rng(3)
    left = 0
    for _ in range(RECORDS):
        band = forecast_band(random.normal(0, DEVIATION, HISTORY), draws=300)
        assert isinstance(band, Band)
        growth = np.cumprod(1 + random.normal(drift, DEVIATION, YEAR))
        left += standing(growth, band).left_at is not None
    return left / RECORDS


def test_a_record_like_its_backtest_seldom_leaves_the_band_and_a_worse_one_mostly_does() -> None:
    assert _left(0) <= 0.12
    assert _left(-3 * DEVIATION / np.sqrt(YEAR) * 2) > 0.8


def test_nothing_is_judged_early() -> None:
    band = forecast_band(np.random.default_rng(1).normal(0, DEVIATION, HISTORY), draws=300)
    assert isinstance(band, Band)
    fallen = np.full(EARLIEST, 0.5)
    assert standing(fallen[:-1], band).is_early
    assert standing(fallen[:-1], band).left_at is None
    assert standing(fallen, band).left_at == EARLIEST
    assert standing(fallen, band).below == EARLIEST
    assert standing(np.array([]), band).sessions == 0


def test_returns_that_are_few_or_never_moved_give_no_band() -> None:
    assert isinstance(forecast_band(np.zeros(500)), Undefined)
    assert isinstance(forecast_band(np.full(10, 0.01)), Undefined)

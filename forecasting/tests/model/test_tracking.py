import numpy as np
import pytest

from forecasting.model.tracking import MOST_NARROWING, TRACKING_RATE, tracked_widths

ALLOWED = np.array([0.2])


def _reach(missed: list[bool]) -> np.ndarray:
    return np.where(np.array(missed), 1.0, -1.0)[:, None, None]


def test_each_outcome_moves_the_width_by_the_miss_less_what_was_allowed() -> None:
    widths = tracked_widths(_reach([True, True, False]), np.array([[0], [1], [3]]), allowed_misses=ALLOWED)
    assert widths[0, 0, 0] == 0
    assert widths[1, 0, 0] == pytest.approx(TRACKING_RATE * 0.8)
    assert widths[2, 0, 0] == pytest.approx(TRACKING_RATE * (0.8 + 0.8 - 0.2))


def test_an_outcome_that_is_not_known_yet_does_not_count() -> None:
    reach = _reach([False] * 5 + [True] * 5)
    early = tracked_widths(reach, np.array([[5]]), allowed_misses=ALLOWED)
    assert (tracked_widths(reach[:5], np.array([[5]]), allowed_misses=ALLOWED) == early).all()


def test_bands_that_always_hold_narrow_by_a_twentieth_at_most() -> None:
    widths = tracked_widths(_reach([False] * 400), np.array([[400]]), allowed_misses=ALLOWED)
    assert widths[0, 0, 0] == MOST_NARROWING


def test_bands_that_miss_too_often_widen_until_they_hold() -> None:
    sizes = np.abs(np.random.default_rng(1).normal(0, 1.5, 4000))
    reach = np.log(sizes / 1.2816)[:, None, None]
    widths = tracked_widths(reach, np.array([[4000]]), allowed_misses=ALLOWED)
    assert 0.15 < widths[0, 0, 0] < np.log(1.5) + 0.1

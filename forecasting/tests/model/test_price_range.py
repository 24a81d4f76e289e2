import numpy as np
import pytest

from forecasting.model.price_range import demanded_deviations, year_of_moves
from forecasting.model.quantile_grid import STANDARD_NORMAL, position_of
from forecasting.tests.factories import random_closes


def test_the_largest_move_is_that_of_the_last_year() -> None:
    closes = random_closes(900)
    moves = np.abs(np.log(closes[5:] / closes[:-5]))
    assert year_of_moves(closes, np.array([400, 700]), 5).largest[1, 4] == pytest.approx(moves[444:696].max())


def test_moves_after_a_day_do_not_count_for_it() -> None:
    closes = random_closes(900)
    changed = np.where(np.arange(900) > 600, 10 * closes, closes)
    days = np.array([300, 600])
    then, now = year_of_moves(closes, days, 20), year_of_moves(changed, days, 20)
    np.testing.assert_array_equal(now.largest, then.largest)
    np.testing.assert_array_equal(now.unchanged, then.unchanged)


def test_closes_that_stand_still_are_counted() -> None:
    closes = np.repeat(random_closes(200), 2)
    share = year_of_moves(closes, np.array([399]), 2).unchanged[0]
    assert share[0] == pytest.approx(0.5)
    assert share[1] == 0
    assert (year_of_moves(np.full(300, 50.0), np.array([299]), 3).unchanged == 1).all()


def test_a_third_of_what_normal_moves_of_that_size_would_need_is_demanded() -> None:
    moves = np.abs(np.random.default_rng(1).normal(0, 1, (4000, 252))).max(axis=1, keepdims=True)
    level = position_of(0.975)
    needed = demanded_deviations(moves, STANDARD_NORMAL)[:, 0, level].mean()
    assert needed == pytest.approx(1.96 / 3, rel=0.05)

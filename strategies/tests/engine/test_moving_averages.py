"""Moving averages: their values, their beginning, and their ties."""

from fractions import Fraction

import numpy as np
import pytest
from numpy.typing import NDArray

from strategies.engine.enums import Average
from strategies.engine.moving_averages import PricesTooLarge, moving_average, moving_averages
from strategies.engine.parameters import RuleParameters
from strategies.engine.rules import Decisions, ma_crossover
from strategies.tests.engine.factories import make_prices


def closes(*values: float) -> NDArray[np.float64]:
    return np.array(values, dtype=np.float64)


def crossover(close: NDArray[np.float64], kind: Average, *, fast: int, slow: int) -> Decisions:
    return ma_crossover(make_prices(close.tolist()), RuleParameters(average=kind, fast=fast, slow=slow))


def test_a_simple_average_is_the_mean_of_its_window() -> None:
    average = moving_average(closes(1, 2, 6, 12), 3, Average.SIMPLE)
    np.testing.assert_allclose(average, [np.nan, np.nan, 3, 20 / 3], rtol=1e-15)


def test_an_exponential_average_starts_from_the_simple_one_and_moves_by_its_share() -> None:
    average = moving_average(closes(1, 2, 6, 13, 1), 3, Average.EXPONENTIAL)
    np.testing.assert_array_equal(average, [np.nan, np.nan, 3, 8, 4.5])


@pytest.mark.parametrize("kind", Average)
def test_a_window_beyond_the_data_has_no_average(kind: Average) -> None:
    assert np.isnan(moving_average(closes(1, 2), 3, kind)).all()


@pytest.mark.parametrize("kind", Average)
def test_one_bar_is_its_own_average(kind: Average) -> None:
    np.testing.assert_array_equal(moving_average(closes(3.1, 4.2), 1, kind), [3.1, 4.2])


def test_a_window_needs_a_bar() -> None:
    with pytest.raises(ValueError, match="at least one bar"):
        moving_average(closes(1, 2), 0, Average.SIMPLE)


def test_prices_that_cannot_be_added_exactly_are_refused() -> None:
    with pytest.raises(PricesTooLarge):
        moving_average(closes(1, *[1e12] * 9), 10, Average.SIMPLE)


def test_prices_made_huge_by_many_reverse_splits_are_averaged() -> None:
    close = closes(5e10, 4e10, 1e9, 7.5)
    average = moving_average(close, 2, Average.SIMPLE)[1:]
    np.testing.assert_allclose(average, [4.5e10, 2.05e10, 500_000_003.75], rtol=1e-12)


@pytest.mark.parametrize("kind", Average)
@pytest.mark.parametrize("price", [0.1, 33.333333, 1234.56, 130.31 / 28, 1e-4 / 3])
def test_averages_of_a_flat_price_are_equal_to_the_last_digit(kind: Average, price: float) -> None:
    random = np.random.default_rng(7)
    close = np.concatenate((price * random.integers(50, 150, 300) / 100, np.full(2500, price)))
    decisions = crossover(close, kind, fast=7, slow=30)
    flat = np.full(200, price)
    assert (crossover(flat, kind, fast=7, slow=30).side == 0).all()
    # Once the price stands still, the averages meet and never cross again.
    assert len(np.unique(decisions.side[330:])) == 1


def test_no_tie_of_simple_averages_is_mistaken_for_a_cross() -> None:
    """Cents add up to exact ties all the time; running sums of floating-point prices miss many."""
    random = np.random.default_rng(11)
    cents = random.integers(1000, 1010, 3000).tolist()
    fast, slow = 5, 20
    side, expected = 0, []
    for bar in range(len(cents)):
        if bar >= slow - 1:
            quick = Fraction(sum(cents[bar - fast + 1 : bar + 1]), fast)
            steady = Fraction(sum(cents[bar - slow + 1 : bar + 1]), slow)
            side = side if quick == steady else 1 if quick > steady else -1
        expected.append(side)
    decisions = crossover(np.array(cents) / 100, Average.SIMPLE, fast=fast, slow=slow)
    quick_line, steady_line = decisions.indicators
    ties = np.count_nonzero(quick_line.values == steady_line.values)
    assert ties > 50
    np.testing.assert_array_equal(decisions.side, expected)


@pytest.mark.parametrize("kind", Average)
@pytest.mark.parametrize("price", [50.0, 3e6])
def test_averages_of_many_windows_are_those_of_each(kind: Average, price: float) -> None:
    close = price * np.exp(np.cumsum(np.random.default_rng(5).normal(0, 0.02, 300)))
    windows = [1, 2, 7, 50, 299, 400]
    found = moving_averages(close, windows, kind, length=320)
    assert np.isnan(found[:, 300:]).all()
    for row, window in zip(found, windows, strict=True):
        np.testing.assert_array_equal(row[:300], moving_average(close, window, kind))


def test_every_stored_decimal_of_a_dear_share_counts() -> None:
    average = moving_average(closes(700_000.000001, 700_000.000003), 2, Average.SIMPLE)
    assert average[1] == pytest.approx(700_000.000002, abs=2e-10)


def test_small_adjusted_prices_keep_their_digits() -> None:
    close = closes(*np.random.default_rng(3).uniform(0.0010, 0.0011, 400))
    average = moving_average(close, 10, Average.SIMPLE)[9:]
    exact = np.convolve(close, np.full(10, 0.1), mode="valid")
    np.testing.assert_allclose(average, exact, rtol=1e-8)

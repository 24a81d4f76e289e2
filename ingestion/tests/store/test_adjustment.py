"""Adjustment of prices, on hand-made numbers and as properties of any history."""

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestion.store.adjustment import DatedValue, Dates, dividend_factors, split_factors

FIRST = date(2024, 1, 1)


def days(count: int) -> Dates:
    return np.array([FIRST + timedelta(days=index) for index in range(count)], dtype="datetime64[D]")


def on(index: int, value: float) -> DatedValue:
    return DatedValue(date=FIRST + timedelta(days=index), value=value)


def test_a_split_scales_every_bar_before_its_day_and_none_after() -> None:
    assert split_factors(days(4), [on(2, 2.0)]).tolist() == [0.5, 0.5, 1, 1]


def test_splits_multiply_and_may_be_fractions_or_reverse() -> None:
    factors = split_factors(days(4), [on(3, 0.1), on(1, 1.25)])
    assert factors == pytest.approx([8, 10, 10, 1])


def test_a_split_on_a_day_without_a_bar_acts_on_the_next_bar() -> None:
    dates = days(5)[[0, 1, 4]]
    assert split_factors(dates, [on(3, 2.0)]).tolist() == [0.5, 0.5, 1]


def test_splits_outside_the_bars_change_nothing() -> None:
    assert split_factors(days(3), [on(-4, 2.0), on(0, 2.0), on(3, 2.0)]).tolist() == [1, 1, 1]


def test_a_dividend_takes_its_share_of_the_close_before_it() -> None:
    close = np.array([100.0, 50.0, 49.0])
    assert dividend_factors(days(3), close, [on(2, 1.0)], []).tolist() == [0.98, 0.98, 1]


def test_a_dividend_on_the_day_of_a_split_is_paid_on_the_new_shares() -> None:
    close = np.array([100.0, 50.0])
    factors = dividend_factors(days(2), close, [on(1, 1.0)], [on(1, 2.0)])
    assert factors.tolist() == [0.98, 1]


def test_a_dividend_as_high_as_the_price_is_an_error() -> None:
    with pytest.raises(ValueError, match="2024-01-02 is not below the close"):
        dividend_factors(days(2), np.array([10.0, 1.0]), [on(1, 10.0)], [])


split_lists = st.lists(
    st.builds(on, st.integers(-5, 45), st.floats(0.05, 20)), max_size=6, unique_by=lambda split: split.date
)


@given(splits=split_lists, count=st.integers(1, 40), cut=st.integers(1, 40))
def test_returns_up_to_a_day_do_not_depend_on_later_splits(
    splits: list[DatedValue], count: int, cut: int
) -> None:
    whole, known = split_factors(days(count), splits), split_factors(days(count)[:cut], splits)
    np.testing.assert_allclose(known[1:] / known[:-1], (whole[1:] / whole[:-1])[: len(known) - 1])
    assert known[-1] == 1


@given(splits=split_lists, count=st.integers(1, 40))
def test_a_holding_is_worth_the_same_in_adjusted_as_in_raw_prices(
    splits: list[DatedValue], count: int
) -> None:
    dates = days(count)
    shares = np.array(
        [np.prod([s.value for s in splits if dates[0] < np.datetime64(s.date) <= day]) for day in dates]
    )
    raw = 100 / shares  # a price that only splits move
    adjusted = raw * split_factors(dates, splits)
    np.testing.assert_allclose(adjusted, adjusted[-1])

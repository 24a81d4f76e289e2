"""Which closes give an order, and at which bar it is filled."""

import numpy as np
import pytest

from strategies.engine.choices import Entry, Fill
from strategies.engine.orders import long_only_orders
from strategies.engine.rules import Windows, ma_crossover
from strategies.parameters import Average


def orders(
    side: list[int], *, first: int = 0, entry: Entry = Entry.ON_CROSS, fill: Fill = Fill.NEXT_OPEN
) -> list[int]:
    found: list[int] = long_only_orders(
        np.array(side, dtype=np.int8), first=first, entry=entry, fill=fill
    ).bars.tolist()
    return found


def test_a_signal_is_filled_at_the_next_bar() -> None:
    assert orders([-1, -1, 1, 1, -1, -1]) == [3, 5]


def test_with_same_close_a_signal_is_filled_at_its_own_bar() -> None:
    assert orders([-1, -1, 1, 1, -1, -1], fill=Fill.SAME_CLOSE) == [2, 4]


def test_a_signal_on_the_last_bar_is_not_filled_and_is_told() -> None:
    side = np.array([-1, -1, 1], dtype=np.int8)
    late = long_only_orders(side, first=0, entry=Entry.ON_CROSS, fill=Fill.NEXT_OPEN)
    assert late.bars.tolist() == []
    assert late.too_late


def test_a_filled_signal_is_not_called_late() -> None:
    side = np.array([-1, 1, 1], dtype=np.int8)
    assert not long_only_orders(side, first=0, entry=Entry.ON_CROSS, fill=Fill.NEXT_OPEN).too_late


@pytest.mark.parametrize("warm_up", [0, 3])
def test_a_state_that_holds_when_trading_begins_is_entered_only_on_state(warm_up: int) -> None:
    side = [1] * (warm_up + 4)
    assert orders(side, first=warm_up) == []
    assert orders(side, first=warm_up, entry=Entry.ON_STATE) == [1]


def test_a_cross_on_the_first_traded_bar_counts_against_the_bar_before() -> None:
    assert orders([-1, -1, 1, 1], first=2) == [1]


def test_a_cross_before_the_first_traded_bar_is_past() -> None:
    assert orders([-1, 1, 1, 1], first=2) == []


def test_the_first_side_that_averages_can_tell_is_no_cross() -> None:
    assert orders([0, 0, 1, 1, 1]) == []
    assert orders([0, 0, 1, 1, 1], entry=Entry.ON_STATE) == [3]


def test_on_state_buys_once_where_state_and_cross_fall_together() -> None:
    assert orders([-1, 1, 1, -1, -1], first=1, entry=Entry.ON_STATE) == [1, 3]


def test_on_state_waits_for_the_cross_when_the_state_is_against_it() -> None:
    assert orders([-1, -1, 1, 1], entry=Entry.ON_STATE) == [3]


def test_a_sale_without_shares_is_no_order() -> None:
    assert orders([1, 1, -1, -1, 1, 1]) == [5]


def test_a_cross_that_pauses_on_equal_averages_is_not_lost() -> None:
    close = np.array([10, 9, 9, 9, 9, 10], dtype=np.float64)
    side = ma_crossover(close, Windows(average=Average.SIMPLE, fast=1, slow=2)).side
    assert side.tolist() == [0, -1, -1, -1, -1, 1]
    assert orders(side.tolist(), fill=Fill.SAME_CLOSE) == [5]


def test_touching_without_crossing_is_no_cross() -> None:
    close = np.array([9, 10, 10, 11], dtype=np.float64)
    side = ma_crossover(close, Windows(average=Average.SIMPLE, fast=1, slow=2)).side
    assert side.tolist() == [0, 1, 1, 1]

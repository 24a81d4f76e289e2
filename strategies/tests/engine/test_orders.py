"""Which closes give an order, and at which bar it is filled."""

from typing import Any

import numpy as np
import pytest

from strategies.engine.enums import Direction, Entry, Fill
from strategies.engine.orders import Orders, orders_for, targets_for
from strategies.engine.parameters import RuleParameters
from strategies.engine.rules import ma_crossover
from strategies.tests.engine.factories import make_prices


def made(
    side: list[int],
    *,
    first: int = 0,
    entry: Entry = Entry.ON_CROSS,
    fill: Fill = Fill.NEXT_OPEN,
    direction: Direction = Direction.LONG_ONLY,
) -> Orders:
    """The orders of a rule that knows its side from the first one that is not 0 on."""
    sides = np.array(side, dtype=np.int8)
    known_from = int((sides != 0).argmax())
    targets = targets_for(sides, direction)
    return orders_for(targets, known_from=known_from, first=first, entry=entry, fill=fill)


def orders(side: list[int], *, first: int = 0, **choices: Any) -> list[int]:
    found: list[int] = made(side, first=first, **choices).bars.tolist()
    return found


def test_a_signal_is_filled_at_the_next_bar() -> None:
    assert orders([-1, -1, 1, 1, -1, -1]) == [3, 5]


def test_with_same_close_a_signal_is_filled_at_its_own_bar() -> None:
    assert orders([-1, -1, 1, 1, -1, -1], fill=Fill.SAME_CLOSE) == [2, 4]


def test_a_signal_on_the_last_bar_is_not_filled_and_is_told() -> None:
    late = made([-1, -1, 1])
    assert late.bars.tolist() == []
    assert late.too_late


def test_a_filled_signal_is_not_called_late() -> None:
    assert not made([-1, 1, 1]).too_late


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
    side = ma_crossover(make_prices([10, 9, 9, 9, 9, 10]), RuleParameters(fast=1, slow=2)).side
    assert side.tolist() == [0, -1, -1, -1, -1, 1]
    assert orders(side.tolist(), fill=Fill.SAME_CLOSE) == [5]


def test_both_directions_reverse_at_a_cross() -> None:
    found = made([-1, -1, 1, 1, -1, -1], direction=Direction.LONG_SHORT)
    assert found.bars.tolist() == [3, 5]
    assert found.targets.tolist() == [1, -1]


def test_short_only_sells_first_and_buys_back_at_the_cross_up() -> None:
    found = made([1, 1, -1, -1, 1, 1], direction=Direction.SHORT_ONLY)
    assert found.bars.tolist() == [3, 5]
    assert found.targets.tolist() == [-1, 0]


def test_a_state_against_the_market_is_entered_short_on_state() -> None:
    side = [-1, -1, -1, 1, 1]
    assert made(side, direction=Direction.LONG_SHORT).targets.tolist() == [1]
    on_state = made(side, direction=Direction.LONG_SHORT, entry=Entry.ON_STATE)
    assert on_state.bars.tolist() == [1, 4]
    assert on_state.targets.tolist() == [-1, 1]


def test_out_of_the_market_lies_between_long_and_short() -> None:
    found = made([-1, 0, 1, 1, 0, -1, -1], direction=Direction.LONG_SHORT)
    assert found.bars.tolist() == [3, 5, 6]
    assert found.targets.tolist() == [1, 0, -1]


def test_touching_without_crossing_is_no_cross() -> None:
    side = ma_crossover(make_prices([9, 10, 10, 11]), RuleParameters(fast=1, slow=2)).side
    assert side.tolist() == [0, 1, 1, 1]

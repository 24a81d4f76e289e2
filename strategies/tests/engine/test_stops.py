"""Exits inside a bar, by hand: long at 100 from the open of the first bar, unless told otherwise."""

from typing import Any

import numpy as np
import pytest

from strategies.engine.enums import ExitReason, Fill
from strategies.engine.orders import Orders
from strategies.engine.prices import Prices
from strategies.engine.simulation import Simulation, simulate
from strategies.engine.stops import Stops
from strategies.tests.engine.factories import make_account, make_prices

type Bar = tuple[float, float, float, float]
"""Open, high, low, close."""

ENTRY: Bar = (100, 100, 100, 100)


def prices_of(*bars: Bar) -> Prices:
    opens, highs, lows, closes = (list(column) for column in zip(*bars, strict=True))
    return make_prices(closes, open_=opens, high=np.array(highs), low=np.array(lows))


def run(
    *bars: Bar,
    direction: int = 1,
    fill: Fill = Fill.NEXT_OPEN,
    account: dict[str, float] | None = None,
    **stops: Any,
) -> Simulation:
    """Be long (or short) from the first bar on, and out at the last."""
    prices = prices_of(*bars)
    orders = Orders(
        bars=np.array([0, len(bars) - 1]), targets=np.array([direction, 0], dtype=np.int8), fill=fill
    )
    return simulate(prices, orders, make_account(**(account or {})), Stops(**stops))


def exit_of(simulation: Simulation) -> tuple[int, Any, ExitReason]:
    trades = simulation.trades
    assert len(trades) == 1
    return int(trades.exit_bar[0]), float(trades.exit_price[0]), trades.exit_reason[0]


LAST: Bar = (90, 90, 90, 90)


@pytest.mark.parametrize(
    ("bar", "stops", "expected"),
    [
        # A touch fills at the level, a gap at the open.
        ((99, 101, 95, 97), {"stop_loss": 0.05}, (95, ExitReason.STOP_LOSS)),
        ((92, 101, 91, 97), {"stop_loss": 0.05}, (92, ExitReason.STOP_LOSS)),
        ((101, 110, 99, 102), {"take_profit": 0.1}, (110, ExitReason.TAKE_PROFIT)),
        ((115, 116, 99, 102), {"take_profit": 0.1}, (115, ExitReason.TAKE_PROFIT)),
        # The stop first where one bar reaches both; but an open beyond the target comes before.
        ((100, 120, 90, 100), {"stop_loss": 0.05, "take_profit": 0.1}, (95, ExitReason.STOP_LOSS)),
        ((112, 120, 90, 100), {"stop_loss": 0.05, "take_profit": 0.1}, (112, ExitReason.TAKE_PROFIT)),
        # The nearer of two stops; of equal ones the stop-loss.
        ((99, 101, 90, 97), {"stop_loss": 0.08, "trailing_stop": 0.05}, (95, ExitReason.TRAILING_STOP)),
        ((99, 101, 90, 97), {"stop_loss": 0.05, "trailing_stop": 0.08}, (95, ExitReason.STOP_LOSS)),
        ((99, 101, 90, 97), {"stop_loss": 0.05, "trailing_stop": 0.05}, (95, ExitReason.STOP_LOSS)),
    ],
)
def test_where_a_long_position_is_closed(
    bar: Bar, stops: dict[str, Any], expected: tuple[float, ExitReason]
) -> None:
    price, reason = expected
    assert exit_of(run(ENTRY, bar, LAST, **stops)) == (1, pytest.approx(price, rel=1e-15), reason)


@pytest.mark.parametrize(
    ("bar", "stops", "expected"),
    [
        ((101, 105, 99, 103), {"stop_loss": 0.05}, (105, ExitReason.STOP_LOSS)),
        ((108, 109, 99, 103), {"stop_loss": 0.05}, (108, ExitReason.STOP_LOSS)),
        ((99, 101, 90, 98), {"take_profit": 0.1}, (90, ExitReason.TAKE_PROFIT)),
        ((85, 101, 84, 98), {"take_profit": 0.1}, (85, ExitReason.TAKE_PROFIT)),
        ((100, 110, 80, 100), {"stop_loss": 0.05, "take_profit": 0.1}, (105, ExitReason.STOP_LOSS)),
    ],
)
def test_where_a_short_position_is_closed(
    bar: Bar, stops: dict[str, Any], expected: tuple[float, ExitReason]
) -> None:
    price, reason = expected
    found = exit_of(run(ENTRY, bar, LAST, direction=-1, **stops))
    assert found == (1, pytest.approx(price, rel=1e-15), reason)


def test_a_position_that_meets_no_level_ends_by_its_signal() -> None:
    quiet = (100.0, 104.0, 96.0, 100.0)
    stops: dict[str, Any] = {"stop_loss": 0.05, "take_profit": 0.05, "trailing_stop": 0.2}
    assert exit_of(run(ENTRY, quiet, LAST, **stops)) == (2, 90, ExitReason.SIGNAL)


def test_the_bar_of_the_entry_can_end_the_trade() -> None:
    simulation = run((100, 100, 94, 96), LAST, stop_loss=0.05)
    assert exit_of(simulation) == (0, 95, ExitReason.STOP_LOSS)
    assert simulation.trades.bars.tolist() == [0]
    assert simulation.position.tolist() == [0, 0]


def test_entered_at_a_close_the_bar_itself_is_past() -> None:
    simulation = run((100, 200, 10, 100), (100, 100, 94, 96), LAST, fill=Fill.SAME_CLOSE, stop_loss=0.05)
    assert exit_of(simulation) == (1, 95, ExitReason.STOP_LOSS)


def test_at_the_bar_of_an_order_at_the_close_the_stop_comes_first() -> None:
    simulation = run(ENTRY, (100, 100, 94, 99), fill=Fill.SAME_CLOSE, stop_loss=0.05)
    assert exit_of(simulation) == (1, 95, ExitReason.STOP_LOSS)


def test_at_the_bar_of_an_order_at_the_open_the_order_comes_first() -> None:
    assert exit_of(run(ENTRY, (94, 94, 80, 90), stop_loss=0.05)) == (1, 94, ExitReason.SIGNAL)


def test_a_trailing_stop_follows_the_bars_before_its_own() -> None:
    # The high of 120 may have come after the low of 101: only the next bar's stop knows it.
    simulation = run(ENTRY, (102, 120, 101, 110), (109, 110, 105, 106), LAST, trailing_stop=0.1)
    assert exit_of(simulation) == (2, 108, ExitReason.TRAILING_STOP)


def test_a_trailing_stop_of_a_short_follows_the_lows() -> None:
    simulation = run(ENTRY, (98, 99, 80, 85), (86, 90, 85, 89), LAST, direction=-1, trailing_stop=0.1)
    bar, price, reason = exit_of(simulation)
    assert (bar, reason) == (2, ExitReason.TRAILING_STOP)
    assert price == pytest.approx(88)


def test_costs_move_no_level_but_worsen_the_fill() -> None:
    simulation = run(ENTRY, (99, 101, 95, 97), LAST, account={"slippage": 0.02}, stop_loss=0.05)
    assert exit_of(simulation) == (1, pytest.approx(95 * 0.98), ExitReason.STOP_LOSS)


@pytest.mark.parametrize("price", [10.1, 33.3, 0.07, 123.45])
@pytest.mark.parametrize("distance", [0.01, 0.03, 0.07, 0.1])
def test_a_price_that_meets_its_stop_exactly_is_no_miss_by_a_rounding(price: float, distance: float) -> None:
    low = round(price * (1 - distance), 6)
    simulation = run((price,) * 4, (price, price, low, price), (price,) * 4, stop_loss=distance)
    assert simulation.trades.exit_reason == (ExitReason.STOP_LOSS,)


def test_of_the_bar_in_which_a_stop_ends_a_trade_only_the_exit_counts_as_an_excursion() -> None:
    trades = run(ENTRY, (101, 103, 98, 101), (101, 150, 50, 60), LAST, stop_loss=0.05).trades
    assert trades.max_adverse[0] == pytest.approx(-0.05)
    assert trades.max_favourable[0] == pytest.approx(0.03)


def test_a_stopped_position_waits_for_the_next_order_that_asks_for_one() -> None:
    prices = prices_of(ENTRY, (100, 100, 90, 100), ENTRY, ENTRY, (110, 110, 110, 110), ENTRY)
    orders = Orders(bars=np.array([0, 3, 4]), targets=np.array([1, 0, 1], dtype=np.int8), fill=Fill.NEXT_OPEN)
    simulation = simulate(prices, orders, make_account(), Stops(stop_loss=0.05))
    assert simulation.trades.entry_bar.tolist() == [0, 4]
    assert simulation.position[1:4].tolist() == [0, 0, 0]

"""Money, by hand."""

import numpy as np
import pytest

from strategies.engine.enums import Fill
from strategies.engine.orders import buy_and_hold_orders
from strategies.engine.prices import Prices
from strategies.engine.simulation import ReconciliationError, Simulation, reconcile, simulate
from strategies.tests.engine.factories import in_turn, make_account, make_prices


def run(prices: Prices, *bars: int, fill: Fill = Fill.NEXT_OPEN, **account: float) -> Simulation:
    orders = in_turn(*bars, fill=fill)
    return simulate(prices, orders, make_account(**account))


def test_a_round_trip_pays_commission_and_slippage_on_both_sides() -> None:
    prices = make_prices([100, 110, 130, 130], open_=[100, 100, 120, 125])
    result = run(prices, 1, 3, commission_rate=0.01, commission_fixed=2, slippage=0.02)
    shares = (10_000 - 2) / (102 * 1.01)
    brought = shares * 125 * 0.98 * 0.99 - 2
    assert result.trades.shares[0] == pytest.approx(shares)
    assert result.trades.entry_price[0] == pytest.approx(102)
    assert result.trades.exit_price[0] == pytest.approx(122.5)
    assert result.equity == pytest.approx([10_000, shares * 110, shares * 130, brought])
    assert result.trades.pnl[0] == pytest.approx(brought - 10_000)
    assert result.trades.fraction[0] == pytest.approx(brought / 10_000 - 1)
    commissions = shares * 102 * 0.01 + 2 + shares * 122.5 * 0.01 + 2
    assert result.trades.costs[0] == pytest.approx(commissions + shares * (2 + 2.5))
    assert result.trades.bars[0] == 2


def test_an_open_trade_is_marked_to_the_last_close_without_the_costs_of_a_sale() -> None:
    prices = make_prices([100, 104, 106], open_=[100, 100, 90])
    result = run(prices, 1, commission_rate=0.01)
    shares = 10_000 / 101
    assert result.trades.open.tolist() == [True]
    assert result.trades.exit_price[0] == 106
    assert result.trades.exit_bar[0] == 2
    assert result.trades.bars[0] == 2
    assert result.trades.pnl[0] == pytest.approx(shares * 106 - 10_000)
    assert result.trades.costs[0] == pytest.approx(shares)
    assert result.trades.exit_notional[0] == 0


def test_same_close_trades_at_the_close_and_sees_only_the_bars_after_it() -> None:
    prices = make_prices(
        [100, 104, 106, 106],
        open_=[100, 100, 105, 106],
        low=np.array([50.0, 99, 98, 10]),
        high=np.array([900.0, 108, 109, 900]),
    )
    result = run(prices, 0, 2, fill=Fill.SAME_CLOSE)
    assert result.equity == pytest.approx([10_000, 10_400, 10_600, 10_600])
    assert result.position.tolist() == [100, 100, 0, 0]
    assert result.trades.max_adverse[0] == pytest.approx(-0.02)
    assert result.trades.max_favourable[0] == pytest.approx(0.09)


def test_excursions_reach_from_the_bar_of_the_purchase_to_the_price_of_the_sale() -> None:
    prices = make_prices(
        [100, 100, 100, 100],
        open_=[100, 100, 100, 80],
        low=np.array([1.0, 95, 97, 1]),
        high=np.array([999.0, 103, 105, 999]),
    )
    result = run(prices, 1, 3)
    assert result.trades.max_adverse[0] == pytest.approx(-0.2)
    assert result.trades.max_favourable[0] == pytest.approx(0.05)


def test_part_of_the_equity_leaves_the_rest_in_cash() -> None:
    result = run(make_prices([100, 200]), 0, position_size=0.25)
    assert result.cash.tolist() == [7_500, 7_500]
    assert result.equity.tolist() == [10_000, 12_500]


def test_whole_shares_leave_change() -> None:
    result = run(make_prices([300, 300]), 0, fractional_shares=False, commission_rate=0.001)
    assert result.trades.shares.tolist() == [33]
    assert result.cash[0] == pytest.approx(10_000 - 33 * 300 * 1.001)


def test_shares_that_can_just_be_paid_are_bought() -> None:
    result = run(make_prices([0.35, 0.35]), 0, fractional_shares=False, initial_cash=0.35 * 3)
    assert result.trades.shares.tolist() == [3]
    assert result.cash[0] == 0


@pytest.mark.parametrize(
    "account",
    [
        {"fractional_shares": False, "initial_cash": 99.0},
        {"commission_fixed": 10_000.0},
    ],
)
def test_a_purchase_without_enough_money_is_not_filled_and_counted(account: dict[str, float]) -> None:
    orders = in_turn(0, 1)
    result = simulate(make_prices([100, 120, 130]), orders, make_account(**account))
    assert len(result.trades) == 0
    assert result.unfilled == 1
    assert (result.equity == result.initial_cash).all()


def test_less_than_a_cent_buys_its_part_of_a_share() -> None:
    result = run(make_prices([100, 120]), 0, initial_cash=0.005)
    assert result.equity == pytest.approx([0.005, 0.006])


def test_money_too_little_once_does_not_stop_a_later_purchase() -> None:
    result = run(make_prices([100, 100, 50, 50]), 0, 1, 2, fractional_shares=False, initial_cash=60)
    assert result.trades.entry_bar.tolist() == [2]
    assert result.unfilled == 1


def test_a_commission_takes_no_more_than_there_is() -> None:
    result = run(make_prices([100, 1, 1]), 0, 1, commission_fixed=4_000)
    assert result.cash.tolist() == [0, 0, 0]
    assert result.trades.pnl[0] == -10_000
    assert result.trades.costs[0] == pytest.approx(4_000 + 60)


def test_a_trade_that_broke_even_neither_won_nor_lost() -> None:
    prices = make_prices([10.1, 10.1, 10.1])
    result = run(prices, 0, 1, initial_cash=3_333.33)
    assert result.trades.pnl.tolist() == [0.0]


def test_buy_and_hold_buys_at_the_first_open_and_keeps() -> None:
    prices = make_prices([100, 110, 99], open_=[80, 100, 100])
    result = simulate(prices, buy_and_hold_orders(Fill.NEXT_OPEN), make_account(commission_rate=0.25))
    assert result.equity == pytest.approx([10_000, 11_000, 9_900])


def test_buy_and_hold_at_the_close_buys_at_the_first_close() -> None:
    prices = make_prices([100, 110, 99], open_=[80, 100, 100])
    result = simulate(prices, buy_and_hold_orders(Fill.SAME_CLOSE), make_account())
    assert result.equity == pytest.approx([10_000, 11_000, 9_900])


def test_one_bar_without_an_order_keeps_the_cash() -> None:
    result = run(make_prices([100]))
    assert result.equity.tolist() == [10_000]
    assert len(result.trades) == 0


def test_a_run_whose_profits_do_not_explain_its_equity_is_refused() -> None:
    result = run(make_prices([100, 120, 130]), 0, 1)
    broken = Simulation(
        initial_cash=result.initial_cash - 0.02,
        equity=result.equity,
        cash=result.cash,
        position=result.position,
        trades=result.trades,
        unfilled=0,
    )
    with pytest.raises(ReconciliationError, match=r"explain 11999\.98, the equity is 12000\.00"):
        reconcile(broken)

"""Selling short, by hand."""

import numpy as np
import pytest

from strategies.engine.enums import ExitReason, Fill
from strategies.engine.orders import Orders
from strategies.engine.prices import Prices
from strategies.engine.simulation import Simulation, simulate
from strategies.tests.engine.factories import make_account, make_prices


def run(prices: Prices, orders: list[tuple[int, int]], **account: float) -> Simulation:
    """Carry out orders given as bar and target."""
    bars, targets = zip(*orders, strict=True)
    made = Orders(bars=np.array(bars), targets=np.array(targets, dtype=np.int8), fill=Fill.NEXT_OPEN)
    return simulate(prices, made, make_account(**account))


def test_a_short_gains_what_the_price_loses() -> None:
    result = run(make_prices([100, 80, 80]), [(0, -1), (1, 0)])
    assert result.position.tolist() == [-100, 0, 0]
    assert result.cash.tolist() == [20_000, 12_000, 12_000]
    assert result.equity.tolist() == [10_000, 12_000, 12_000]
    assert result.trades.direction.tolist() == [-1]
    assert result.trades.fraction[0] == pytest.approx(0.2)


def test_a_short_pays_commission_and_slippage_on_both_sides() -> None:
    result = run(
        make_prices([100, 80]), [(0, -1), (1, 0)], commission_rate=0.01, commission_fixed=2, slippage=0.02
    )
    shares = (10_000 - 2) / (98 * 1.01)
    brought = shares * 98 * 0.99 - 2
    paid = shares * 80 * 1.02 * 1.01 + 2
    assert result.trades.shares[0] == pytest.approx(shares)
    assert result.trades.entry_price[0] == pytest.approx(98)
    assert result.trades.exit_price[0] == pytest.approx(81.6)
    assert result.trades.pnl[0] == pytest.approx(brought - paid)
    assert result.equity[-1] == pytest.approx(10_000 + brought - paid)
    commissions = shares * (98 + 81.6) * 0.01 + 4
    assert result.trades.costs[0] == pytest.approx(commissions + shares * (2 + 1.6))


def test_a_reversal_closes_one_trade_and_opens_the_other_at_one_price() -> None:
    result = run(make_prices([100, 120, 90]), [(0, 1), (1, -1), (2, 0)])
    assert result.trades.direction.tolist() == [1, -1]
    assert result.trades.exit_bar.tolist() == [1, 2]
    assert result.trades.entry_bar.tolist() == [0, 1]
    assert result.equity == pytest.approx([10_000, 12_000, 12_000 + 100 * 30])


def test_excursions_of_a_short_are_losses_above_and_gains_below_the_entry() -> None:
    prices = make_prices([100, 100, 95], high=np.array([100.0, 108, 95]), low=np.array([100.0, 88, 95]))
    trades = run(prices, [(0, -1), (2, 0)]).trades
    assert trades.max_adverse[0] == pytest.approx(-0.08)
    assert trades.max_favourable[0] == pytest.approx(0.12)


def test_a_short_is_bought_back_before_it_loses_more_than_there_is() -> None:
    prices = make_prices([100, 150, 170, 50], high=np.array([100.0, 160, 230, 50]))
    result = run(prices, [(0, -1)])
    assert result.trades.exit_reason == (ExitReason.MARGIN_CALL,)
    assert result.trades.exit_price.tolist() == [200]
    assert result.equity.tolist() == [10_000, 5_000, 0, 0]
    assert result.trades.pnl.tolist() == [-10_000]


def test_a_gap_beyond_the_margin_call_loses_everything_and_no_more() -> None:
    result = run(make_prices([100, 300, 50]), [(0, -1)])
    assert result.trades.exit_price.tolist() == [300]
    assert result.trades.pnl.tolist() == [-10_000]
    assert result.cash.tolist() == [20_000, 0, 0]
    assert result.equity.tolist() == [10_000, 0, 0]


def test_a_part_of_the_equity_as_margin_outlives_a_doubled_price() -> None:
    result = run(make_prices([100, 250]), [(0, -1)], position_size=0.5)
    assert result.trades.open.tolist() == [True]
    assert result.equity.tolist() == [10_000, 2_500]
    assert result.trades.exit_reason == (ExitReason.END_OF_DATA,)

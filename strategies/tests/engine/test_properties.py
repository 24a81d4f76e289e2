"""What must be true of every backtest, whatever the prices."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st
from numpy.typing import NDArray

from strategies.engine.backtest import Result
from strategies.engine.enums import Direction, ExitReason
from strategies.engine.prices import FloatArray, Prices
from strategies.engine.simulation import Simulation
from strategies.tests.engine.generators import Question, many, questions


def with_other_account(question: Question, **changes: float) -> Question:
    account = replace(question.strategy.account, **changes)  # type: ignore[arg-type]
    return replace(question, strategy=replace(question.strategy, account=account))


def with_prices(question: Question, columns: Mapping[str, NDArray[Any]]) -> Question:
    return replace(question, prices=replace(question.prices, **columns))


def scaled(prices: Prices, factor: float | FloatArray) -> dict[str, FloatArray]:
    return {name: getattr(prices, name) * factor for name in ("open", "high", "low", "close")}


def past(
    simulation: Simulation, bars: int
) -> tuple[list[float], list[float], list[tuple[int, float, float]]]:
    """Everything that was so at the close of the first `bars` traded bars."""
    trades = simulation.trades
    entries = [
        (bar, shares, price)
        for bar, shares, price in zip(
            trades.entry_bar.tolist(), trades.shares.tolist(), trades.entry_price.tolist(), strict=True
        )
        if bar < bars
    ]
    return simulation.equity[:bars].tolist(), simulation.position[:bars].tolist(), entries


@many
@given(questions(), st.data())
def test_a_changed_future_changes_nothing_decided_or_traded_before_it(
    question: Question, data: st.DataObject
) -> None:
    bars = len(question.prices)
    known = data.draw(st.integers(question.first + 1, bars))
    change = data.draw(st.sampled_from([0.5, 1.75, 40.0]))
    factors = np.where(np.arange(bars) < known, 1.0, change)
    original = question.answer()
    changed = with_prices(question, scaled(question.prices, factors)).answer()
    seen = known - question.first
    for before, after in (
        (original.strategy, changed.strategy),
        (original.benchmark, changed.benchmark),
    ):
        assert past(before.simulation, seen) == past(after.simulation, seen)
    for one, other in zip(original.decisions.indicators, changed.decisions.indicators, strict=True):
        np.testing.assert_array_equal(one.values[:known], other.values[:known])


@many
@given(questions(), st.data())
def test_a_history_cut_short_trades_as_the_whole_one_did_until_then(
    question: Question, data: st.DataObject
) -> None:
    known = data.draw(st.integers(question.first + 1, len(question.prices)))
    cut = {name: getattr(question.prices, name)[:known] for name in ("dates", "open", "high", "low", "close")}
    whole, part = question.answer(), with_prices(question, cut).answer()
    seen = known - question.first
    assert past(whole.strategy.simulation, seen) == past(part.strategy.simulation, seen)


@many
@given(questions(free=True), st.sampled_from([0.125, 8.0, 1024.0]))
def test_prices_in_another_unit_change_no_figure(question: Question, factor: float) -> None:
    original = question.answer().strategy.simulation
    other = with_prices(question, scaled(question.prices, factor)).answer().strategy.simulation
    np.testing.assert_allclose(other.equity, original.equity, rtol=1e-9)
    np.testing.assert_array_equal(other.trades.entry_bar, original.trades.entry_bar)
    np.testing.assert_allclose(other.trades.shares * factor, original.trades.shares, rtol=1e-9)


@many
@given(questions(free=True))
def test_twice_the_money_makes_twice_the_profit(question: Question) -> None:
    costs = {"commission_rate": 0.001, "slippage": 0.0005}
    once = with_other_account(question, initial_cash=1e6, **costs).answer().strategy.simulation
    # Otherwise a hundredth of it, the smallest purchase, may sink below the cent that can be spent.
    assume(once.equity.min() > 1)
    twice = with_other_account(question, initial_cash=2e6, **costs).answer().strategy.simulation
    np.testing.assert_allclose(twice.equity, 2 * once.equity, rtol=1e-12)
    np.testing.assert_allclose(twice.trades.pnl, 2 * once.trades.pnl, rtol=1e-9, atol=1e-9)


@many
@given(questions(free=True))
def test_costs_never_help(question: Question) -> None:
    # With much money, so that no loss is avoided because there is too little left to buy with.
    costly = with_other_account(question, initial_cash=1e9)
    free = with_other_account(costly, commission_rate=0.0, slippage=0.0)
    # A margin call comes earlier where costs are owed, and may so avoid a larger loss.
    assume(not any(called(run) for run in (costly, free)))
    for name in ("strategy", "benchmark"):
        with_costs, without = final(costly.answer(), name), final(free.answer(), name)
        assert with_costs <= without * (1 + 1e-12)


def called(question: Question) -> bool:
    return ExitReason.MARGIN_CALL in question.answer().strategy.simulation.trades.exit_reason


def final(result: Result, name: str) -> float:
    equity: FloatArray = getattr(result, name).simulation.equity
    return float(equity[-1])


@many
@given(questions())
def test_cash_is_never_negative_and_profits_explain_the_equity(question: Question) -> None:
    result = question.answer()
    for performance in (result.strategy, result.benchmark):
        simulation = performance.simulation
        assert (simulation.cash >= 0).all()
        assert (simulation.equity >= -1e-9 * simulation.initial_cash).all()
        explained = simulation.initial_cash + simulation.trades.pnl.sum()
        assert abs(explained - simulation.equity[-1]) <= max(0.005, 1e-9 * simulation.equity[-1])


@many
@given(questions())
def test_whole_shares_are_whole_and_a_position_takes_its_share_of_the_money(question: Question) -> None:
    simulation = question.answer().strategy.simulation
    account = question.strategy.account
    shares = simulation.trades.shares
    if not account.fractional_shares:
        np.testing.assert_array_equal(shares, np.floor(shares))
    trades = simulation.trades
    before = account.initial_cash + np.concatenate(([0.0], np.cumsum(trades.pnl)[:-1]))[: len(trades)]
    commission = trades.entry_notional * account.commission_rate + account.commission_fixed
    taken = trades.entry_notional + commission
    assert (taken <= before * account.position_size * (1 + 1e-9) + 1e-9 * account.initial_cash).all()


@many
@given(questions())
def test_whole_shares_are_the_parts_of_shares_rounded_down(question: Question) -> None:
    whole, parts = (
        with_other_account(question, fractional_shares=fractional).answer().strategy.simulation.trades
        for fractional in (False, True)
    )
    assume(len(whole) and len(parts) and whole.entry_bar[0] == parts.entry_bar[0])
    assert whole.shares[0] <= parts.shares[0] * (1 + 1e-12)
    assert parts.shares[0] - whole.shares[0] < 1 + 1e-6


@many
@given(questions())
def test_no_trade_takes_a_side_that_is_not_allowed(question: Question) -> None:
    taken = set(question.answer().strategy.simulation.trades.direction.tolist())
    assert (
        taken
        <= {
            Direction.LONG_ONLY: {1},
            Direction.SHORT_ONLY: {-1},
            Direction.LONG_SHORT: {1, -1},
        }[question.strategy.direction]
    )


@many
@given(questions())
def test_a_fill_lies_inside_its_bar_but_for_slippage(question: Question) -> None:
    result = with_other_account(question, slippage=0.0).answer()
    trades, prices = result.strategy.simulation.trades, result.traded
    for bars, fills in ((trades.entry_bar, trades.entry_price), (trades.exit_bar, trades.exit_price)):
        assert (fills >= prices.low[bars] * (1 - 1e-9)).all()
        assert (fills <= prices.high[bars] * (1 + 1e-9)).all()


@many
@given(questions())
def test_a_position_does_not_come_back_before_a_new_signal(question: Question) -> None:
    """Between two entries of the same side the rule asked for something else, or was asked anew."""
    result = question.answer()
    orders = set(result.orders.bars[result.orders.targets != 0].tolist())
    assert set(result.strategy.simulation.trades.entry_bar.tolist()) <= orders


@many
@given(questions())
def test_exposure_counts_the_closes_with_shares_held(question: Question) -> None:
    result = question.answer().strategy
    held = np.count_nonzero(result.simulation.position)
    assert result.metrics.exposure == held / len(result.simulation.position)


@many
@given(questions())
def test_trades_do_not_overlap_and_only_the_last_can_be_open(question: Question) -> None:
    trades = question.answer().strategy.simulation.trades
    assert (trades.entry_bar[1:] >= trades.exit_bar[:-1]).all()
    assert not trades.open[:-1].any()
    assert (trades.bars[[reason == ExitReason.SIGNAL for reason in trades.exit_reason]] >= 1).all()
    assert (trades.max_adverse <= 0).all()
    assert (trades.max_favourable >= 0).all()

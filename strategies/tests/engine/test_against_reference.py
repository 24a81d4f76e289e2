"""The engine and a slow, obvious one agree on everything they can be asked."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import assume, given

from strategies.engine.backtest import Performance, Result
from strategies.engine.drawdowns import worst_drawdowns
from strategies.engine.metrics import Metrics, Undefined
from strategies.engine.prices import FloatArray
from strategies.tests.engine.generators import Question, many, questions
from strategies.tests.engine.reference_engine import Bar, ReferenceRun, hold, run_strategy
from strategies.tests.engine.reference_figures import (
    key_figures,
    returns_of,
    rolling_beta,
    rolling_sharpe,
    spells_under_water,
)
from strategies.tests.engine.reference_rules import Sided, sided_by

EXACT = 1e-9
TOO_NEAR = 1e-11
"""A rounding may take either side where two averages, as a share of the price, are nearer than this."""

COLUMNS = (
    "entry_bar",
    "exit_bar",
    "direction",
    "shares",
    "entry_price",
    "exit_price",
    "costs",
    "pnl",
    "bars",
    "open",
)


def bars_of(question: Question) -> list[Bar]:
    prices = question.prices
    columns = (prices.dates, prices.open, prices.high, prices.low, prices.close)
    rows = zip(*(column.tolist() for column in columns), strict=True)
    return [Bar(day=d, open=o, high=h, low=lo, close=c) for d, o, h, lo, c in rows]


def sided(question: Question) -> Sided:
    closes = question.prices.close.tolist()
    return sided_by(question.strategy.rule.value, closes, question.strategy.rule_parameters)


def reference_runs(question: Question, decided: Sided) -> tuple[ReferenceRun, ReferenceRun]:
    strategy, bars = question.strategy, bars_of(question)
    run = run_strategy(
        bars,
        first=question.first,
        sided=decided,
        entry=strategy.entry.value,
        direction=strategy.direction.value,
        fill=strategy.fill.value,
        account=strategy.account,
        stops=strategy.stops,
    )
    everything = replace(strategy.account, position_size=1.0)
    return run, hold(bars, first=question.first, fill=strategy.fill.value, account=everything)


def assert_same_decisions(ours: Result, theirs: Sided) -> None:
    assert ours.decisions.side.tolist() == theirs.sides
    assert ours.decisions.known_from == theirs.known_from
    for line in ours.decisions.indicators:
        assert_same_line(line.values, theirs.lines[line.key])


def assert_same_line(ours: FloatArray, theirs: list[float | None]) -> None:
    expected = [np.nan if value is None else value for value in theirs]
    np.testing.assert_allclose(ours, expected, rtol=EXACT, atol=EXACT)


def assert_same_figures(ours: Metrics, theirs: dict[str, float | None]) -> None:
    for name, expected in theirs.items():
        value = getattr(ours, name)
        if expected is None:
            assert isinstance(value, Undefined), name
        else:
            assert not isinstance(value, Undefined), (name, value)
            assert value == pytest.approx(expected, rel=EXACT, abs=EXACT), name


def assert_same_run(ours: Performance, theirs: ReferenceRun) -> None:
    simulation, tolerance = ours.simulation, EXACT * max(theirs.account.initial_cash, 1)
    for values, expected in (
        (simulation.equity, theirs.equity),
        (simulation.cash, theirs.cash_at_close),
        (simulation.position, theirs.position),
    ):
        np.testing.assert_allclose(values, expected, rtol=EXACT, atol=tolerance)
    assert simulation.unfilled == theirs.unfilled
    assert [reason.value for reason in simulation.trades.exit_reason] == [
        trade.exit_reason for trade in theirs.trades
    ]
    for name in COLUMNS:
        expected = [getattr(trade, name) for trade in theirs.trades]
        np.testing.assert_allclose(
            getattr(simulation.trades, name), expected, rtol=EXACT, atol=tolerance, err_msg=name
        )


def assert_same_excursions(ours: Performance, theirs: ReferenceRun) -> None:
    gains = [
        [t.direction * (price / t.entry_price - 1) for price in (*t.seen, t.exit_price, t.entry_price)]
        for t in theirs.trades
    ]
    trades = ours.simulation.trades
    np.testing.assert_allclose(trades.max_adverse, [min(gain) for gain in gains], atol=EXACT)
    np.testing.assert_allclose(trades.max_favourable, [max(gain) for gain in gains], atol=EXACT)


def assert_same_drawdowns(ours: Performance, equity: list[float], days: list[date], cash: float) -> None:
    found = [
        (days[s.peak], days[s.trough], None if s.recovery is None else days[s.recovery], s.days)
        for s in worst_drawdowns(ours.curve)
    ]
    assert found == [spell[:4] for spell in spells_under_water(equity, days, cash)]


@many
@given(questions())
def test_every_run_is_the_one_that_plain_bookkeeping_gives(question: Question) -> None:
    decided = sided(question)
    assume(decided.nearest > TOO_NEAR)
    result = question.answer()
    assert_same_decisions(result, decided)
    strategy, held = reference_runs(question, decided)
    cash, rate = question.strategy.account.initial_cash, question.risk_free_rate
    days = [bar.day for bar in bars_of(question)[question.first :]]
    for ours, theirs in ((result.strategy, strategy), (result.benchmark, held)):
        assert_same_run(ours, theirs)
        assert_same_excursions(ours, theirs)
        figures = key_figures(theirs, held, days=days, cash=cash, yearly_rate=rate)
        assert_same_figures(ours.metrics, figures)
    # Of equity that the engine itself found: drawdowns of a rounding may begin a day apart.
    assert_same_drawdowns(result.strategy, result.strategy.curve.equity.tolist(), days, cash)
    own, other = returns_of(strategy.equity, cash), returns_of(held.equity, cash)
    assert_same_line(result.rolling.sharpe, rolling_sharpe(own, rate))
    assert_same_line(result.rolling.beta, rolling_beta(own, other))

"""The engine and a slow, obvious one agree on everything they can be asked."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings

from strategies.engine.backtest import Performance
from strategies.engine.metrics import Metrics, Undefined
from strategies.tests.making import Question, questions
from strategies.tests.reference_engine import (
    Bar,
    ReferenceRun,
    hold,
    key_figures,
    nearest_miss,
    run_strategy,
)

EXACT = 1e-9


def bars_of(question: Question) -> list[Bar]:
    prices = question.prices
    columns = (prices.dates, prices.open, prices.high, prices.low, prices.close)
    rows = zip(*(column.tolist() for column in columns), strict=True)
    return [Bar(day=d, open=o, high=h, low=lo, close=c) for d, o, h, lo, c in rows]


def rule_of(question: Question) -> dict[str, Any]:
    tuned = question.strategy.tuned
    return {"average": tuned.average.value, "fast": tuned.fast, "slow": tuned.slow}


def reference_runs(question: Question) -> tuple[ReferenceRun, ReferenceRun]:
    strategy, bars = question.strategy, bars_of(question)
    run = run_strategy(
        bars,
        first=question.first,
        entry=strategy.entry.value,
        fill=strategy.fill.value,
        account=strategy.account,
        rule=rule_of(question),
    )
    everything = replace(strategy.account, position_size=1.0)
    return run, hold(bars, first=question.first, fill=strategy.fill.value, account=everything)


def assert_same_figures(ours: Metrics, theirs: dict[str, float | None]) -> None:
    for name, expected in theirs.items():
        value = getattr(ours, name)
        if expected is None:
            assert isinstance(value, Undefined), name
        else:
            assert not isinstance(value, Undefined), (name, value)
            assert value == pytest.approx(expected, rel=EXACT, abs=EXACT), name


def assert_same_run(ours: Performance, theirs: ReferenceRun, cash: float) -> None:
    simulation = ours.simulation
    tolerance = EXACT * max(cash, 1)
    for column in ("equity", "cash", "position"):
        np.testing.assert_allclose(
            getattr(simulation, column), getattr(theirs, column), rtol=EXACT, atol=tolerance
        )
    assert simulation.unfilled == theirs.unfilled
    columns = {
        "entry_bar": "entry_bar",
        "exit_bar": "exit_bar",
        "shares": "shares",
        "entry_price": "entry_price",
        "exit_price": "exit_price",
        "costs": "costs",
        "pnl": "pnl",
        "bars": "bars",
        "open": "open",
    }
    for ours_name, theirs_name in columns.items():
        np.testing.assert_allclose(
            getattr(simulation.trades, ours_name),
            [getattr(trade, theirs_name) for trade in theirs.trades],
            rtol=EXACT,
            atol=tolerance,
            err_msg=ours_name,
        )


def assert_same_excursions(ours: Performance, theirs: ReferenceRun) -> None:
    lowest = [min(t.lowest, t.exit_price, t.entry_price) / t.entry_price - 1 for t in theirs.trades]
    highest = [max(t.highest, t.exit_price, t.entry_price) / t.entry_price - 1 for t in theirs.trades]
    np.testing.assert_allclose(ours.simulation.trades.max_adverse, lowest, atol=EXACT)
    np.testing.assert_allclose(ours.simulation.trades.max_favourable, highest, atol=EXACT)


@settings(max_examples=400, deadline=None)
@given(questions())
def test_every_run_is_the_one_that_plain_bookkeeping_gives(question: Question) -> None:
    # A rounding may take either side where two exponential averages all but touch.
    assume(nearest_miss(bars_of(question), **rule_of(question)) > 1e-12)
    result = question.answer()
    strategy, held = reference_runs(question)
    cash = question.strategy.account.initial_cash
    days = [bar.day for bar in bars_of(question)[question.first :]]
    for ours, theirs in ((result.strategy, strategy), (result.benchmark, held)):
        assert_same_run(ours, theirs, cash)
        assert_same_excursions(ours, theirs)
        figures = key_figures(theirs, held, days=days, cash=cash, yearly_rate=question.risk_free_rate)
        assert_same_figures(ours.metrics, figures)

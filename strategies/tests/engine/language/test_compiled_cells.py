"""The compiled decisions of many cells equal those of each cell's own rule."""

from dataclasses import replace
from types import MappingProxyType

import numpy as np
import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from strategies.engine import kernel_loader
from strategies.engine.backtest import backtest
from strategies.engine.enums import Direction, Fill, Rule
from strategies.engine.language.binding import bind, parameters_of
from strategies.engine.language.book import Bars, BookTerms
from strategies.engine.language.conditions import Conditions
from strategies.engine.language.errors import RuleTextError
from strategies.engine.language.evaluate import evaluate
from strategies.engine.language.parse import parse_rule
from strategies.engine.language.series import Operands
from strategies.engine.language.tree import CustomRule
from strategies.engine.prices import Prices
from strategies.engine.stops import Stops
from strategies.engine.sweep.custom_program import program_of
from strategies.engine.sweep.grid import custom_grid_of
from strategies.engine.sweep.sweep import Sweep
from strategies.tests.engine.generators import Question, many, quarter_prices, questions, stops
from strategies.tests.engine.language.rule_trees import custom_rules
from strategies.tests.engine.language.test_against_reference import with_volume

VALUES = MappingProxyType(
    {
        "fast": np.array([1.0, 2.0, 3.0, 2.0]),
        "slow": np.array([2.0, 5.0, 4.0, 6.0]),
        "trend": np.array([3.0, 3.0, 3.0, 9.0]),
        "n": np.array([1.0, 4.0, 2.0, 3.0]),
        "level": np.array([0.02, 10.0, 30.0, -5.0]),
    }
)


few = settings(many, max_examples=min(many.max_examples, 40))


@pytest.fixture(scope="module", autouse=True)
def kernels() -> None:
    kernel_loader.wait()


@many
@given(
    custom_rules(named=True),
    quarter_prices(),
    st.sampled_from(Direction),
    st.sampled_from(Fill),
    st.one_of(st.just(Stops()), stops()),
)
def test_each_cell_decides_as_its_own_rule(
    rule: CustomRule, prices: Prices, direction: Direction, fill: Fill, stops_: Stops
) -> None:
    from strategies.engine.sweep.kernels.custom_rules import Scratch, decide_custom

    terms, operands = BookTerms.of(direction, fill, stops_), Operands(with_volume(prices))
    values = {name: VALUES[name] for name in parameters_of(rule)}
    try:
        program = program_of(rule, values, operands, terms)
    except RuleTextError:
        reject()
    scratch, bars = Scratch.of(program), Bars.of(prices)
    simple = not (terms.has_stops or program.looks_at_position)
    for cell in range(len(VALUES["fast"]) if values else 1):
        known = decide_custom(program, cell, bars, terms, scratch, simple)
        bound = bind(rule, {name: float(column[cell]) for name, column in values.items()})
        expected = evaluate(bound, Conditions(operands), terms)
        assert scratch.kept.side.tolist() == expected.side.tolist()
        assert min(known, len(prices)) == min(expected.known_from, len(prices))


TEXTS = (
    "buy when sma(fast) crosses above sma(slow) and close > ema(9)\nsell when close < sma(fast)",
    "buy when close > sma(fast)\nsell when profit > 0.02 or bars_since_entry >= slow",
    "buy when close > sma(fast)\nshort when close < sma(slow)",
    (
        "buy when ema(fast) is above sma(slow)\nsell when ema(fast) is below sma(slow)\n"
        "short when ema(fast) is below sma(slow)\ncover when ema(fast) is above sma(slow)"
    ),
)


@pytest.mark.parametrize("text", TEXTS)
@few
@given(questions())
def test_every_figure_equals_that_of_its_single_backtest(text: str, question: Question) -> None:
    grid = custom_grid_of(parse_rule(text), {"fast": [2, 3, 5], "slow": [4, 8]})
    strategy = replace(question.strategy, rule=Rule.CUSTOM)
    sweep = Sweep(
        prices=question.prices,
        strategy=strategy,
        grid=grid,
        first=question.first,
        risk_free_rate=question.risk_free_rate,
    )
    figures = sweep.figures()
    returns = np.concatenate(list(sweep.returns()))
    for cell in range(len(grid)):
        single = backtest(
            question.prices,
            replace(strategy, rule_parameters=grid.rule_parameters(cell)),
            first=question.first,
            risk_free_rate=question.risk_free_rate,
        ).strategy
        assert figures.trades[cell] == single.metrics.trades
        assert figures.total_return[cell] == pytest.approx(single.metrics.total_return, rel=1e-9, abs=1e-12)
        assert figures.exposure[cell] == pytest.approx(single.metrics.exposure)
        np.testing.assert_allclose(returns[cell], single.curve.returns, rtol=1e-9, atol=1e-11)

"""The built-in rules as texts want the same as their own functions, at every bar."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from strategies.engine.builtin_texts import builtin_rule, builtin_text, builtin_values
from strategies.engine.enums import Direction, Fill, Rule
from strategies.engine.language.binding import bind
from strategies.engine.language.book import BookTerms
from strategies.engine.language.conditions import Conditions
from strategies.engine.language.evaluate import evaluate
from strategies.engine.language.parse import parse_rule
from strategies.engine.language.series import Operands
from strategies.engine.language.write import write_rule
from strategies.engine.orders import targets_for
from strategies.engine.parameters import RuleParameters
from strategies.engine.prices import Prices
from strategies.engine.rules import BUILT_IN, decide
from strategies.engine.stops import Stops
from strategies.tests.engine.generators import many, quarter_prices, rule_parameters


@pytest.mark.parametrize("rule", BUILT_IN)
@many
@given(quarter_prices(), rule_parameters(), st.sampled_from(Direction))
def test_a_built_in_rule_is_a_text(
    rule: Rule, prices: Prices, parameters: RuleParameters, direction: Direction
) -> None:
    expected = decide(rule, prices, parameters)
    text = bind(builtin_rule(rule, parameters.average), builtin_values(rule, parameters))
    conditions = Conditions(Operands(prices))
    found = evaluate(text, conditions, BookTerms.of(direction, Fill.NEXT_OPEN, Stops()))
    assert found.side.tolist() == targets_for(expected.side, direction).tolist()
    assert found.known_from == expected.known_from


@pytest.mark.parametrize("rule", BUILT_IN)
def test_its_text_is_written_as_the_language_writes_it(rule: Rule) -> None:
    text = builtin_text(rule, RuleParameters().average)
    assert write_rule(parse_rule(text)) == text


def test_a_rule_on_no_bars_wants_nothing() -> None:
    empty = np.zeros(0)
    prices = Prices(dates=empty.astype("datetime64[D]"), open=empty, high=empty, low=empty, close=empty)
    rule = parse_rule("buy when close > sma(3)\nsell when profit > 5 %")
    found = evaluate(
        rule, Conditions(Operands(prices)), BookTerms.of(Direction.LONG_ONLY, Fill.NEXT_OPEN, Stops())
    )
    assert len(found.side) == 0

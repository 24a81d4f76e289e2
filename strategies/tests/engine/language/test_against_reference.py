"""Every decision of random rules equals that of an interpreter that goes bar by bar."""

from dataclasses import replace

import numpy as np
from hypothesis import given, reject
from hypothesis import strategies as st

from strategies.engine.enums import Direction, Fill
from strategies.engine.language.book import BookTerms
from strategies.engine.language.conditions import Conditions
from strategies.engine.language.errors import RuleTextError
from strategies.engine.language.evaluate import RuleDecisions, evaluate
from strategies.engine.language.series import Operands
from strategies.engine.language.tree import CustomRule
from strategies.engine.prices import Prices
from strategies.engine.stops import Stops
from strategies.tests.engine.generators import many, quarter_prices, stops
from strategies.tests.engine.language.reference_language import Market, TooNearToCallError, Trader
from strategies.tests.engine.language.rule_trees import custom_rules


def with_volume(prices: Prices) -> Prices:
    """The same bars with a volume, in whole numbers with ties, that their prices decide."""
    return replace(prices, volume=np.floor(prices.high * 4) % 7 * 100)


def decided(
    rule: CustomRule, prices: Prices, direction: Direction, fill: Fill, stops_: Stops
) -> RuleDecisions:
    conditions = Conditions(Operands(with_volume(prices)))
    try:
        return evaluate(rule, conditions, BookTerms.of(direction, fill, stops_))
    except RuleTextError:
        # An exit with too many alternatives, which nothing else is here.
        reject()


@many
@given(
    custom_rules(),
    quarter_prices(),
    st.sampled_from(Direction),
    st.sampled_from(Fill),
    st.one_of(st.just(Stops()), stops()),
)
def test_every_decision_equals_the_reference(
    rule: CustomRule, prices: Prices, direction: Direction, fill: Fill, stops_: Stops
) -> None:
    prices = prices.until(90)
    found = decided(rule, prices, direction, fill, stops_)
    market = Market.of(with_volume(prices))
    try:
        expected = Trader(rule, market, direction, fill, stops_).sides()
    except TooNearToCallError:
        reject()
    assert found.side.tolist() == expected


@many
@given(
    custom_rules(),
    quarter_prices(),
    st.sampled_from(Direction),
    st.sampled_from(Fill),
    st.one_of(st.just(Stops()), stops()),
    st.data(),
)
def test_nothing_looks_ahead(  # noqa: PLR0917 - as Hypothesis gives them
    rule: CustomRule, prices: Prices, direction: Direction, fill: Fill, stops_: Stops, data: st.DataObject
) -> None:
    end = data.draw(st.integers(0, len(prices)))
    whole = decided(rule, prices, direction, fill, stops_)
    part = decided(rule, prices.until(end), direction, fill, stops_)
    assert part.side.tolist() == whole.side[:end].tolist()
    assert part.known_from == min(whole.known_from, end)

"""Rules: their sides, by hand, and what their definitions promise."""

from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest

from strategies.backtests.parameters import BacktestParameters
from strategies.engine.enums import Average, Rule
from strategies.engine.indicators import Panel
from strategies.engine.parameters import RuleParameters
from strategies.engine.rules import BUILT_IN, RULES, Decisions, decide
from strategies.tests.engine.factories import make_prices


def sides(rule: Rule, closes: Sequence[float], **parameters: Any) -> list[int]:
    found: list[int] = decided(rule, closes, **parameters).side.tolist()
    return found


def decided(rule: Rule, closes: Sequence[float], **parameters: Any) -> Decisions:
    return decide(rule, make_prices(closes), RuleParameters(**parameters))


def test_the_price_against_its_average() -> None:
    assert sides(Rule.PRICE_CROSSOVER, [10, 10, 13, 7, 8, 9], slow=3) == [0, 0, 1, -1, -1, 1]


def test_a_price_on_its_average_keeps_the_side_before() -> None:
    assert sides(Rule.PRICE_CROSSOVER, [10, 11, 11, 11, 10], slow=2) == [0, 1, 1, 1, -1]


def test_three_averages_in_order_out_of_order_and_reversed() -> None:
    found = decided(Rule.TRIPLE_MA, [10, 10, 10, 12, 14, 13, 8, 6], fast=1, middle=2, slow=3)
    # 13 is under its average of two, 13.5, but above that of three: out of the market.
    assert found.side.tolist() == [0, 0, 0, 1, 1, 0, -1, -1]
    assert found.known_from == 3
    assert [line.key for line in found.indicators] == ["fast", "middle", "slow"]


def test_macd_is_known_once_its_signal_line_is() -> None:
    rising = [float(100 + bar * bar) for bar in range(40)]
    found = decided(Rule.MACD, rising, fast=3, slow=6, signal=4)
    assert found.known_from == 6 + 4 - 2
    assert (found.side[found.known_from :] == 1).all()
    assert {line.panel for line in found.indicators} == {Panel.OSCILLATOR}


def test_macd_of_a_flat_price_knows_no_side() -> None:
    found = decided(Rule.MACD, [33.33] * 60, fast=3, slow=6, signal=4)
    assert found.known_from == 60
    assert (found.side == 0).all()


def test_bands_change_nothing_until_the_price_leaves_them() -> None:
    closes = [100, 100, 103, 98, 90, 93, 99]
    found = decided(Rule.MA_ENVELOPE, closes, slow=2, band=0.03)
    # Averages 100, 101.5, 100.5, 94, 91.5, 96: only 90 and 99 lie more than 3 % off theirs.
    assert found.side.tolist() == [0, 0, 0, 0, -1, -1, 1]
    assert found.known_from == 1


def test_a_close_on_a_band_is_no_break() -> None:
    # (97.5 + 102.5) / 2 is 100, and 102.5 is 2.5 % above it, though not in floating point.
    assert sides(Rule.MA_ENVELOPE, [97.5, 102.5], slow=2, band=0.025) == [0, 0]


@pytest.mark.parametrize(
    ("window", "kind", "expected"),
    [(3, Average.WEIGHTED, (1 * 1 + 2 * 2 + 3 * 6) / 6), (2, Average.HULL, 2 * 6 - (2 + 2 * 6) / 3)],
)
def test_weighted_and_hull_averages(window: int, kind: Average, expected: float) -> None:
    (line,) = decided(Rule.PRICE_CROSSOVER, [1, 2, 6], average=kind, slow=window).indicators
    assert line.values[-1] == pytest.approx(expected, rel=1e-15)


def test_a_hull_average_is_smoothed_over_the_root_of_its_window() -> None:
    closes = np.arange(1.0, 13.0) ** 2
    (line,) = decided(Rule.PRICE_CROSSOVER, closes.tolist(), average=Average.HULL, slow=4).indicators

    def weighted(values: list[float]) -> float:
        return float(np.average(values, weights=np.arange(1, len(values) + 1)))

    raw = [
        2 * weighted(closes[bar - 1 : bar + 1].tolist()) - weighted(closes[bar - 3 : bar + 1].tolist())
        for bar in range(3, 12)
    ]
    assert np.isnan(line.values[:4]).all()
    np.testing.assert_allclose(line.values[4:], [weighted(raw[i : i + 2]) for i in range(8)], rtol=1e-14)


@pytest.mark.parametrize("rule", BUILT_IN)
def test_every_rule_is_defined_and_its_presets_can_be_asked_for(rule: Rule) -> None:
    definition = RULES[rule]
    assert definition.title
    assert definition.description.endswith(".")
    assert set(definition.uses) <= {field.name for field in fields(RuleParameters)}
    assert definition.presets
    for preset in definition.presets:
        values = {name: getattr(preset.parameters, name) for name in definition.uses}
        asked = BacktestParameters.model_validate({"symbol": "AAPL", "rule": rule, **values})
        assert definition.in_short(asked.rule_parameters).endswith(definition.tuning(asked.rule_parameters))


def test_no_two_rules_are_called_the_same_in_short() -> None:
    names = [definition.in_short(RuleParameters()) for definition in RULES.values()]
    assert names == [
        "Simple 20 / 50",
        "Price against Simple 50",
        "Triple Simple 20 / 30 / 50",
        "MACD 20 / 50 / 9",
        "Bands around Simple 50, 2.5\N{NO-BREAK SPACE}%",
        "Custom rule",
    ]


@pytest.mark.parametrize("rule", BUILT_IN)
def test_a_rule_looks_at_nothing_that_it_does_not_use(rule: Rule) -> None:
    prices = make_prices(np.random.default_rng(5).uniform(50, 60, 300).tolist())
    usual = RuleParameters(fast=3, middle=5, slow=8, signal=4)
    other = RuleParameters(average=Average.WEIGHTED, fast=4, middle=6, slow=12, signal=7, band=0.01)
    unused = [field.name for field in fields(usual) if field.name not in RULES[rule].uses]
    changed = replace(usual, **{name: getattr(other, name) for name in unused})
    np.testing.assert_array_equal(decide(rule, prices, usual).side, decide(rule, prices, changed).side)
    for name in RULES[rule].uses:
        moved = replace(usual, **{name: getattr(other, name)})
        assert (decide(rule, prices, moved).side != decide(rule, prices, usual).side).any()

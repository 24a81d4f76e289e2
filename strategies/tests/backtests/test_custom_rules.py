"""Backtests of custom rules, from the request to the document."""

import json
from typing import Any

import numpy as np
import pytest
from django.test import Client
from pydantic import ValidationError

from core.errors import field_errors
from strategies.backtests.parameters import BacktestParameters
from strategies.backtests.schemas import BacktestDocument
from strategies.backtests.service import run_backtest
from strategies.engine.builtin_texts import builtin_rule
from strategies.engine.enums import Average, Rule
from strategies.engine.language.write import write
from strategies.engine.rules import BUILT_IN

pytestmark = pytest.mark.django_db

BUY = "sma(fast) crosses above sma(slow) and close > ema(trend)"
SELL = "close < sma(exit) or bars_since_entry >= 40"


def asked(**changes: Any) -> BacktestParameters:
    defaults = {"symbol": "AAPL", "rule": "custom", "buy": BUY, "sell": SELL}
    return BacktestParameters.model_validate({**defaults, **changes})


def errors_of(**changes: Any) -> list[tuple[str, str, int | None, int | None]]:
    with pytest.raises(ValidationError) as found:
        asked(**changes)
    return [(error.field, error.message, error.line, error.column) for error in field_errors(found.value)]


def test_every_parameter_has_a_value_in_the_order_of_the_text() -> None:
    parameters = asked(values={"slow": 100})
    assert list(parameters.values.items()) == [("fast", 20), ("slow", 100), ("trend", 200), ("exit", 20)]


def test_a_text_is_written_as_the_language_writes_it() -> None:
    assert asked(buy="BUY WHEN close>sma( 20 )", values={}).buy == "close > sma(20)"


def test_a_fault_in_a_text_names_its_line_and_column() -> None:
    ((field, message, *place),) = errors_of(buy="close > smaa(20)")
    assert (field, place) == ("buy", [1, 9])
    assert "`smaa` is no function; did you mean `sma`?" in message


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"buy": None, "sell": None}, "buy", "A rule needs a condition to buy"),
        ({"values": {"fast": 0}}, "values.fast", "must be from 1 to 1,000"),
        ({"values": {"fast": 2.5}}, "values.fast", "counts bars: give a whole number"),
        (
            {"values": {"quick": 2}},
            "values.quick",
            "has no parameter `quick`; it has fast, slow, trend, exit",
        ),
        ({"rule": "macd"}, "buy", 'Conditions are for the rule "custom"'),
        (
            {"rule": "macd", "buy": None, "sell": None, "values": {"a": 1}},
            "values",
            "Values are for the rule",
        ),
        ({"buy": 3}, "buy", "Give a condition as text"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(changes: dict[str, Any], field: str, words: str) -> None:
    ((found, message, _, _),) = errors_of(**changes)
    assert found == field
    assert words in message


def test_the_document_has_the_rule_as_text_as_tree_and_in_words() -> None:
    document = run_backtest(asked())
    custom = document.custom
    assert custom is not None
    assert custom.text == f"buy when {BUY}\nsell when {SELL}"
    assert custom.bound_text.startswith("buy when sma(20) crosses above sma(50) and close > ema(200)")
    assert custom.tree["sell"]["any"][1] == {
        "comparison": ">=",
        "left": {"position": "bars_since_entry"},
        "right": {"number": 40.0},
    }
    assert custom.reading.startswith(
        "Buys at the next open after a close at which the 20-day average crosses"
    )
    assert {line.key for line in document.series.indicators} == {"sma(20)", "sma(50)", "ema(200)"}
    reasons = {trade.exit_clause for trade in document.trades if trade.exit_reason == "signal"}
    assert reasons <= {"sell when close < sma(20)", "sell when bars_since_entry >= 40"}
    assert len(document.trades) > 5
    assert reasons


@pytest.mark.parametrize("rule", BUILT_IN)
@pytest.mark.parametrize("entry", ["on_cross", "on_state"])
@pytest.mark.parametrize("direction", ["long_only", "long_short"])
def test_a_built_in_rule_as_text_makes_the_same_trades(rule: Rule, entry: str, direction: str) -> None:
    common = {"symbol": "AAPL", "entry": entry, "direction": direction, "start": "2004-01-05"}
    own = run_backtest(BacktestParameters.model_validate({**common, "rule": rule}))
    texts = {str(clause): write(one) for clause, one in builtin_rule(rule, Average.SIMPLE).clauses()}
    custom = run_backtest(BacktestParameters.model_validate({**common, "rule": "custom", **texts}))
    assert _without_clauses(custom) == _without_clauses(own)
    assert custom.series.equity == own.series.equity
    assert custom.metrics == own.metrics


def _without_clauses(document: BacktestDocument) -> list[dict[str, Any]]:
    return [trade.model_dump(exclude={"exit_clause"}) for trade in document.trades]


def test_the_api_takes_texts_and_says_where_one_is_wrong(reader: Client) -> None:
    body = {"symbol": "AAPL", "rule": "custom", "buy": "close > sma(n)", "sell": "close < sma(n)"}
    created = reader.post("/api/v1/backtests", {**body, "values": {"n": 100}}, "application/json")
    assert created.status_code == 201, created.content
    assert created.json()["parameters"]["values"] == {"n": 100}
    refused = reader.post("/api/v1/backtests", {**body, "buy": "close >\nsmaa(20)"}, "application/json")
    assert refused.status_code == 422
    (error,) = refused.json()["errors"]
    assert (error["pointer"], error["line"], error["column"]) == ("/buy", 2, 1)
    assert "did you mean `sma`" in error["detail"]


def test_equal_rules_are_the_same_run_however_they_are_spaced() -> None:
    one, other = asked(buy="close > sma( 50 )", sell=None), asked(buy="CLOSE>sma(50)", sell=None)
    assert run_backtest(one).id == run_backtest(other).id
    assert np.isfinite(run_backtest(one).metrics.final_equity)
    assert json.loads(one.model_dump_json()) == json.loads(other.model_dump_json())

"""What may be asked, and what is said to a question that cannot be."""

from typing import Any

import pytest
from pydantic import ValidationError

from core.errors import FieldError, field_errors
from strategies.backtests.parameters import BacktestParameters


def refused(**parameters: Any) -> list[FieldError]:
    with pytest.raises(ValidationError) as caught:
        BacktestParameters.model_validate({"symbol": "AAPL", **parameters})
    return field_errors(caught.value)


def test_a_symbol_alone_is_a_question() -> None:
    parameters = BacktestParameters.model_validate({"symbol": " aapl "})
    assert parameters.symbol == "AAPL"
    assert (parameters.fast, parameters.slow) == (20, 50)
    assert parameters.initial_investment == 10_000


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("symbol", "no such thing", "ticker symbol"),
        ("start", "yesterday", "year-month-day"),
        ("end", "2010-02-30", "year-month-day"),
        ("initial_investment", 0, "from 0.01 to 1,000,000,000,000"),
        ("initial_investment", 5e-324, "from 0.01"),
        ("initial_investment", -5, "from 0.01"),
        ("initial_investment", "NaN", "from 0.01"),
        ("initial_investment", float("inf"), "from 0.01"),
        ("fast", 0, "from 1 to 1,000"),
        ("fast", 2.5, "whole number"),
        ("signal", 1, "from 2 to 1,000"),
        ("band", 0.6, "from 0 to 0.5; 0.025 is 2.5 %"),
        ("stop_loss", 0, "above 0 and up to 1; 0.05 is 5 %"),
        ("stop_loss", 1.5, "above 0 and up to 1"),
        ("take_profit", 101, "above 0 and up to 100"),
        ("trailing_stop", "far", "share of the best price"),
        ("compare_with", "no such thing", "ticker symbol"),
        ("compare_with", "aapl", "another symbol than AAPL"),
        ("rule", "magic", "'triple_ma', 'macd', 'ma_envelope' or 'custom'"),
        ("direction", "up", "'long_only', 'long_short' or 'short_only'"),
        ("entry", "never", "'on_cross' or 'on_state'"),
        ("fill", "never", "'next_open' or 'same_close'"),
        ("slow", 5000, "from 2 to 2,000"),
        ("commission_rate", 1, "0.001 is 0.1 %"),
        ("commission_fixed", -1, "for each order"),
        ("slippage_bps", -1, "basis points"),
        ("position_size", 0, "0.5 is half"),
        ("position_size", 50, "0.5 is half"),
        ("fractional_shares", "perhaps", "true"),
        ("risk_free_rate", 5, "0.03 is 3 %"),
        ("average", "magic", "'simple', 'exponential', 'weighted' or 'hull'"),
        ("adjustment", "magic", "'splits'"),
        ("surprise", 1, "not permitted"),
    ],
)
def test_a_bad_value_is_named_with_what_would_be_good(field: str, value: object, words: str) -> None:
    (error,) = refused(**{field: value})
    assert error.field == field
    assert words in error.message
    assert error.message.endswith(".")


@pytest.mark.parametrize("fast", [50, 51])
def test_the_slow_window_must_be_the_longer_one(fast: int) -> None:
    (error,) = refused(fast=fast, slow=50)
    assert error == FieldError(
        field="slow",
        message=f"The slow window must be longer than the fast one, {fast} bars.",
        parts=("slow",),
    )


@pytest.mark.parametrize(
    ("windows", "field", "words"),
    [
        ({"rule": "triple_ma", "fast": 30}, "middle", "middle window must be longer than the fast one, 30"),
        ({"rule": "triple_ma", "middle": 50}, "slow", "slow window must be longer than the middle one, 50"),
        ({"rule": "macd", "fast": 50}, "slow", "slow window must be longer than the fast one, 50"),
    ],
)
def test_windows_that_a_rule_uses_increase(windows: dict[str, Any], field: str, words: str) -> None:
    (error,) = refused(**windows)
    assert error.field == field
    assert words in error.message


@pytest.mark.parametrize("windows", [{"rule": "price_crossover", "slow": 10}, {"middle": 5}])
def test_windows_that_a_rule_does_not_use_may_be_anything(windows: dict[str, Any]) -> None:
    BacktestParameters.model_validate({"symbol": "AAPL", **windows})


def test_the_default_slow_window_is_checked_too() -> None:
    (error,) = refused(fast=60)
    assert error.field == "slow"


def test_the_last_day_follows_the_first() -> None:
    (error,) = refused(start="2010-01-04", end="2010-01-04")
    assert error.field == "end"
    assert "2010-01-04" in error.message


def test_every_bad_field_is_told_at_once() -> None:
    assert {error.field for error in refused(fast=0, position_size=2, average="magic")} == {
        "fast",
        "position_size",
        "average",
    }


def test_limits_stand_in_the_published_schema() -> None:
    properties = BacktestParameters.model_json_schema()["properties"]
    assert (properties["fast"]["minimum"], properties["fast"]["maximum"]) == (1, 1000)
    assert properties["position_size"]["exclusiveMinimum"] == 0
    assert all("description" in schema or "$ref" in schema for schema in properties.values())

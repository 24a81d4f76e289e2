"""What may be asked, and what is said to a question that cannot be."""

from typing import Any

import pytest
from pydantic import ValidationError

from jobs.errors import FieldError, field_errors
from strategies.parameters import BacktestParameters


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
        field="slow", message=f"The slow window must be longer than the fast one, {fast} bars."
    )


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

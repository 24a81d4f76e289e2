"""Limits are typed once, and said in words wherever they are broken."""

from decimal import Decimal
from typing import Annotated

import pytest
from pydantic import BaseModel, Field, ValidationError

from core.errors import FieldError, field_errors
from core.field_messages import FieldMessage, describe_range


class Slice(BaseModel):
    first: int
    last: int


type Slices = Slice | list[int]


class Order(BaseModel):
    days: Annotated[int, Field(ge=1, le=2000), FieldMessage("a whole number of days")] = 1
    share: Annotated[float, Field(gt=0, le=0.5), FieldMessage("a share", hint="0.5 is half")] = 0.5
    cash: Annotated[float, Field(ge=0.01, le=1e12, allow_inf_nan=False), FieldMessage("an amount")] = 1
    whole: Annotated[bool | None, FieldMessage("true or false, or nothing")] = None
    parts: Annotated[Slices, FieldMessage("a slice, or a list")] = []


@pytest.mark.parametrize(
    ("field", "values", "words"),
    [
        ("days", [0, 2001, 1.5, "many", None], "Give a whole number of days from 1 to 2,000."),
        ("share", [0, 0.6, "x"], "Give a share above 0 and up to 0.5; 0.5 is half."),
        ("cash", [0, 5e-324, 1e13, "NaN"], "Give an amount from 0.01 to 1,000,000,000,000."),
        ("whole", ["perhaps"], "Give true or false, or nothing."),
        ("parts", ["x", None, [1, "y"], {"first": 1}], "Give a slice, or a list."),
    ],
)
def test_whatever_is_wrong_with_a_value_the_answer_says_what_would_be_right(
    field: str, values: list[object], words: str
) -> None:
    assert values
    for value in values:
        with pytest.raises(ValidationError) as refusal:
            Order.model_validate({field: value})
        assert field_errors(refusal.value) == [FieldError(field=field, message=words, parts=(field,))]


def test_the_published_schema_keeps_the_limits() -> None:
    days = Order.model_json_schema()["properties"]["days"]
    assert (days["minimum"], days["maximum"]) == (1, 2000)


def test_a_field_in_another_unit_has_its_limits_in_it() -> None:
    share = Order.model_json_schema()["properties"]["share"]
    assert describe_range(share, factor=Decimal(100)) == " above 0 and up to 50"

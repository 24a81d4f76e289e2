"""Describe the limits of a field in words, generated from its schema.

It stands in the lowest app, beside the errors, because API, forms and commands all say it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from pydantic import GetCoreSchemaHandler, ValidationError, ValidatorFunctionWrapHandler
from pydantic.json_schema import GenerateJsonSchema
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

ONE = Decimal(1)


@dataclass(frozen=True)
class FieldMessage:
    """Annotates a field: whatever is wrong with its value, say what would be right, limits included.

    It comes after the limits: `Annotated[int, Field(ge=1, le=60), FieldMessage("a number of sessions")]`.

    noun: what to give, without limits, as it follows "Give".
    hint: more about the value, such as an example; put at the end.
    """

    noun: str
    hint: str = ""

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Wrap the validation of the field; its published schema stays as it is."""
        inner = handler(source)

        def validate(value: object, check: ValidatorFunctionWrapHandler) -> Any:
            try:
                return check(value)
            except ValidationError:
                words = self.sentence(_limits(inner))
                raise PydanticCustomError("in_words", "{words}", {"words": words}) from None

        return core_schema.no_info_wrap_validator_function(validate, inner)

    def sentence(self, schema: Mapping[str, Any]) -> str:
        """Return what to give, by the limits of a JSON schema."""
        hint = f"; {self.hint}" if self.hint else ""
        return f"Give {self.noun}{describe_range(schema)}{hint}."


def _limits(schema: CoreSchema) -> Mapping[str, Any]:
    """Return the JSON schema that states the limits; a type with a name has none, and stands elsewhere."""
    return {} if schema["type"] == "definition-ref" else GenerateJsonSchema().generate(schema)


def describe_range(schema: Mapping[str, Any], *, factor: Decimal = ONE) -> str:
    """Return the limits of a JSON schema, to follow a noun: " from 1 to 60", ": 'a', 'b' or 'c'".

    schema: of a number with limits on both sides, of a choice, of one of them or null, or of anything
        else, which gives nothing.
    factor: multiplies the limits, for fields in another unit: 100 for percentages.
    """
    for other in schema.get("anyOf", ()):
        if words := describe_range(other, factor=factor):
            return words
    if choices := schema.get("enum"):
        return f": {_either(choices)}"
    low = schema.get("minimum", schema.get("exclusiveMinimum"))
    high = schema.get("maximum")
    if low is None or high is None:
        return ""
    lowest, highest = (_plain(factor * Decimal(str(limit))) for limit in (low, high))
    if "exclusiveMinimum" in schema:
        return f" above {lowest} and up to {highest}"
    return f" from {lowest} to {highest}"


def _either(choices: Sequence[str]) -> str:
    """Return the choices as they are typed, in a row."""
    quoted = [f"'{choice}'" for choice in choices]
    return " or ".join([", ".join(quoted[:-1]), quoted[-1]]) if len(quoted) > 1 else quoted[0]


def _plain(number: Decimal) -> str:
    """Return digits with thousands separated, without an exponent or trailing zeros."""
    text = f"{number:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text

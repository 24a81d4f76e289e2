"""Custom rules as part of a request: their texts and the values of their parameters, checked."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Annotated, Any

from pydantic import BeforeValidator, ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError

from strategies.engine.language.binding import ParameterError, values_of
from strategies.engine.language.errors import RuleTextError
from strategies.engine.language.parse import parse_clause, rule_of
from strategies.engine.language.tree import Clause, CustomRule
from strategies.engine.language.write import write

EXAMPLE = "sma(20) crosses above sma(50)"
NO_TEXT = f"Give a condition as text, such as {EXAMPLE!r}, or nothing."


def _condition_text(clause: Clause) -> Callable[[object], str | None]:
    """Return what checks the text of a clause, and writes it as the language does."""

    def check(value: object) -> str | None:
        if value is None or (isinstance(value, str) and not value.strip()):
            return None
        if not isinstance(value, str):
            raise PydanticCustomError("in_words", NO_TEXT)
        try:
            return write(parse_clause(clause, value))
        except RuleTextError as error:
            raise text_error(error) from None

    return check


type BuyText = Annotated[str | None, BeforeValidator(_condition_text(Clause.BUY))]
type SellText = Annotated[str | None, BeforeValidator(_condition_text(Clause.SELL))]
type ShortText = Annotated[str | None, BeforeValidator(_condition_text(Clause.SHORT))]
type CoverText = Annotated[str | None, BeforeValidator(_condition_text(Clause.COVER))]


def custom_rule_of(texts: Mapping[str, Any]) -> CustomRule:
    """Return the rule of texts that were checked; raises RuleTextError where none of them enters."""
    return rule_of({clause: parse_clause(clause, texts[clause]) for clause in Clause if texts.get(clause)})


def text_error(error: RuleTextError) -> PydanticCustomError:
    """Return what is wrong with a text, with its line and column."""
    context = {"reason": str(error), "line": error.line, "column": error.column}
    return PydanticCustomError("rule_text", "{reason}", context)


def checked_values(rule: CustomRule, given: Mapping[str, float]) -> dict[str, float]:
    """Return the value of each parameter of a rule, given or its default.

    Raises ValidationError at the parameter that it is about.
    """
    try:
        return values_of(rule, given)
    except ParameterError as error:
        raise located_error(error.name, error.reason) from None


def rule_in(checked: Mapping[str, Any]) -> CustomRule | None:
    """Return the rule of a request's fields that were checked; None where they are none, as is said there."""
    if not checked.keys() >= {str(clause) for clause in Clause}:
        return None
    try:
        return custom_rule_of(checked)
    except RuleTextError:
        return None


def without_values[Value](given: dict[str, Value]) -> dict[str, Value]:
    """Return the values of a built-in rule's request, which are none; raises ValueError otherwise."""
    if given:
        raise ValueError('Values are for the rule "custom". Choose it, or leave them out.')
    return given


@contextmanager
def errors_at(name: str) -> Iterator[None]:
    """Say what is wrong inside at a parameter of that name."""
    try:
        yield
    except ValidationError:
        raise
    except ValueError as error:
        raise located_error(name, str(error)) from None


def located_error(name: str, message: str, error: PydanticCustomError | None = None) -> ValidationError:
    """Return an error at a field, for validators of something larger."""
    kind = error or PydanticCustomError("in_words", "{words}", {"words": message})
    return ValidationError.from_exception_data(
        "request", [InitErrorDetails(type=kind, loc=(name,), input=None)]
    )

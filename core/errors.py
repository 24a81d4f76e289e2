"""The errors whose words a person may read.

    HindcastError             every error below; its text says what happened and what to do next
    ├── InvalidInput          a request that cannot be carried out as requested; names the field
    ├── NotFound              a URL or identifier that leads nowhere
    ├── NotAllowed            the user may not do this
    ├── TooManyRequests       the user did this too often; says when it is possible again
    └── Unavailable           an external service fails or does not respond; trying later may help

They stand in the lowest app because every other one raises them, and because a job shows the text
of these errors and of no others.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from pydantic import ValidationError
from pydantic_core import PydanticCustomError


class HindcastError(Exception):
    """An error with a message for the user.

    message: one or two plain sentences: the cause, then the next step.
    field: the name of the request's field that it is about, if any.
    """

    status = HTTPStatus.INTERNAL_SERVER_ERROR

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field


class InvalidInput(HindcastError):
    """The request cannot be carried out as requested."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY


class NotFound(HindcastError):
    """The requested resource does not exist."""

    status = HTTPStatus.NOT_FOUND


class NotAllowed(HindcastError):
    """The user lacks the right to do this."""

    status = HTTPStatus.FORBIDDEN


class TooManyRequests(HindcastError):
    """The user did this too often.

    retry_after: whole seconds after which it is possible again; the message says it in words.
    """

    status = HTTPStatus.TOO_MANY_REQUESTS

    def __init__(self, message: str, *, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Unavailable(HindcastError):
    """A service that Hindcast depends on cannot be used now.

    retry_after: whole seconds after which trying again may help, where that is known.
    """

    status = HTTPStatus.SERVICE_UNAVAILABLE

    def __init__(self, message: str, *, field: str | None = None, retry_after: int | None = None) -> None:
        super().__init__(message, field=field)
        self.retry_after = retry_after


WHOLE_NUMBER = "Give a whole number."
NUMBER = "Give a number."
OBJECT = "Give a JSON object."
LIST = "Give a list."

OWN_WORDS = {
    "extra_forbidden": "This field is not permitted: there is no parameter of this name. Leave it out.",
    "missing": "This field is required. Give it a value.",
    "none_required": "Give null, or leave it out.",
    "bool_type": "Give true or false.",
    "bool_parsing": "Give true or false.",
    "int_type": WHOLE_NUMBER,
    "int_parsing": WHOLE_NUMBER,
    "int_parsing_size": WHOLE_NUMBER,
    "int_from_float": WHOLE_NUMBER,
    "float_type": NUMBER,
    "float_parsing": NUMBER,
    "decimal_type": NUMBER,
    "decimal_parsing": NUMBER,
    "finite_number": "Give a finite number.",
    "greater_than": "Give a number above {gt}.",
    "greater_than_equal": "Give a number from {ge} on.",
    "less_than": "Give a number below {lt}.",
    "less_than_equal": "Give a number up to {le}.",
    "string_type": "Give a text.",
    "string_too_short": "Give a text of {min_length} characters or more.",
    "string_too_long": "Give a text of {max_length} characters or fewer.",
    "string_pattern_mismatch": "Give a text that matches the pattern {pattern}.",
    "literal_error": "Give {expected}.",
    "enum": "Give {expected}.",
    "list_type": LIST,
    "tuple_type": LIST,
    "too_short": "Give {min_length} entries or more.",
    "too_long": "Give {max_length} entries or fewer.",
    "dict_type": OBJECT,
    "model_type": OBJECT,
    "model_attributes_type": OBJECT,
}
"""What is said instead of pydantic's words, by its type of error; names in braces are of its context."""

OWN_WORDS_OF_GROUPS = {
    "datetime": "Give a date and time, such as 2013-03-01T15:00:00Z.",
    "date": "Give a date, such as 2013-03-01.",
    "uuid": "Give an id, such as 7f1c2a50-4a3e-4d5b-9c57-0b1e3f6a9d21.",
}
"""The same for several types of error that begin alike."""


@dataclass(frozen=True, kw_only=True)
class FieldError:
    """One thing wrong with one field; `field` is empty where it concerns the request as a whole.

    parts: the names of the objects and of the field in them, where `field` does not tell them apart.
    line, column: the place in a text, counted from 1, where the field is one.
    """

    field: str
    message: str
    parts: tuple[str, ...] = ()
    line: int | None = None
    column: int | None = None

    @property
    def path(self) -> tuple[str, ...]:
        """The way from the request to the field."""
        return self.parts or tuple(part for part in self.field.split(".") if part)


TOGETHER = "wrong_together"


def wrong_together(message: str, *fields: str) -> PydanticCustomError:
    """Return the error that a model's validator raises where fields are wrong only together."""
    return PydanticCustomError(TOGETHER, "{words}", {"words": message, "fields": list(fields)})


def field_errors(error: ValidationError) -> list[FieldError]:
    """Return what pydantic found, a sentence for each field, in pydantic's order."""
    found = error.errors(include_url=False, include_input=False)
    return [problem for item in found for problem in problems_of(item, item["loc"])]


def problems_of(item: Mapping[str, Any], location: Sequence[int | str]) -> list[FieldError]:
    """Return what one of pydantic's errors is about: the field at `location`, or several fields in it."""
    parts = tuple(str(part) for part in location)
    if item["type"] == TOGETHER:
        together = [(*parts, name) for name in item["ctx"]["fields"]]
        return [
            FieldError(field=".".join(path), message=item["ctx"]["words"], parts=path) for path in together
        ]
    message = _own_words(item) or sentence(str(item["msg"]))
    return [FieldError(field=".".join(parts), message=message, parts=parts, **place_in_text(item))]


def _own_words(item: Mapping[str, Any]) -> str:
    """Return what is said instead of pydantic's words; empty where its words are ours already."""
    words = OWN_WORDS.get(item["type"])
    if words is not None:
        return words.format_map(item.get("ctx") or {})
    group = str(item["type"]).partition("_")[0]
    return OWN_WORDS_OF_GROUPS.get(group, "")


def place_in_text(item: Mapping[str, Any]) -> dict[str, int]:
    """Return line and column of one of pydantic's errors that has them."""
    context = item.get("ctx") or {}
    return {name: context[name] for name in ("line", "column") if name in context}


def sentence(text: str) -> str:
    """Return pydantic's words as a sentence for people."""
    text = text.removeprefix("Value error, ")
    return text if text.endswith(".") else f"{text}."

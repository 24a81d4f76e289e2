"""Take the fields of a request's model as options of a command."""

from argparse import SUPPRESS
from collections.abc import Collection, Mapping
from typing import Any

import orjson
from django.core.management.base import CommandParser
from pydantic import BaseModel

from core.errors import InvalidInput


def add_fields(parser: CommandParser, model: type[BaseModel], *, skip: Collection[str] = ()) -> None:
    """Add an option for each field of `model`; the model itself checks the values."""
    for name, field in model.model_fields.items():
        if name not in skip:
            # argparse would read a percent sign as a placeholder.
            words = (field.description or "").replace("%", "%%")
            parser.add_argument(
                f"--{name.replace('_', '-')}", default=SUPPRESS, metavar=name.upper(), help=words
            )


def given_fields(options: Mapping[str, Any], model: type[BaseModel]) -> dict[str, Any]:
    """Return the fields of `model` that the command line gives, JSON texts already read."""
    return {
        name: _read(name, options[name])
        for name in model.model_fields
        if name in options and options[name] is not None
    }


def _read(name: str, given: Any) -> Any:
    """Return the value of an option; what begins as an object or a list of JSON is one."""
    if not isinstance(given, str) or not given.lstrip().startswith(("{", "[")):
        return given
    try:
        return orjson.loads(given)
    except orjson.JSONDecodeError as error:
        raise InvalidInput(f"This is no JSON: {error.msg}.", field=name) from None

"""What a ticker symbol may look like."""

from typing import Annotated

from pydantic import BeforeValidator, StringConstraints, TypeAdapter, ValidationError

from core.errors import InvalidInput
from core.field_messages import FieldMessage

SYMBOL_PATTERN = r"^(\^[A-Za-z0-9][A-Za-z0-9.\-]{0,13}|[A-Za-z0-9][A-Za-z0-9.\-=&]{0,14})$"
"""Of what is typed: pydantic looks at the pattern before it turns the letters into capitals."""


SYMBOL_MESSAGE = FieldMessage(
    "a ticker symbol: up to 15 letters, digits, dots, hyphens, & or =, such as AAPL, BRK.B or ^GSPC"
)


def _capitals(value: object) -> object:
    """Return text in capitals and without outer spaces; pydantic's own option acts after the pattern."""
    return value.strip().upper() if isinstance(value, str) else value


Symbol = Annotated[str, BeforeValidator(_capitals), StringConstraints(pattern=SYMBOL_PATTERN)]
"""A ticker symbol in capitals, such as AAPL or BRK.B."""

_symbol: TypeAdapter[str] = TypeAdapter(Symbol)


def parse_symbol(text: str) -> str:
    """Return `text` as a symbol in capitals; raises InvalidInput for what cannot be one."""
    try:
        return _symbol.validate_python(text)
    except ValidationError:
        raise InvalidInput(
            f"“{text[:30]}” is not a ticker symbol. A symbol has up to 15 letters, digits, dots, "
            "hyphens, & or =, such as AAPL, BRK.B or ^GSPC.",
            field="symbol",
        ) from None

"""What a ticker symbol may look like, and what its suffix says about its listing."""

from typing import Annotated, NamedTuple

from pydantic import BeforeValidator, StringConstraints, TypeAdapter, ValidationError

from core.errors import InvalidInput
from core.field_messages import FieldMessage

SYMBOL_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9.\-]{0,14}$"
"""Of what is typed: pydantic looks at the pattern before it turns the letters into capitals."""


SYMBOL_MESSAGE = FieldMessage(
    "a ticker symbol: up to 15 letters, digits, dots or hyphens, such as AAPL or BRK.B"
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
            f"“{text[:30]}” is not a ticker symbol. A symbol has up to 15 letters, digits, dots or "
            "hyphens, such as AAPL or BRK.B.",
            field="symbol",
        ) from None


class Listing(NamedTuple):
    """exchange: ISO 10383 code, for the calendar; currency: that of the quoted prices."""

    exchange: str
    currency: str


UNITED_STATES = Listing("XNYS", "USD")
"""NYSE and Nasdaq share one calendar, so it may stand for either."""

_SUFFIXES = {
    "LON": Listing("XLON", "GBX"),  # London quotes in pence
    "TRT": Listing("XTSE", "CAD"),
    "TRV": Listing("XTSX", "CAD"),
    "DEX": Listing("XETR", "EUR"),
    "BSE": Listing("XBOM", "INR"),
    "SHH": Listing("XSHG", "CNY"),
    "SHZ": Listing("XSHG", "CNY"),  # Shenzhen keeps Shanghai's sessions
}


def listing_of(symbol: str) -> Listing:
    """Return where Alpha Vantage's `symbol` is listed: by its suffix, in the United States without one."""
    _, _, suffix = symbol.rpartition(".")
    return _SUFFIXES.get(suffix, UNITED_STATES)

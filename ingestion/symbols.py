"""What a ticker symbol may look like."""

from typing import Annotated

from pydantic import StringConstraints

SYMBOL_PATTERN = r"^[A-Z0-9][A-Z0-9.\-]{0,14}$"

Symbol = Annotated[str, StringConstraints(strip_whitespace=True, to_upper=True, pattern=SYMBOL_PATTERN)]
"""A ticker symbol in capitals, such as AAPL or BRK.B."""

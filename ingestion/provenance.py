"""Compare what a document says of its bars with the bars stored now."""

from datetime import date
from typing import Any

from core.errors import InvalidInput
from ingestion.bars import Bars, load_bars
from ingestion.schemas import DataDocument

_STATED = frozenset(
    {"sha256", "source", "name", "exchange", "currency", "adjustment", "provisional", "missing_sessions"}
)


def data_fingerprint_fields(data: DataDocument) -> dict[str, Any]:
    """Return what a document says of its bars, as JSON: two alike in this are on the same data.

    When the bars were fetched is left out: fetching the same bars again makes no other result.
    """
    return data.model_dump(mode="json", include=set(_STATED))


def matching_bars(data: DataDocument, *, end: date | None) -> Bars | None:
    """Return the bars up to `end` stored now if all that `data` states of them is still so, else None."""
    try:
        bars = load_bars(data.symbol, end=end, adjustment=data.adjustment)
        return (
            bars if data_fingerprint_fields(DataDocument.of(bars)) == data_fingerprint_fields(data) else None
        )
    except InvalidInput:  # The bars have been deleted since.
        return None

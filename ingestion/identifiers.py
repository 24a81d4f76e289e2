"""What identifies a stored result: a hash of everything that decides what its document says."""

import json
import re
from collections.abc import Mapping
from datetime import date
from hashlib import sha256
from typing import Any

from ingestion.bars import Bars, load_bars
from ingestion.documents import DataDocument
from jobs.errors import InvalidInput

ID_LENGTH = 20
"""Hexadecimal digits: 80 bits, enough that no two documents ever share an id."""

_STATED = frozenset(
    {"sha256", "source", "name", "exchange", "currency", "adjustment", "provisional", "missing_sessions"}
)
_ID = re.compile(f"[0-9a-f]{{{ID_LENGTH}}}")


def document_id(question: Mapping[str, Any]) -> str:
    """Return the hash of `question`, which must be serializable as strict JSON; keys in any order."""
    canonical = json.dumps(question, sort_keys=True, allow_nan=False, separators=(",", ":"))
    return sha256(canonical.encode()).hexdigest()[:ID_LENGTH]


def is_document_id(text: str) -> bool:
    """Whether `text` can be an id. What cannot be one must not reach the database, which refuses NUL."""
    return _ID.fullmatch(text) is not None


def stated_about(data: DataDocument) -> dict[str, Any]:
    """Return what a document says of its bars, as JSON: two alike in this are on the same data.

    When the bars were fetched is left out: fetching the same bars again makes no other result.
    """
    return data.model_dump(mode="json", include=set(_STATED))


def bars_as_stated(data: DataDocument, *, end: date | None) -> Bars | None:
    """Return the bars up to `end` stored now if all that `data` states of them is still so, else None."""
    try:
        bars = load_bars(data.symbol, end=end, adjustment=data.adjustment)
        return bars if stated_about(DataDocument.of(bars)) == stated_about(data) else None
    except InvalidInput:  # The bars have been deleted since.
        return None

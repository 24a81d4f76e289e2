"""Identify a stored result by a hash of everything that decides what its document says."""

import json
import re
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

ID_LENGTH = 20
"""Hexadecimal digits: 80 bits, enough that no two documents ever share an id."""

_ID = re.compile(f"[0-9a-f]{{{ID_LENGTH}}}")


def document_id(identity: Mapping[str, Any]) -> str:
    """Return the hash of `identity`, which must be serializable as strict JSON; keys in any order."""
    canonical = json.dumps(identity, sort_keys=True, allow_nan=False, separators=(",", ":"))
    return sha256(canonical.encode()).hexdigest()[:ID_LENGTH]


def is_document_id(text: str) -> bool:
    """Whether `text` can be an id. What cannot be one must not reach the database, which refuses NUL."""
    return _ID.fullmatch(text) is not None

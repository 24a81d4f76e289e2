"""Keeping API keys out of whatever is logged, raised, shown or stored."""

import json
import logging
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

PLACEHOLDER = "[API key]"
SHORTEST_KEY = 8
_IN_ADDRESS = re.compile(r"(apikey=)[^&\s\"']+", re.IGNORECASE)
_ECHOED = re.compile(r"(API key as )\S+", re.IGNORECASE)


def redacted(text: str, key: str = "") -> str:
    """Return `text` without `key`, and without what stands where the provider puts one."""
    for form in {key, quote(key, safe="")} - {""}:
        text = text.replace(form, PLACEHOLDER)
    text = _IN_ADDRESS.sub(rf"\1{PLACEHOLDER}", text)
    return _ECHOED.sub(rf"\1{PLACEHOLDER}", text)


def redacted_json(value: Mapping[str, Any], key: str) -> dict[str, Any]:
    """Return an object of plain JSON without `key` anywhere in it, names included.

    What is too short to be a key of the provider stays: replacing it would spoil the data.
    """
    text = json.dumps(value)
    if len(key) >= SHORTEST_KEY:
        text = text.replace(json.dumps(key)[1:-1], PLACEHOLDER)
    clean: dict[str, Any] = json.loads(text)
    return clean


class _AddressFilter(logging.Filter):
    """Redacts the addresses that urllib3 logs, which carry the key in their query."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Redact the message and its arguments; let the record pass."""
        record.msg = redacted(str(record.msg))
        if isinstance(record.args, tuple):
            record.args = tuple(_redacted_argument(argument) for argument in record.args)
        return True


def _redacted_argument(argument: Any) -> Any:
    """Return the argument as it is where it holds no key: numbers must stay numbers to be formatted."""
    text = str(argument)
    clean = redacted(text)
    return argument if clean == text else clean


def redact_http_logs() -> None:
    """Make the HTTP library's own log entries, at any level, free of keys. May be called repeatedly."""
    for name in ("urllib3.connectionpool", "urllib3.util.retry"):
        logger = logging.getLogger(name)
        if not any(isinstance(present, _AddressFilter) for present in logger.filters):
            logger.addFilter(_AddressFilter())

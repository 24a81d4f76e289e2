"""Keep API keys and the site's own secrets out of what is logged, raised, shown or stored."""

import json
import logging
import re
from collections.abc import Mapping
from functools import cache
from typing import Any
from urllib.parse import quote

from django.conf import settings

from core.permissions import TOKEN_PREFIX

KEY_PLACEHOLDER = "[API key]"
SECRET_PLACEHOLDER = "[secret]"  # noqa: S105 - what stands in place of one
SHORTEST_KEY = 8
SHORTEST_SECRET = 6
"""Characters; replacing something shorter everywhere would garble the text and protect nothing."""
_IN_URL = re.compile(r"(apikey=)[^&\s\"']+", re.IGNORECASE)
_SENT = re.compile(rf"(bearer\s+|basic\s+)\S+|{TOKEN_PREFIX}[\w-]{{8,}}", re.IGNORECASE)
_ECHOED = re.compile(r"(API key as )\S+", re.IGNORECASE)


def redact_key(text: str, key: str = "") -> str:
    """Return `text` without `key`, and without what stands where the provider puts one."""
    for form in {key, quote(key, safe="")} - {""}:
        text = text.replace(form, KEY_PLACEHOLDER)
    text = _IN_URL.sub(rf"\1{KEY_PLACEHOLDER}", text)
    return _ECHOED.sub(rf"\1{KEY_PLACEHOLDER}", text)


def redact_key_in_json(value: Mapping[str, Any], key: str) -> dict[str, Any]:
    """Return an object of plain JSON without `key` anywhere in it, names included.

    What is too short to be a key of the provider stays: replacing it would spoil the data.
    """
    text = json.dumps(value)
    if len(key) >= SHORTEST_KEY:
        text = text.replace(json.dumps(key)[1:-1], KEY_PLACEHOLDER)
    clean: dict[str, Any] = json.loads(text)
    return clean


class _UrlFilter(logging.Filter):
    """Redacts the URLs that urllib3 logs, which carry the key in their query."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Redact the message and its arguments; let the record pass."""
        record.msg = redact_key(str(record.msg))
        if isinstance(record.args, tuple):
            record.args = tuple(_without_keys(argument) for argument in record.args)
        return True


def _without_keys(argument: Any) -> Any:
    """Return the argument as it is where it holds no key: numbers must stay numbers to be formatted."""
    text = str(argument)
    clean = redact_key(text)
    return argument if clean == text else clean


def redact_http_logs() -> None:
    """Make the HTTP library's own log entries, at any level, free of keys. May be called repeatedly."""
    for name in ("urllib3.connectionpool", "urllib3.util.retry"):
        logger = logging.getLogger(name)
        if not any(isinstance(present, _UrlFilter) for present in logger.filters):
            logger.addFilter(_UrlFilter())


def redact_secrets(text: str) -> str:
    """Return `text` without the site's own secrets, API tokens and keys of the provider."""
    for secret in _secrets():
        text = text.replace(secret, SECRET_PLACEHOLDER)
    return redact_key(_SENT.sub(lambda found: f"{found[1] or ''}{SECRET_PLACEHOLDER}", text))


def redact_deep(value: Any) -> Any:
    """Return plain JSON data with every text in it, names of fields included, scrubbed."""
    if isinstance(value, str):
        return redact_secrets(value)
    if isinstance(value, dict):
        return {redact_deep(key): redact_deep(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [redact_deep(item) for item in value]
    return value


@cache
def _secrets() -> tuple[str, ...]:
    """Return the secrets of the settings, the longest first: one may be part of another."""
    known = {
        settings.SECRET_KEY,
        settings.ALPHA_VANTAGE_API_KEY,
        settings.TIINGO_API_KEY,
        settings.METRICS_TOKEN,
        settings.SENTRY_DSN,
        settings.DATABASES["default"].get("PASSWORD"),
    }
    worth_it = (text for text in known if text and len(text) >= SHORTEST_SECRET)
    return tuple(sorted(worth_it, key=len, reverse=True))

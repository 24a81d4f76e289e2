"""Keeping secrets out of logs and error reports."""

import re
from functools import cache
from typing import Any

from django.conf import settings

from ingestion.redaction import redacted
from jobs.rights import TOKEN_PREFIX

PLACEHOLDER = "[secret]"
SHORTEST_SECRET = 6
"""Characters; replacing something shorter everywhere would garble the text and protect nothing."""

_SENT = re.compile(rf"(bearer\s+|basic\s+)\S+|{TOKEN_PREFIX}[\w-]{{8,}}", re.IGNORECASE)


def scrubbed(text: str) -> str:
    """Return `text` without the site's own secrets, API tokens and keys of the provider."""
    for secret in _secrets():
        text = text.replace(secret, PLACEHOLDER)
    return redacted(_SENT.sub(lambda found: f"{found[1] or ''}{PLACEHOLDER}", text))


def scrubbed_deeply(value: Any) -> Any:
    """Return plain JSON data with every text in it, names of fields included, scrubbed."""
    if isinstance(value, str):
        return scrubbed(value)
    if isinstance(value, dict):
        return {scrubbed_deeply(key): scrubbed_deeply(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [scrubbed_deeply(item) for item in value]
    return value


@cache
def _secrets() -> tuple[str, ...]:
    """Return the secrets of the settings, the longest first: one may be part of another."""
    known = {
        settings.SECRET_KEY,
        settings.ALPHA_VANTAGE_API_KEY,
        settings.METRICS_TOKEN,
        settings.SENTRY_DSN,
        settings.DATABASES["default"].get("PASSWORD"),
    }
    worth_it = (text for text in known if text and len(text) >= SHORTEST_SECRET)
    return tuple(sorted(worth_it, key=len, reverse=True))

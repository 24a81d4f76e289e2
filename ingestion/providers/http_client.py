"""One HTTP request whose address holds a secret: bounded in time and size, and silent about the address."""

import json
import math
import re
import time
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import requests
from django.utils import timezone
from urllib3.exceptions import ReadTimeoutError

from core.errors import HindcastError
from core.redaction import redact_http_logs, redact_key
from ingestion.errors import BrokenAnswer, ProviderUnreachable, RateLimited, UnexpectedAnswer

LARGEST_ANSWER = 8 * 1024 * 1024
"""Bytes. A full daily history since 1999 has about one million."""

LONGEST_ANSWER = 90.0
"""Seconds for a whole answer, however steadily its bytes drip in."""

DEEPEST_ANSWER = 20
"""Levels of nesting; a history has three."""

_HALF_A_CHARACTER = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, kw_only=True)
class Transport:
    """Sends requests to the API at `base_url`.

    timeout: seconds of silence, in connecting and in reading. setting: the one that `base_url` is from.
    in_header: whether the key goes into the header Authorization, and not into the query.
    refusals: the error to raise for an HTTP status that the API has a meaning for.
    """

    base_url: str
    timeout: float
    key: str = field(repr=False)
    setting: str = "ALPHA_VANTAGE_BASE_URL"
    in_header: bool = False
    refusals: Mapping[int, HindcastError] = field(default_factory=dict)

    def get(self, parameters: Mapping[str, str]) -> Mapping[str, Any]:
        """Return the JSON object that the API sends; the key is added to the parameters."""
        found = self.get_json(parameters)
        if isinstance(found, dict):
            return found
        raise self._broken(b"[]")

    def get_json(self, parameters: Mapping[str, str], *, path: str = "") -> object:
        """Return the JSON that the API sends from a path below its URL.

        Raises the `refusals`, ProviderUnreachable, RateLimited, BrokenAnswer or UnexpectedAnswer. The HTTP
        library's exceptions carry the address, and with it the key: they end here, and the error raised
        instead is made outside the `except` blocks, so that it does not carry them as its context.
        """
        redact_http_logs()
        failure: HindcastError
        try:
            body = self._body(parameters, path)
            found = _decoded(body, self.key)
            if found is not None:
                return found
            failure = self._broken(body)
        except requests.Timeout:
            failure = _too_slow(self.timeout)
        except requests.ConnectionError as error:
            # A silence in the middle of a body comes in this form.
            stalled = bool(error.args) and isinstance(error.args[0], ReadTimeoutError)
            failure = _too_slow(self.timeout) if stalled else self._no_connection()
        except requests.RequestException:
            failure = BrokenAnswer(
                "The answer of the market data provider could not be read. Try again later; if it stays so, "
                f"check {self.setting}."
            )
        raise failure

    def _broken(self, body: bytes) -> BrokenAnswer:
        form = "a web page" if body.lstrip()[:1] == b"<" else "something"
        return BrokenAnswer(
            f"The market data provider answered with {form} instead of complete JSON data. Try again later; "
            f"if "
            f"it stays so, check {self.setting}."
        )

    def _no_connection(self) -> ProviderUnreachable:
        return ProviderUnreachable(
            "The market data provider could not be reached. Check this machine's connection and "
            f"{self.setting}, then try again."
        )

    def _body(self, parameters: Mapping[str, str], path: str) -> bytes:
        secret = {} if self.in_header else {"apikey": self.key}
        with requests.get(
            self.base_url + path,
            params={**parameters, **secret},
            headers={"Authorization": f"Token {self.key}"} if self.in_header else {},
            timeout=self.timeout,
            allow_redirects=False,
            stream=True,
        ) as response:
            if refusal := self.refusals.get(response.status_code):
                raise refusal
            _require_ok(response, self.setting)
            return _bounded(response, self.setting)


def _require_ok(response: requests.Response, setting: str) -> None:
    status = response.status_code
    if response.is_redirect:
        raise UnexpectedAnswer(
            "The market data address answered with a redirect. Hindcast does not follow it, because that "
            f"would carry the API key elsewhere. Check {setting}."
        )
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        raise RateLimited(
            "The market data provider says that requests come too fast. Try again later.",
            until=timezone.now(),
        )
    if status != HTTPStatus.OK:
        error = BrokenAnswer if status >= HTTPStatus.INTERNAL_SERVER_ERROR else UnexpectedAnswer
        raise error(f"The market data provider answered with the HTTP status {status}. Try again later.")


def _bounded(response: requests.Response, setting: str) -> bytes:
    """Return the body, read no further than is sensible."""
    deadline = time.monotonic() + LONGEST_ANSWER
    body = bytearray()
    for chunk in response.iter_content(chunk_size=65_536):
        body += chunk
        if len(body) > LARGEST_ANSWER:
            raise UnexpectedAnswer(
                f"The market data provider's answer is longer than {LARGEST_ANSWER // 2**20} MiB, which no "
                f"daily history is. Check {setting}."
            )
        if time.monotonic() > deadline:
            raise _too_slow(LONGEST_ANSWER)
    return bytes(body)


def _decoded(body: bytes, key: str) -> dict[str, Any] | list[Any] | None:
    """Return the JSON in the body, None where there is none; raises UnexpectedAnswer for no data."""
    repeated: list[str] = []

    def distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            repeated.extend(name for name, count in Counter(name for name, _ in pairs).items() if count > 1)
        return found

    answer: object = None
    # The decoder's exception holds the body, which may echo the key, so nothing is raised inside it.
    with suppress(ValueError, RecursionError):
        answer = json.loads(body, object_pairs_hook=distinct)
    if repeated:
        raise UnexpectedAnswer(
            "The market data provider's response has two entries for "
            f"“{redact_key(repeated[0], key)[:20]}”, so that it cannot be told "
            "which is right. Nothing was stored."
        )
    if isinstance(answer, dict | list):
        if not _can_be_kept(answer, DEEPEST_ANSWER):
            raise UnexpectedAnswer(
                "The market data provider's answer has characters, numbers or a nesting that no data of "
                "bars has. Nothing was stored."
            )
        return answer
    return None


def _can_be_kept(value: object, levels: int) -> bool:
    """Whether PostgreSQL takes the value as JSON: no NUL, no half of a surrogate pair, nothing infinite."""
    if isinstance(value, str):
        return "\0" not in value and (value.isascii() or not _HALF_A_CHARACTER.search(value))
    if isinstance(value, dict):
        return _can_be_kept([*value, *value.values()], levels)
    if isinstance(value, list):
        return levels > 0 and all(_can_be_kept(inner, levels - 1) for inner in value)
    return not isinstance(value, float) or math.isfinite(value)


def _too_slow(seconds: float) -> ProviderUnreachable:
    return ProviderUnreachable(
        f"The market data provider did not answer within {seconds:g} seconds. Try again later; what is "
        "stored stays usable."
    )

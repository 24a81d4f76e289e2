"""Request daily bars, splits and dividends of a symbol from Tiingo: its whole history in one request.

What this rests on: `GET /tiingo/daily/<symbol>/prices` sends raw prices with `divCash` and `splitFactor` a
day; faults have HTTP statuses with JSON in `detail`. A free key allows 50 requests an hour and 1,000 a day.
"""

import random
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, Self

from django.conf import settings
from django.utils import timezone

from core.errors import HindcastError
from core.redaction import redact_key
from ingestion.errors import (
    ApiKeyMissing,
    ApiKeyRefused,
    BrokenAnswer,
    ProviderUnreachable,
    RateLimited,
    UnexpectedAnswer,
    UnknownSymbol,
)
from ingestion.models import ActionKind
from ingestion.providers.http_client import Transport
from ingestion.providers.public_address import reject_private_address
from ingestion.providers.quota import RequestLimiter, RequestPlan, key_hash
from ingestion.store.batch import Action
from ingestion.store.validation import BarText

EARLIEST = date(1900, 1, 1)
QUOTED = 200
"""Characters of the provider's own words that a message repeats."""

_ROW = ("open", "high", "low", "close", "volume")
_TEN_DECIMALS = Decimal("1e-10")


@dataclass(frozen=True, kw_only=True)
class TiingoHistory:
    """Rows as received, oldest first, the splits and dividends among them, and when they came."""

    rows: list[BarText]
    actions: list[Action]
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Tiingo:
    """A client for one API key."""

    key: str = field(repr=False)
    base_url: str

    @classmethod
    def from_settings(cls) -> Self:
        """Return a client with the configured key; raises ApiKeyMissing or AddressRefused."""
        if not settings.TIINGO_API_KEY:
            raise ApiKeyMissing(
                "Fetching prices from Tiingo needs an API key. Get a free one from its site, set "
                "TIINGO_API_KEY in "
                "the environment or in the .env file, and start Hindcast again."
            )
        if not settings.ALPHA_VANTAGE_ALLOW_PRIVATE:
            reject_private_address(settings.TIINGO_BASE_URL, setting="TIINGO_BASE_URL")
        return cls(key=settings.TIINGO_API_KEY, base_url=settings.TIINGO_BASE_URL.rstrip("/"))

    @property
    def limiter(self) -> RequestLimiter:
        """Return what keeps this key's requests within its plan."""
        return RequestLimiter(key_hash(self.key), plan())

    def history(self, symbol: str, *, since: date | None = None) -> TiingoHistory:
        """Return the bars and actions of `symbol` from `since` on; None: all that there are.

        Raises an error of `ingestion.errors` for every other response than rows of bars.
        """
        parameters = {"startDate": (since or EARLIEST).isoformat(), "format": "json"}
        path = f"/tiingo/daily/{symbol.replace('.', '-').lower()}/prices"
        at, found = self._request(symbol, path, parameters)
        if isinstance(found, dict):
            raise self._refused(
                symbol, str(found.get("detail") or found.get("message") or "") or ", ".join(found)
            )
        if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
            raise _unreadable(symbol)
        if not found:
            raise UnexpectedAnswer(
                f"Tiingo has no daily bars of {symbol} since {since or EARLIEST}. Nothing was stored."
            )
        return TiingoHistory(rows=[_bar_text(row) for row in found], actions=_actions(found, symbol), at=at)

    def _request(self, symbol: str, path: str, parameters: Mapping[str, str]) -> tuple[datetime, object]:
        """Send the request, again after a pause where a fault may be gone by then."""
        tries: int = settings.ALPHA_VANTAGE_TRIES
        for attempt in range(1, tries + 1):
            is_probe = self.limiter.wait_for_turn()
            at = timezone.now()
            try:
                found = self._transport(symbol).get_json(parameters, path=path)
            except RateLimited as error:
                error.until = self.limiter.slow_down(_until_next_hour(at))
                raise
            except (ProviderUnreachable, BrokenAnswer):
                if attempt == tries:
                    raise
                time.sleep(_pause_after(attempt))
            else:
                if is_probe:
                    self.limiter.note_available()
                return at, found
        raise AssertionError("unreachable: the last try returns or raises")

    def _transport(self, symbol: str) -> Transport:
        return Transport(
            base_url=self.base_url.removesuffix("/tiingo/daily"),
            timeout=settings.ALPHA_VANTAGE_TIMEOUT,
            key=self.key,
            setting="TIINGO_BASE_URL",
            in_header=True,
            refusals=_refusals(symbol),
        )

    def _refused(self, symbol: str, words: str) -> HindcastError:
        """Return the error for words in place of rows."""
        lowered = words.lower()
        if "not found" in lowered:
            return _refusals(symbol)[404]
        if "token" in lowered or "auth" in lowered:
            return _refusals(symbol)[401]
        if "allocation" in lowered or "limit" in lowered:
            return RateLimited(_TOO_MANY, until=self.limiter.slow_down(_until_next_hour(timezone.now())))
        said = redact_key(words, self.key)[:QUOTED]
        return UnexpectedAnswer(
            f"Tiingo did not send data of {symbol} but said: “{said}”. Nothing was stored."
        )


_TOO_MANY = (
    "Tiingo says that this key's requests of the hour or the day are used up. Hindcast goes on when the "
    "next hour "
    "begins; what is stored stays usable."
)


def plan() -> RequestPlan:
    """Return what a key may request."""
    return RequestPlan(
        requests_per_day=settings.TIINGO_REQUESTS_PER_DAY,
        seconds_between=settings.TIINGO_SECONDS_BETWEEN_REQUESTS,
        setting="TIINGO_REQUESTS_PER_DAY",
    )


def _refusals(symbol: str) -> Mapping[int, HindcastError]:
    """Return what Tiingo means by its HTTP statuses."""
    bad_key = ApiKeyRefused("Tiingo does not accept this API key. Check TIINGO_API_KEY for missing letters.")
    return {
        401: bad_key,
        403: bad_key,
        404: UnknownSymbol(
            f"Tiingo knows no symbol {symbol}. Check the spelling; it has shares and funds of the United "
            f"States and "
            "some of China.",
            field="symbol",
        ),
        429: RateLimited(_TOO_MANY, until=timezone.now()),
    }


def _until_next_hour(now: datetime) -> timedelta:
    next_hour = now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return next_hour - now


def _pause_after(attempt: int) -> float:
    """Return seconds that double with each attempt, and vary so that workers do not ask in step."""
    longest: float = settings.ALPHA_VANTAGE_RETRY_SECONDS * 2 ** (attempt - 1)
    return longest * random.uniform(0.5, 1)  # noqa: S311 - no secret


def _bar_text(row: Mapping[str, Any]) -> BarText:
    """Return a row as text; what is missing becomes empty, which validation sets aside by its date."""
    day = str(row.get("date", ""))[:10]
    values = {name: "" if row.get(name) is None else str(row[name]) for name in _ROW}
    return BarText(place=day, date=day, **values)


def _actions(rows: list[dict[str, Any]], symbol: str) -> list[Action]:
    """Return the splits and dividends of the rows, oldest first."""
    found = []
    try:
        for row in rows:
            day = date.fromisoformat(str(row["date"])[:10])
            ratio, dividend = Decimal(str(row.get("splitFactor") or 1)), Decimal(str(row.get("divCash") or 0))
            if ratio != 1 and ratio > 0:
                found.append(Action(date=day, kind=ActionKind.SPLIT, value=ratio.quantize(_TEN_DECIMALS)))
            if dividend > 0:
                found.append(
                    Action(date=day, kind=ActionKind.DIVIDEND, value=dividend.quantize(_TEN_DECIMALS))
                )
    except (KeyError, ValueError, InvalidOperation):
        raise _unreadable(symbol) from None
    return sorted(found, key=lambda action: (action.date, action.kind))


def _unreadable(symbol: str) -> UnexpectedAnswer:
    return UnexpectedAnswer(
        f"Tiingo sent daily bars of {symbol} in a form that Hindcast does not know. Nothing was stored."
    )

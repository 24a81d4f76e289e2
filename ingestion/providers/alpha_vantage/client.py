"""Alpha Vantage's API: daily bars, splits and dividends, asked for within its limits.

What this rests on: every error comes with HTTP 200; there is no date range, only the latest 100 bars
(`compact`) or all of them (`full`, for paying keys); bars are raw as traded, so splits must be asked for.
"""

import random
import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, Literal, Self

from django.conf import settings
from django.utils import timezone

from core.errors import HindcastError
from core.redaction import redact_key, redact_key_in_json
from ingestion.errors import (
    ApiKeyMissing,
    BrokenAnswer,
    ProviderUnreachable,
    RateLimited,
    UnexpectedAnswer,
)
from ingestion.models import ActionKind
from ingestion.providers.alpha_vantage.refusals import ErrorKind, classify, refusal_text, to_exception
from ingestion.providers.http_client import Transport
from ingestion.providers.public_address import reject_private_address
from ingestion.providers.quota import RequestLimiter, key_hash
from ingestion.providers.response_cache import CachedResponse, forget_answers, keep_answer, kept_answer
from ingestion.store.batch import Action
from ingestion.store.validation import BarText

OutputSize = Literal["compact", "full"]

COMPACT_BARS = 100
"""Bars in a compact answer: the latest ones."""

QUOTED = 200
"""Characters of the provider's own words that a message repeats."""

_TEN_DECIMALS = Decimal("1e-10")

_BARS, _SPLITS, _DIVIDENDS, _SEARCH = "TIME_SERIES_DAILY", "SPLITS", "DIVIDENDS", "SYMBOL_SEARCH"
_SERIES = "Time Series (Daily)"
_SUBJECT = {_SEARCH: "keywords"}
"""The name of the parameter that says what is asked for, where it is no symbol."""
_TELLS_NOTHING_OF_THE_DAY = {ErrorKind.TOO_FAST, ErrorKind.DAILY_QUOTA, ErrorKind.UNKNOWN}


@dataclass(frozen=True, kw_only=True)
class DailyBarsResponse:
    """Daily bars as received, newest first, and when they came."""

    rows: list[BarText]
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Match:
    """A share that the provider found."""

    symbol: str
    name: str
    region: str
    currency: str


@dataclass(frozen=True, kw_only=True)
class AlphaVantage:
    """A client for one API key."""

    transport: Transport
    key: str = field(repr=False)

    @classmethod
    def from_settings(cls) -> Self:
        """Return a client with the configured key; raises ApiKeyMissing or AddressRefused."""
        key = settings.ALPHA_VANTAGE_API_KEY
        if not key:
            raise ApiKeyMissing(
                "Fetching prices needs an API key of Alpha Vantage. Get a free one from its site, set "
                "ALPHA_VANTAGE_API_KEY in the environment or in the .env file, and start Hindcast again."
            )
        if not settings.ALPHA_VANTAGE_ALLOW_PRIVATE:
            reject_private_address(settings.ALPHA_VANTAGE_BASE_URL)
        return cls(
            key=key,
            transport=Transport(
                base_url=settings.ALPHA_VANTAGE_BASE_URL, timeout=settings.ALPHA_VANTAGE_TIMEOUT, key=key
            ),
        )

    @property
    def limiter(self) -> RequestLimiter:
        """Return what keeps this key's requests within its plan."""
        return RequestLimiter(key_hash(self.key))

    def daily_bars(
        self, symbol: str, *, outputsize: OutputSize, since: datetime | None = None
    ) -> DailyBarsResponse:
        """Return the bars as received, newest first: the latest 100, or all there are.

        since: an answer kept from then on is as good as a new one; None: it must be new.
        Raises FullHistoryRefused when the key's plan has no full history, and another of
        `ingestion.errors` for every other answer than bars of exactly this symbol.
        """
        kept_as = f"{_BARS} {outputsize}"
        received = kept_answer(kept_as, symbol, since=since) or self._ask(
            _BARS, symbol, wanted=_SERIES, outputsize=outputsize
        )
        series = received.body[_SERIES]
        if not isinstance(series, dict):
            raise _unreadable("daily bars", symbol)
        if not series:
            raise UnexpectedAnswer(
                f"Alpha Vantage has no daily bars of {symbol}: it may not be traded yet, or no longer. "
                f"Nothing was "
                "stored."
            )
        metadata = received.body.get("Meta Data")
        self._require_symbol(metadata.get("2. Symbol") if isinstance(metadata, dict) else None, symbol)
        rows = [_bar_text(day, row if isinstance(row, dict) else {}) for day, row in series.items()]
        keep_answer(kept_as, symbol, received)
        return DailyBarsResponse(rows=rows, at=received.at)

    def splits(self, symbol: str, *, since: datetime | None = None) -> list[Action]:
        """Return all splits, oldest first; `since` and the errors are those of `daily_bars`."""
        rows = self._rows(_SPLITS, symbol, since)
        try:
            ratios = {_day(row["effective_date"]): _positive(row["split_factor"]) for row in rows}
        except (KeyError, TypeError, ValueError, InvalidOperation):
            raise _unreadable("splits", symbol) from None
        return [Action(date=day, kind=ActionKind.SPLIT, value=ratios[day]) for day in sorted(ratios)]

    def dividends(self, symbol: str, *, since: datetime | None = None) -> list[Action]:
        """Return all cash dividends by ex-date, oldest first; those of one day are summed.

        Rows without an ex-date or an amount, or with one of zero, adjust nothing and are left out. Amounts
        are taken as declared on the ex-date: the documentation does not say whether the provider restates
        them after a later split.
        """
        rows = self._rows(_DIVIDENDS, symbol, since)
        amounts: defaultdict[date, Decimal] = defaultdict(Decimal)
        try:
            for row in rows:
                if _is_missing(row.get("ex_dividend_date")) or _is_missing(row.get("amount")):
                    continue  # announced, but without a day or an amount so far
                if Decimal(row["amount"]):
                    amounts[_day(row["ex_dividend_date"])] += _positive(row["amount"])
        except (AttributeError, KeyError, TypeError, ValueError, InvalidOperation):
            raise _unreadable("dividends", symbol) from None
        return [Action(date=day, kind=ActionKind.DIVIDEND, value=amounts[day]) for day in sorted(amounts)]

    def search(self, words: str, *, since: datetime | None = None) -> list[Match]:
        """Return the provider's best matches for a name or the beginning of a symbol, best first."""
        received = kept_answer(_SEARCH, words, since=since) or self._ask(_SEARCH, words, wanted="bestMatches")
        try:
            matches = [_match(row) for row in received.body["bestMatches"]]
        except (KeyError, TypeError):
            raise _unreadable("matches", words) from None
        keep_answer(_SEARCH, words, received)
        return matches

    def forget(self, symbol: str) -> None:
        """Drop the answers kept about `symbol`, once what they say is stored."""
        forget_answers(symbol, f"{_BARS} full", f"{_BARS} compact", _SPLITS, _DIVIDENDS)

    def _rows(self, function: str, symbol: str, since: datetime | None) -> list[Any]:
        received = kept_answer(function, symbol, since=since) or self._ask(function, symbol, wanted="data")
        self._require_symbol(received.body.get("symbol"), symbol)
        rows = received.body["data"]
        if not isinstance(rows, list):
            raise _unreadable(function.lower(), symbol)
        keep_answer(function, symbol, received)
        return rows

    def _ask(self, function: str, subject: str, *, wanted: str, **parameters: str) -> CachedResponse:
        """Return the answer that has the field `wanted`; raises the error that any other one means.

        Told that requests came too fast, or after a fault that may be gone, it pauses and asks again.
        """
        asked_for = {"function": function, _SUBJECT.get(function, "symbol"): subject, **parameters}
        tries: int = settings.ALPHA_VANTAGE_TRIES
        for attempt in range(1, tries + 1):
            try:
                return self._answer(asked_for, wanted=wanted, subject=subject)
            except (RateLimited, ProviderUnreachable, BrokenAnswer) as error:
                if attempt == tries:
                    raise
                if not isinstance(error, RateLimited):  # the limiter makes those wait
                    time.sleep(_pause_after(attempt))
        raise AssertionError("unreachable: the last try returns or raises")

    def _answer(self, asked_for: Mapping[str, str], *, wanted: str, subject: str) -> CachedResponse:
        """Send one request and return its answer; raises the error that an answer without data means."""
        is_probe = self.limiter.wait_for_turn()
        at = timezone.now()
        refusal = None
        try:
            body = self.transport.get(asked_for)
        except RateLimited as error:
            error.until = self._slow_down()
            raise
        if wanted not in body:
            refusal = classify(refusal_text(body))
        if is_probe and refusal not in _TELLS_NOTHING_OF_THE_DAY:
            self.limiter.note_available()
        if refusal is not None:
            raise self._refused(refusal, body, subject)
        return CachedResponse(body=redact_key_in_json(body, self.key), at=at)

    def _refused(self, refusal: ErrorKind, body: Mapping[str, Any], subject: str) -> HindcastError:
        """Return the error for an answer without data, and remember what it says about the key."""
        until = timezone.now()
        if refusal == ErrorKind.TOO_FAST:
            until = self._slow_down()
        elif refusal == ErrorKind.DAILY_QUOTA:
            until = self.limiter.note_exhausted()
        elif refusal == ErrorKind.FULL_HISTORY_IS_PREMIUM:
            self.limiter.note_full_history(allowed=False)
        words = refusal_text(body) or f"an answer with the fields {', '.join(body) or '(none)'}"
        return to_exception(refusal, symbol=subject, words=redact_key(words, self.key)[:QUOTED], until=until)

    def _slow_down(self) -> datetime:
        return self.limiter.slow_down(timedelta(seconds=settings.ALPHA_VANTAGE_BURST_SECONDS))

    def _require_symbol(self, answered: object, symbol: str) -> None:
        if not isinstance(answered, str) or not _is_same(answered.upper(), symbol):
            other = redact_key(str(answered), self.key)[:20]
            raise UnexpectedAnswer(
                f"Alpha Vantage answered with data of “{other}” when asked for {symbol}. Nothing was stored."
            )


def _is_same(answered: str, symbol: str) -> bool:
    """Whether two spellings mean one share: BRK.B and BRK-B are the same class."""
    return answered.replace("-", ".") == symbol.replace("-", ".")


def _is_missing(value: object) -> bool:
    """Whether a cell holds no value, in one of the ways in which the provider says so."""
    return value is None or str(value).strip().lower() in {"", "none", "null", "-"}


def _bar_text(day: str, row: Mapping[str, Any]) -> BarText:
    """Return a row as text; what is missing becomes empty, which validation rejects by its date."""
    return BarText(
        place=day[:20],
        date=day,
        open=str(row.get("1. open", "")),
        high=str(row.get("2. high", "")),
        low=str(row.get("3. low", "")),
        close=str(row.get("4. close", "")),
        volume=str(row.get("5. volume", "")),
    )


def _match(row: Mapping[str, Any]) -> Match:
    return Match(
        symbol=str(row["1. symbol"])[:40],
        name=str(row["2. name"])[:200],
        region=str(row.get("4. region", ""))[:40],
        currency=str(row.get("8. currency", ""))[:10],
    )


def _pause_after(attempt: int) -> float:
    """Return seconds that double with each attempt, and vary so that workers do not ask in step."""
    longest: float = settings.ALPHA_VANTAGE_RETRY_SECONDS * 2 ** (attempt - 1)
    return longest * random.uniform(0.5, 1)  # noqa: S311 - no secret


def _day(text: object) -> date:
    return date.fromisoformat(str(text))


def _positive(text: object) -> Decimal:
    """Return the number with the decimals that are stored; raises ValueError unless it is positive."""
    value = Decimal(str(text))
    if not value.is_finite() or abs(value) >= 10**9 or value.quantize(_TEN_DECIMALS) <= 0:
        raise ValueError(text)
    return value.quantize(_TEN_DECIMALS)


def _unreadable(what: str, symbol: str) -> UnexpectedAnswer:
    return UnexpectedAnswer(
        f"Alpha Vantage sent {what} of {symbol} in a form that Hindcast does not know. Nothing was stored."
    )

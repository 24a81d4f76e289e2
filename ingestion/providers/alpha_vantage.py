"""Alpha Vantage's API: daily bars, splits and dividends, asked for within its limits.

What this rests on: every error comes with HTTP 200; there is no date range, only the latest 100 bars
(`compact`) or all of them (`full`, for paying keys); bars are raw as traded, so splits must be asked for.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, Literal, Self

from django.conf import settings

from ingestion.errors import ApiKeyMissing, UnexpectedAnswer
from ingestion.limits import RequestLimiter, key_hash
from ingestion.models import ActionKind
from ingestion.providers.classification import Refusal, classify, error_of, refusal_text
from ingestion.providers.transport import Transport
from ingestion.redaction import redacted
from ingestion.storing import Action
from ingestion.validation import BarText
from jobs.errors import HindcastError

OutputSize = Literal["compact", "full"]

COMPACT_BARS = 100
"""Bars in a compact answer: the latest ones."""

COOL_DOWN = timedelta(seconds=5)
"""Pause after the provider says that requests came too fast."""

TRIES = 3
"""Requests for one answer when the provider says that they came too fast."""

QUOTED = 200
"""Characters of the provider's own words that a message repeats."""

_TEN_DECIMALS = Decimal("1e-10")


@dataclass(frozen=True, kw_only=True)
class AlphaVantage:
    """A client for one API key."""

    transport: Transport
    key: str = field(repr=False)

    @classmethod
    def from_settings(cls) -> Self:
        """Return a client with the configured key; raises ApiKeyMissing."""
        key = settings.ALPHA_VANTAGE_API_KEY
        if not key:
            raise ApiKeyMissing(
                "Fetching prices needs an API key of Alpha Vantage. Get a free one from its site, set "
                "ALPHA_VANTAGE_API_KEY in the environment or in the .env file, and start Hindcast again."
            )
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

    def daily_bars(self, symbol: str, *, outputsize: OutputSize) -> list[BarText]:
        """Return the bars as received, newest first: the latest 100, or all there are.

        Raises FullHistoryRefused when the key's plan has no full history, and another of
        `ingestion.errors` for every other answer than bars of exactly this symbol.
        """
        series_name = "Time Series (Daily)"
        answer = self._ask("TIME_SERIES_DAILY", symbol, wanted=series_name, outputsize=outputsize)
        series = answer[series_name]
        if not isinstance(series, dict) or not series:
            raise _unreadable("daily bars", symbol)
        metadata = answer.get("Meta Data")
        self._require_symbol(metadata.get("2. Symbol") if isinstance(metadata, dict) else None, symbol)
        return [_bar_text(day, row if isinstance(row, dict) else {}) for day, row in series.items()]

    def splits(self, symbol: str) -> list[Action]:
        """Return all splits, oldest first; the errors are those of `daily_bars`."""
        rows = self._rows("SPLITS", symbol)
        try:
            ratios = {_day(row["effective_date"]): _positive(row["split_factor"]) for row in rows}
        except (KeyError, TypeError, ValueError, InvalidOperation):
            raise _unreadable("splits", symbol) from None
        return [Action(date=day, kind=ActionKind.SPLIT, value=ratios[day]) for day in sorted(ratios)]

    def dividends(self, symbol: str) -> list[Action]:
        """Return all cash dividends by ex-date, oldest first; those of one day are summed.

        Rows without an ex-date or with an amount of zero adjust nothing and are left out. Amounts are
        taken as declared on the ex-date: the documentation does not say whether the provider restates
        them after a later split.
        """
        rows = self._rows("DIVIDENDS", symbol)
        amounts: defaultdict[date, Decimal] = defaultdict(Decimal)
        try:
            for row in rows:
                if row["ex_dividend_date"] != "None" and Decimal(row["amount"]):
                    amounts[_day(row["ex_dividend_date"])] += _positive(row["amount"])
        except (KeyError, TypeError, ValueError, InvalidOperation):
            raise _unreadable("dividends", symbol) from None
        return [Action(date=day, kind=ActionKind.DIVIDEND, value=amounts[day]) for day in sorted(amounts)]

    def _rows(self, function: str, symbol: str) -> list[Any]:
        answer = self._ask(function, symbol, wanted="data")
        self._require_symbol(answer.get("symbol"), symbol)
        rows = answer["data"]
        if not isinstance(rows, list):
            raise _unreadable(function.lower(), symbol)
        return rows

    def _ask(self, function: str, symbol: str, *, wanted: str, **parameters: str) -> Mapping[str, Any]:
        """Return the answer that has the field `wanted`; raises the error that any other one means.

        Told that requests came too fast, it pauses and asks again.
        """
        for attempt in range(1, TRIES + 1):
            self.limiter.wait_for_turn()
            answer = self.transport.get({"function": function, "symbol": symbol, **parameters})
            if wanted in answer:
                return answer
            error = self._refused(answer, symbol)
            if classify(refusal_text(answer)) != Refusal.TOO_FAST or attempt == TRIES:
                break
        raise error

    def _refused(self, answer: Mapping[str, Any], symbol: str) -> HindcastError:
        """Return the error for an answer without data, and remember what it says about the key."""
        text = refusal_text(answer)
        refusal = classify(text)
        if refusal == Refusal.TOO_FAST:
            self.limiter.slow_down(COOL_DOWN)
        elif refusal == Refusal.DAILY_QUOTA:
            self.limiter.note_exhausted()
        elif refusal == Refusal.FULL_HISTORY_IS_PREMIUM:
            self.limiter.note_full_history(allowed=False)
        words = text or f"an answer with the fields {', '.join(answer) or '(none)'}"
        return error_of(refusal, symbol=symbol, words=redacted(words, self.key)[:QUOTED])

    def _require_symbol(self, answered: object, symbol: str) -> None:
        if not isinstance(answered, str) or answered.upper() != symbol:
            other = redacted(str(answered), self.key)[:20]
            raise UnexpectedAnswer(
                f"Alpha Vantage answered with data of “{other}” when asked for {symbol}. Nothing was stored."
            )


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

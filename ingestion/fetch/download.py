"""Decide which requests a fetch needs, and reuse cached responses.

Every answer is kept until all of them are stored: where the day's requests run out between two, the next try
goes on with what the first has received.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from django.conf import settings
from django.db.models import Max
from django.utils import timezone

from ingestion.errors import BrokenAnswer, PremiumOnly, UnexpectedAnswer
from ingestion.exchange_calendar import last_closed_session, session_close, sessions_between
from ingestion.listings import UNITED_STATES, listing_of
from ingestion.models import PROVIDERS, Instrument, Source
from ingestion.providers.alpha_vantage.client import COMPACT_BARS, AlphaVantage, DailyBarsResponse, OutputSize
from ingestion.store.batch import Action
from ingestion.store.validation import Bar, BarText, Quarantined, split_off_session, validated_apart
from jobs.registry import Progress

CONTINUED = (*PROVIDERS, Source.FILE)
"""The sources whose bars a fetch adds to; the sample gives way to it."""

SUSPICIOUS_STEP = 0.2
"""A fall or rise between two raw closes, as a fraction, that may be a split nobody knows of yet."""


@dataclass(frozen=True, kw_only=True)
class FetchedData:
    """What the provider sent of one symbol.

    bars: validated, oldest first, at least one.
    set_aside: rows that are no bars, and bars on no session.
    actions: all splits and dividends; None where those that are stored are new enough.
    new_actions: of a part of the history, to be added to those that are stored; None: not asked for.
    at: when the bars came.
    is_full: whether these are all bars that the provider has.
    """

    symbol: str
    source: Source
    exchange: str
    bars: list[Bar]
    set_aside: list[Quarantined]
    actions: list[Action] | None
    at: datetime
    is_full: bool
    new_actions: list[Action] | None = None


def usable_bars(
    symbol: str, rows: Iterable[BarText], exchange: str, at: datetime
) -> tuple[list[Bar], list[Quarantined]]:
    """Return the bars among a provider's rows, and the rows that are kept out of the prices.

    One bad row costs that row. Raises UnexpectedAnswer where none is left.
    """
    good, bad = validated_apart(rows)
    bars, off_session = split_off_session(good, exchange, at)
    set_aside = [*bad, *off_session]
    if not bars:
        why = f": {set_aside[0].reason}" if set_aside else ""
        raise UnexpectedAnswer(
            f"None of the rows of {symbol} that the provider sent is a bar of a session{why}. Nothing was "
            f"stored. "
            "Check the instrument's exchange in the administration."
        )
    return bars, set_aside


@dataclass(frozen=True, kw_only=True)
class Fetcher:
    """Asks one client for one symbol; `instrument` is what is stored of it and is continued, if anything."""

    symbol: str
    provider: AlphaVantage
    instrument: Instrument | None
    progress: Progress

    @classmethod
    def of(cls, symbol: str, provider: AlphaVantage, progress: Progress) -> "Fetcher":
        """Return a receiver that continues what is stored."""
        instrument = Instrument.objects.filter(symbol=symbol, source__in=CONTINUED).first()
        return cls(symbol=symbol, provider=provider, instrument=instrument, progress=progress)

    @property
    def exchange(self) -> str:
        """The code that is stored, which a person may have corrected; else by the symbol's suffix."""
        return (
            self.instrument.exchange
            if self.instrument
            else (listing_of(self.symbol) or UNITED_STATES).exchange
        )

    def receive(self) -> FetchedData:
        """Ask for bars and, where they are due, splits and dividends; raises `ingestion.errors`."""
        self.progress(0.05, f"Requesting daily bars of {self.symbol}")
        received, is_full = self._bars()
        self.progress(0.4, f"Validating {len(received.rows):,} bars")
        bars, set_aside = usable_bars(self.symbol, received.rows, self.exchange, received.at)
        return FetchedData(
            symbol=self.symbol,
            source=Source.ALPHA_VANTAGE,
            exchange=self.exchange,
            bars=bars,
            set_aside=set_aside,
            actions=self._actions(bars, received.at),
            at=received.at,
            is_full=is_full,
        )

    def _bars(self) -> tuple[DailyBarsResponse, bool]:
        """Return the smallest answer that leaves no gap, as far as the plan goes, and whether it is all."""
        since = _latest_close(self.exchange)
        if self._outputsize() == "full":
            try:
                received = self.provider.daily_bars(self.symbol, outputsize="full", since=since)
            except (PremiumOnly, UnexpectedAnswer) as refusal:
                # Whatever the words of the refusal, the latest bars may be had all the same.
                if isinstance(refusal, BrokenAnswer):
                    raise
            else:
                self.provider.limiter.note_full_history(allowed=True)
                return received, True
        return self.provider.daily_bars(self.symbol, outputsize="compact", since=since), False

    def _outputsize(self) -> OutputSize:
        if self.provider.limiter.full_history() is False:
            return "compact"
        last = self.instrument.bars.aggregate(last=Max("date"))["last"] if self.instrument else None
        if self.instrument is None or last is None or self.instrument.full_history_at is None:
            return "full"
        since = len(sessions_between(self.exchange, last, timezone.now().date()))
        return "compact" if since < COMPACT_BARS else "full"

    def _actions(self, bars: Sequence[Bar], received_at: datetime) -> list[Action] | None:
        good_since = received_at - timedelta(days=settings.ALPHA_VANTAGE_ACTIONS_DAYS)
        asked = self.instrument.actions_fetched_at if self.instrument else None
        suspicious = self._has_suspicious_step(bars)
        if asked is not None and asked > good_since and not suspicious:
            return None
        since = received_at if suspicious else good_since
        self.progress(0.5, f"Requesting splits of {self.symbol}")
        splits = self.provider.splits(self.symbol, since=since)
        self.progress(0.7, f"Requesting dividends of {self.symbol}")
        return [*splits, *self.provider.dividends(self.symbol, since=since)]

    def _has_suspicious_step(self, bars: Sequence[Bar]) -> bool:
        """Return whether a new close differs from the one before it as after a split.

        A spin-off's small factor escapes this and is found when the actions are asked for again.
        """
        known = self.instrument.bars.aggregate(last=Max("date"))["last"] if self.instrument else None
        return any(
            abs(float(bar.close / before.close) - 1) > SUSPICIOUS_STEP
            for before, bar in pairwise(bars)
            if known is None or bar.date > known
        )


def _latest_close(exchange: str) -> datetime:
    """Return when the latest session closed: bars received since then are as new as can be."""
    now = timezone.now()
    return session_close(exchange, last_closed_session(exchange, now)) or now

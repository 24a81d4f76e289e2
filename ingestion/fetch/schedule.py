"""When a stored instrument is worth fetching again: after the first session that it has no final bar of."""

from datetime import date, datetime, timedelta

from django.conf import settings
from django.db.models import Max, Q
from django.utils import timezone

from core.errors import InvalidInput
from ingestion.exchange_calendar import last_closed_session, next_sessions, session_close, sessions_between
from ingestion.models import PROVIDERS, Instrument, Source
from ingestion.providers.alpha_vantage.client import COMPACT_BARS
from ingestion.providers.registry import has_any_key

SILENT_AFTER = timedelta(days=14)
"""A provider without a bar for so long has none to come soon: the share is delisted or suspended."""

PAUSE_WHEN_SILENT = timedelta(days=7)
"""Time between two tries for such a share."""


def next_refresh(instrument: Instrument) -> datetime | None:
    """Return when the schedule fetches `instrument` next, provided that somebody watches it.

    That is some time after the close of the first session without a final bar, as the provider takes a
    while to publish; a moment in the past means as soon as possible. Where the last try brought nothing,
    there is a pause before the next. None: never, since there is no key, or the bars are the sample's, or
    the exchange has no calendar.
    """
    if not has_any_key() or instrument.source == Source.SAMPLE:
        return None
    last = instrument.bars.aggregate(last=Max("date", filter=Q(provisional=False)))["last"]
    if last is None:
        return timezone.now()
    return refresh_due_at(instrument.exchange, last_final=last, asked_at=instrument.fetched_at)


def fetch_priority(symbol: str) -> int:
    """Return how near the symbol is to a gap: closed sessions since its last bar, up to COMPACT_BARS.

    With that many a compact answer no longer reaches back to the last bar. A symbol without bars has
    nothing to lose and gets 0, as does one whose exchange has no calendar.
    """
    instrument = Instrument.objects.filter(symbol=symbol, source__in=(*PROVIDERS, Source.FILE)).first()
    last = instrument.bars.aggregate(last=Max("date"))["last"] if instrument else None
    if instrument is None or last is None:
        return 0
    try:
        closed = last_closed_session(instrument.exchange, timezone.now())
        return min(COMPACT_BARS, len(sessions_between(instrument.exchange, last + timedelta(days=1), closed)))
    except InvalidInput:
        return 0


def refresh_due_at(exchange: str, *, last_final: date, asked_at: datetime) -> datetime | None:
    """Return when to ask for bars after `last_final`, of which the provider was last asked at `asked_at`."""
    try:
        session = next_sessions(exchange, last_final, 1)[0]
        close = session_close(exchange, session)
    except InvalidInput:
        return None
    if close is None:
        return None
    published = close + timedelta(minutes=settings.REFRESH_MINUTES_AFTER_CLOSE)
    if asked_at < published:
        return published
    if asked_at - published > SILENT_AFTER:
        return asked_at + PAUSE_WHEN_SILENT
    return asked_at + timedelta(minutes=settings.REFRESH_MINUTES_BETWEEN_TRIES)

"""Fetch a symbol from Tiingo: all bars the first time, the latest ones with their actions after that."""

from datetime import date, timedelta

from django.db.models import Max

from ingestion.fetch.download import CONTINUED, FetchedData, usable_bars
from ingestion.listings import UNITED_STATES, listing_of
from ingestion.models import Instrument, Source
from ingestion.providers.tiingo.client import Tiingo
from jobs.registry import Progress

OVERLAP = timedelta(days=30)
"""Days before the last bar that are requested again, for what was corrected."""


def fetch_tiingo(symbol: str, provider: Tiingo, progress: Progress) -> FetchedData:
    """Request bars, splits and dividends in one go; raises `ingestion.errors`."""
    instrument = Instrument.objects.filter(symbol=symbol, source__in=CONTINUED).first()
    since = _since(instrument)
    progress(0.1, f"Requesting daily bars of {symbol} from Tiingo")
    history = provider.history(symbol, since=since)
    exchange = instrument.exchange if instrument else (listing_of(symbol) or UNITED_STATES).exchange
    progress(0.6, f"Validating {len(history.rows):,} bars")
    bars, set_aside = usable_bars(symbol, history.rows, exchange, history.at)
    return FetchedData(
        symbol=symbol,
        source=Source.TIINGO,
        exchange=exchange,
        bars=bars,
        set_aside=set_aside,
        actions=history.actions if since is None else None,
        new_actions=None if since is None else history.actions,
        at=history.at,
        is_full=since is None,
    )


def _since(instrument: Instrument | None) -> date | None:
    """Return the first day to request; None: the whole history, which Tiingo has not sent yet."""
    if instrument is None or instrument.source != Source.TIINGO or instrument.full_history_at is None:
        return None
    last: date | None = instrument.bars.aggregate(last=Max("date"))["last"]
    return None if last is None else last - OVERLAP

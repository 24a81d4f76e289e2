"""Fetching a symbol: from a provider where there is a key, from the sample where there is none."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.utils import timezone

from ingestion.errors import ApiKeyMissing
from ingestion.exchange_calendar import last_closed_session
from ingestion.fetch.download import CONTINUED, FetchedData, Fetcher
from ingestion.fetch.schedule import fetch_priority
from ingestion.fetch.tiingo import fetch_tiingo
from ingestion.fetch.verification import CheckedData, check_fetched
from ingestion.models import Instrument, Source
from ingestion.providers.alpha_vantage.client import COMPACT_BARS, AlphaVantage
from ingestion.providers.registry import has_any_key, provider_for
from ingestion.providers.tiingo.client import Tiingo
from ingestion.sample import SAMPLE, load_sample
from ingestion.store.batch import BarBatch, StoreReport
from ingestion.store.writer import store
from ingestion.symbols import parse_symbol
from jobs.models import Job
from jobs.queue import enqueue
from jobs.registry import Progress

ASKED_FOR = 90
"""Priority of a fetch that somebody asked for, on the scale of `fetch_priority`."""


@dataclass(frozen=True, kw_only=True)
class FetchResult:
    """What fetching one symbol brought. `notice` says what the user should know about it."""

    symbol: str
    source: Source
    first: date
    last: date
    inserted: int
    changed: int
    unchanged: int
    revisions: int
    splits: int
    dividends: int
    quarantined: int = 0
    notice: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return the result as plain JSON, for a job."""
        return {
            **asdict(self),
            "source": str(self.source),
            "first": self.first.isoformat(),
            "last": self.last.isoformat(),
        }

    @property
    def sentence(self) -> str:
        """Return the result in a sentence or two."""
        origin = "the sample" if self.source == Source.SAMPLE else self.source.label
        counts = (
            f"{self.inserted} new, {self.changed} changed, {self.unchanged} as before"
            if self.inserted or self.changed
            else "nothing new"
        )
        received = self.inserted + self.changed + self.unchanged
        if not received:
            return self.notice
        return (
            f"{_number(received, 'bar')} from {origin}, {self.first} to {self.last}: {counts}; "
            f"{_number(self.splits, 'split')}, {_number(self.dividends, 'dividend')}. {self.notice}"
        ).strip()


def _number(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _silent(fraction: float, step: str) -> None:
    """Report progress to nobody."""


def fetch_stock_data(
    symbol: str, *, provider: str | None = None, progress: Progress = _silent
) -> FetchResult:
    """Fetch the daily bars, splits and dividends of `symbol` and store them; return what that brought.

    provider: its name; None: the one that the symbol's bars are from, or the configured one.
    Without an API key the symbols of the sample are loaded from it. Everything the source sends is
    kept. Bars and corporate actions are stored together or not at all: bars without their splits would
    show a crash that never was.

    Raises InvalidInput for what is no symbol, the errors of `ingestion.errors`, and Cancelled when
    `progress` was asked to stop.
    """
    symbol = parse_symbol(symbol)
    chosen = provider_for(symbol, provider)
    if chosen is not None:
        return _FETCHERS[chosen.source](symbol, progress)
    _require_in_sample(symbol)
    return fetch_sample(symbol, progress=progress)


def request_fetch(symbol: str, *, least_priority: int = ASKED_FOR) -> Job:
    """Queue the fetching of `symbol` and return the job; an active one for the symbol is returned as it is.

    Of two fetches the one goes first whose symbol is nearer to a gap; `least_priority` puts those that a
    person waits for before most of those that the schedule asks for.
    Raises InvalidInput for what is no symbol, and ApiKeyMissing when it could not be fetched anyway.
    """
    symbol = parse_symbol(symbol)
    if not has_any_key():
        _require_in_sample(symbol)
    return enqueue(
        "fetch_bars",
        subject=symbol,
        arguments={"symbol": symbol},
        priority=max(least_priority, fetch_priority(symbol)),
    )


def fetch_sample(symbol: str, *, replace: bool = False, progress: Progress = _silent) -> FetchResult:
    """Load `symbol` from the sample; raises UnknownSymbol when it is not in it.

    replace: whether stored bars of a provider or of a file give way to it.
    """
    progress(0.2, "Reading the sample that comes with Hindcast")
    before = Instrument.objects.filter(symbol=symbol).values_list("source", flat=True).first()
    origin = _ORIGINS[Source(before or Source.SAMPLE)]
    result = load_sample(symbol, replace=replace)
    progress(0.9, "Stored")
    notice = "The sample is historical: these are not current prices."
    if result.kept_newer:
        notice = (
            f"The stored bars {origin} stay as they are. "
            f"`manage.py load_stock_data --sample --replace {symbol}` brings the sample back in their place."
        )
    if result.removed:
        notice += f" They replace {_number(result.removed, 'bar')} {origin}."
    return _summary(symbol, result, notice)


_ORIGINS = {
    Source.SAMPLE: "of the sample",
    Source.ALPHA_VANTAGE: "of Alpha Vantage",
    Source.TIINGO: "of Tiingo",
    Source.FILE: "from a file",
}


def is_up_to_date(symbol: str) -> bool:
    """Return whether the latest closed session of `symbol` is stored, from Alpha Vantage and final."""
    instrument = Instrument.objects.filter(symbol=symbol, source__in=CONTINUED).first()
    if instrument is None:
        return False
    latest = last_closed_session(instrument.exchange, timezone.now())
    return instrument.bars.filter(date=latest, provisional=False).exists()


def _require_in_sample(symbol: str) -> None:
    if symbol not in SAMPLE:
        raise ApiKeyMissing(
            f"Fetching {symbol} needs an API key of Alpha Vantage or Tiingo: set ALPHA_VANTAGE_API_KEY or "
            "TIINGO_API_KEY in the environment or in the .env file and start Hindcast again. Without a key "
            "there are "
            f"{', '.join(SAMPLE)}, from the historical sample.",
            field="symbol",
        )


def _from_alpha_vantage(symbol: str, progress: Progress) -> FetchResult:
    provider = AlphaVantage.from_settings()
    received = Fetcher.of(symbol, provider, progress).receive()
    is_short = provider.limiter.full_history() is False and len(received.bars) <= COMPACT_BARS
    result = _store(received, progress, is_short=is_short)
    provider.forget(symbol)
    return result


def _from_tiingo(symbol: str, progress: Progress) -> FetchResult:
    return _store(fetch_tiingo(symbol, Tiingo.from_settings(), progress), progress, is_short=False)


_FETCHERS: Mapping[Source, Callable[[str, Progress], FetchResult]] = {
    Source.ALPHA_VANTAGE: _from_alpha_vantage,
    Source.TIINGO: _from_tiingo,
}


def _store(received: FetchedData, progress: Progress, *, is_short: bool) -> FetchResult:
    progress(0.9, f"Storing {len(received.bars):,} bars")
    checked = check_fetched(received)
    result = store(_delivery(checked.received))
    notice = _notice(checked, result, is_short=is_short)
    return _summary(received.symbol, result, notice, quarantined=len(received.set_aside))


def _delivery(received: FetchedData) -> BarBatch:
    share = SAMPLE.get(received.symbol)
    known = share if share and share.still_listed else None
    exchange = known.exchange if known else received.exchange
    last_closed = last_closed_session(exchange, received.at)
    return BarBatch(
        symbol=received.symbol,
        source=received.source,
        bars=received.bars,
        quarantined=received.set_aside,
        actions=received.actions,
        named_actions=received.new_actions or [],
        actions_checked=received.new_actions is not None,
        fetched_at=received.at,
        is_full=received.is_full,
        provisional_from=next((bar.date for bar in received.bars if bar.date > last_closed), None),
        name=known.name if known else None,
        exchange=exchange,
    )


def _notice(checked: CheckedData, result: StoreReport, *, is_short: bool) -> str:
    received, sentences = checked.received, list(checked.notices)
    if result.removed:
        sentences.append(f"They replace the {result.removed:,} historical bars of the sample.")
    if is_short:
        sentences.append(
            f"A free key delivers the latest {COMPACT_BARS} bars; a longer history grows with each fetch."
        )
    if received.set_aside:
        sentences.append(
            f"Kept out of the prices: {_number(len(received.set_aside), 'bar')}, "
            f"because {received.set_aside[0].reason}"
            + (", and for like reasons." if len(received.set_aside) > 1 else ".")
        )
    if result.restored_splits:
        days = ", ".join(str(day) for day in result.restored_splits)
        sentences.append(
            f"Bars of a file were adjusted for the split of {days} and were turned back into prices as "
            f"traded."
        )
    if result.revisions:
        sentences.append(f"{result.revisions} values of finished sessions had changed; both are kept.")
    return " ".join(sentences)


def _summary(symbol: str, result: StoreReport, notice: str, *, quarantined: int = 0) -> FetchResult:
    instrument = Instrument.objects.get(symbol=symbol)
    kinds = list(instrument.actions.values_list("kind", flat=True))
    days = instrument.bars.order_by("date").values_list("date", flat=True)
    return FetchResult(
        symbol=symbol,
        source=Source(instrument.source),
        first=days[0],
        last=days.reverse()[0],
        inserted=result.inserted,
        changed=result.changed,
        unchanged=result.unchanged,
        revisions=result.revisions,
        splits=kinds.count("split"),
        dividends=kinds.count("dividend"),
        quarantined=quarantined,
        notice=notice,
    )

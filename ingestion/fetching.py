"""Fetching a symbol: from Alpha Vantage where there is a key, from the sample where there is none."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

from django.conf import settings
from django.db.models import Max
from django.utils import timezone

from ingestion.errors import ApiKeyMissing, FullHistoryRefused
from ingestion.models import Instrument, Source
from ingestion.providers.alpha_vantage import COMPACT_BARS, AlphaVantage, OutputSize
from ingestion.sample import SAMPLE, load_sample
from ingestion.sessions import last_closed_session, sessions_between
from ingestion.storing import Action, Delivery, StoreResult, store
from ingestion.symbols import listing_of, parse_symbol
from ingestion.validation import Bar, BarText, validated_bars
from jobs.models import Job
from jobs.queueing import enqueue
from jobs.registry import Progress

ACTIONS_STAY_GOOD = timedelta(days=7)
"""How long splits and dividends are not asked for again, as a free key has 25 requests a day."""

SUSPICIOUS_STEP = 0.2
"""A fall or rise between two raw closes, as a fraction, that may be a split nobody knows of yet."""


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
        origin = "the sample" if self.source == Source.SAMPLE else "Alpha Vantage"
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


def fetch_stock_data(symbol: str, *, progress: Progress = _silent) -> FetchResult:
    """Fetch the daily bars, splits and dividends of `symbol` and store them; return what that brought.

    Without an API key the symbols of the sample are loaded from it. Everything the source sends is
    kept. Bars and corporate actions are stored together or not at all: bars without their splits would
    show a crash that never was.

    Raises InvalidInput for what is no symbol, the errors of `ingestion.errors`, and Cancelled when
    `progress` was asked to stop.
    """
    symbol = parse_symbol(symbol)
    if settings.ALPHA_VANTAGE_API_KEY:
        return _fetch_from_provider(symbol, AlphaVantage.from_settings(), progress)
    _require_in_sample(symbol)
    return fetch_sample(symbol, progress=progress)


def request_fetch(symbol: str) -> Job:
    """Queue the fetching of `symbol` and return the job; an active one for the symbol is returned as it is.

    Raises InvalidInput for what is no symbol, and ApiKeyMissing when it could not be fetched anyway.
    """
    symbol = parse_symbol(symbol)
    if not settings.ALPHA_VANTAGE_API_KEY:
        _require_in_sample(symbol)
    return enqueue("fetch_bars", subject=symbol, arguments={"symbol": symbol})


def fetch_sample(symbol: str, *, replace: bool = False, progress: Progress = _silent) -> FetchResult:
    """Load `symbol` from the sample; raises UnknownSymbol when it is not in it.

    replace: whether stored bars of Alpha Vantage give way to it.
    """
    progress(0.2, "Reading the sample that comes with Hindcast")
    result = load_sample(symbol, replace=replace)
    progress(0.9, "Stored")
    notice = "The sample is historical: these are not current prices."
    if result.kept_newer:
        notice = (
            "The stored bars of Alpha Vantage are newer than the sample and stay as they are. "
            f"`manage.py load_stock_data --sample --replace {symbol}` brings the sample back in their place."
        )
    if result.removed:
        notice += f" They replace {_number(result.removed, 'bar')} of Alpha Vantage."
    return _summary(symbol, result, notice)


def is_up_to_date(symbol: str) -> bool:
    """Return whether the latest closed session of `symbol` is stored, from Alpha Vantage and final."""
    instrument = Instrument.objects.filter(symbol=symbol, source=Source.ALPHA_VANTAGE).first()
    if instrument is None:
        return False
    latest = last_closed_session(instrument.exchange, timezone.now())
    return instrument.bars.filter(date=latest, provisional=False).exists()


def _require_in_sample(symbol: str) -> None:
    if symbol not in SAMPLE:
        raise ApiKeyMissing(
            f"Fetching {symbol} needs an API key of Alpha Vantage: set ALPHA_VANTAGE_API_KEY in the "
            "environment or in the .env file and start Hindcast again. Without a key there are "
            f"{', '.join(SAMPLE)}, from the historical sample.",
            field="symbol",
        )


def _fetch_from_provider(symbol: str, provider: AlphaVantage, progress: Progress) -> FetchResult:
    instrument = Instrument.objects.filter(symbol=symbol, source=Source.ALPHA_VANTAGE).first()
    progress(0.05, f"Requesting daily bars of {symbol}")
    fetched_at = timezone.now()
    provider.limiter.require(_requests_needed(provider, instrument, fetched_at))
    rows = _requested_bars(symbol, provider, instrument)
    progress(0.4, f"Validating {len(rows):,} bars")
    bars = validated_bars(rows)
    actions = None
    if not _actions_are_good(instrument, fetched_at) or _has_suspicious_step(instrument, bars):
        actions = _requested_actions(symbol, provider, progress)
    progress(0.9, f"Storing {len(bars):,} bars")
    result = store(_delivery(symbol, bars, actions, fetched_at))
    return _summary(symbol, result, _notice(provider, bars, result))


def _requests_needed(provider: AlphaVantage, instrument: Instrument | None, now: datetime) -> int:
    """Return how many requests the fetch takes at least, so that none is spent on half of it."""
    probe = provider.limiter.full_history() is None
    return 1 + probe + (0 if _actions_are_good(instrument, now) else 2)


def _requested_bars(symbol: str, provider: AlphaVantage, instrument: Instrument | None) -> list[BarText]:
    """Return the bars in the smallest answer that leaves no gap, as far as the key's plan goes."""
    outputsize = _outputsize(provider, instrument)
    if outputsize == "full":
        try:
            rows = provider.daily_bars(symbol, outputsize="full")
        except FullHistoryRefused:
            return provider.daily_bars(symbol, outputsize="compact")
        provider.limiter.note_full_history(allowed=True)
        return rows
    return provider.daily_bars(symbol, outputsize="compact")


def _outputsize(provider: AlphaVantage, instrument: Instrument | None) -> OutputSize:
    if provider.limiter.full_history() is False:
        return "compact"
    last = instrument.bars.aggregate(last=Max("date"))["last"] if instrument else None
    if instrument is None or last is None or instrument.bars.count() <= COMPACT_BARS:
        return "full"
    since = len(sessions_between(instrument.exchange, last, timezone.now().date()))
    return "compact" if since < COMPACT_BARS else "full"


def _actions_are_good(instrument: Instrument | None, now: datetime) -> bool:
    asked = instrument.actions_fetched_at if instrument else None
    return asked is not None and now - asked < ACTIONS_STAY_GOOD


def _has_suspicious_step(instrument: Instrument | None, bars: Sequence[Bar]) -> bool:
    """Return whether a new close differs from the one before it as after a split.

    A spin-off's small factor escapes this and is found when the actions are asked for again.
    """
    known = instrument.bars.aggregate(last=Max("date"))["last"] if instrument else None
    return any(
        abs(float(bar.close / before.close) - 1) > SUSPICIOUS_STEP
        for before, bar in pairwise(bars)
        if known is None or bar.date > known
    )


def _requested_actions(symbol: str, provider: AlphaVantage, progress: Progress) -> list[Action]:
    progress(0.5, f"Requesting splits of {symbol}")
    splits = provider.splits(symbol)
    progress(0.7, f"Requesting dividends of {symbol}")
    return [*splits, *provider.dividends(symbol)]


def _delivery(
    symbol: str, bars: Sequence[Bar], actions: Sequence[Action] | None, fetched_at: datetime
) -> Delivery:
    share = SAMPLE.get(symbol)
    known = share if share and share.still_listed else None
    exchange = known.exchange if known else listing_of(symbol).exchange
    last_closed = last_closed_session(exchange, fetched_at)
    return Delivery(
        symbol=symbol,
        source=Source.ALPHA_VANTAGE,
        bars=bars,
        actions=actions,
        fetched_at=fetched_at,
        provisional_from=next((bar.date for bar in bars if bar.date > last_closed), None),
        name=known.name if known else symbol,
        exchange=exchange,
    )


def _notice(provider: AlphaVantage, bars: Sequence[Bar], result: StoreResult) -> str:
    sentences = []
    if result.removed:
        sentences.append(f"They replace the {result.removed:,} historical bars of the sample.")
    if provider.limiter.full_history() is False and len(bars) <= COMPACT_BARS:
        sentences.append(
            f"A free key delivers the latest {COMPACT_BARS} bars; a longer history grows with each fetch."
        )
    if result.revisions:
        sentences.append(f"{result.revisions} values of finished sessions had changed; both are kept.")
    return " ".join(sentences)


def _summary(symbol: str, result: StoreResult, notice: str) -> FetchResult:
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
        notice=notice,
    )

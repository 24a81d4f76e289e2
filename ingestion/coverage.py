"""How complete the stored bars of each instrument are: sessions held against sessions expected."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
from django.conf import settings
from django.db import connection
from django.utils import timezone
from numpy.typing import NDArray

from core.errors import InvalidInput, NotFound
from ingestion.exchange_calendar import last_closed_session, sessions_between
from ingestion.fetch.schedule import refresh_due_at
from ingestion.models import Source
from ingestion.providers.alpha_vantage.client import COMPACT_BARS
from ingestion.providers.quota import quota_left
from ingestion.providers.registry import has_any_key
from ingestion.schemas import CoverageDocument, GapDocument, QuarantinedDocument
from ingestion.store.reader import days_of
from ingestion.symbols import parse_symbol
from jobs.models import ACTIVE_STATES, Job, JobState

_Days = NDArray[np.datetime64]

_EXTENTS = """
    SELECT instrument.symbol, instrument.exchange, instrument.source, instrument.fetched_at,
           extent.days, extent.provisional_on, extent.last_final,
           (SELECT array_agg(json_build_object('date', date, 'reason', reason) ORDER BY date)
            FROM ingestion_quarantinedbar WHERE instrument_id = instrument.id) AS quarantined,
           EXISTS (SELECT FROM ingestion_watchedinstrument WHERE instrument_id = instrument.id) AS watched
    FROM ingestion_instrument AS instrument
    JOIN ingestion_instrumentextent AS extent ON extent.instrument_id = instrument.id
    WHERE %(symbols)s::text[] IS NULL OR instrument.symbol = ANY(%(symbols)s)
    ORDER BY instrument.symbol
"""


@dataclass(frozen=True, kw_only=True)
class _Extent:
    """What is read of an instrument with at least one bar; the fields are the statement's columns."""

    symbol: str
    exchange: str
    source: Source
    fetched_at: datetime
    days: _Days
    provisional_on: date | None
    last_final: date | None
    watched: bool
    quarantined: list[QuarantinedDocument]


@dataclass(frozen=True, kw_only=True)
class _Attempts:
    """How the latest fetch of a symbol went, and when the active one, if any, goes on."""

    error: str | None = None
    parked_until: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class _Window:
    """The sessions from `first` through `last`, which should have bars, and those of them that have none."""

    first: date
    last: date
    expected: _Days
    missing: _Days
    stale: int

    @property
    def held(self) -> int:
        return len(self.expected) - len(self.missing)


def coverage_of(symbol: str) -> CoverageDocument:
    """Return how complete the bars of `symbol` are; raises NotFound where none are stored."""
    symbol = parse_symbol(symbol)
    found = coverage([symbol])
    if symbol not in found:
        raise NotFound(
            f"No bars of {symbol} are stored. The Data page lists what is stored and fetches more symbols."
        )
    return found[symbol]


def coverage(symbols: Sequence[str] | None = None) -> Mapping[str, CoverageDocument]:
    """Return how complete each instrument's bars are, by symbol; instruments without bars are left out.

    symbols: of which instruments; None: of all.
    Three statements, however many instruments there are. A window of HISTORY_YEARS up to the last closed
    session is expected of fetched and imported bars, and of the sample the sessions that it spans.
    """
    now = timezone.now()
    attempts = _attempts(symbols)
    quota = quota_left()
    full_history = quota.full_history if quota else None
    return {
        extent.symbol: _document(
            extent, attempts.get(extent.symbol, _Attempts()), now=now, full_history=full_history
        )
        for extent in _extents(symbols)
    }


def _extents(symbols: Sequence[str] | None) -> list[_Extent]:
    with connection.cursor() as cursor:
        cursor.execute(_EXTENTS, {"symbols": None if symbols is None else list(symbols)})
        names = [column.name for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return [_extent(row) for row in rows]


def _extent(row: dict[str, Any]) -> _Extent:
    quarantined = [QuarantinedDocument.model_validate(bar) for bar in row.pop("quarantined") or ()]
    return _Extent(
        days=days_of(row.pop("days")), source=Source(row.pop("source")), quarantined=quarantined, **row
    )


def _attempts(symbols: Sequence[str] | None) -> dict[str, _Attempts]:
    """Return the latest fetch job of each symbol as far as it failed or waits."""
    jobs = Job.objects.filter(kind="fetch_bars")
    if symbols is not None:
        jobs = jobs.filter(subject__in=symbols)
    latest = jobs.order_by("subject", "-created_at").distinct("subject")
    return {
        job.subject: _Attempts(
            error=job.error or None if job.state == JobState.FAILED else None,
            parked_until=job.next_attempt_at if job.state in ACTIVE_STATES else None,
        )
        for job in latest
    }


def _document(
    extent: _Extent, attempts: _Attempts, *, now: datetime, full_history: bool | None
) -> CoverageDocument:
    try:
        window = _window(extent, now)
    except InvalidInput as problem:
        return _uncharted(extent, attempts, problem.message)
    complete_on = _complete_on(extent, window) if full_history is False else None
    return CoverageDocument(
        symbol=extent.symbol,
        bars=len(extent.days),
        expected_from=window.first,
        expected_to=window.last,
        sessions_held=window.held,
        sessions_expected=len(window.expected),
        gaps=gaps_between(window.expected, window.missing),
        sessions_missing=len(window.missing[window.missing > extent.days[0]]),
        stale_sessions=window.stale,
        provisional_on=extent.provisional_on,
        quarantined=extent.quarantined,
        last_error=attempts.error,
        next_attempt_at=attempts.parked_until or _next_scheduled(extent),
        complete_on=complete_on,
        sentence=_sentence(extent, window, complete_on=complete_on, full_history=full_history),
    )


def _uncharted(extent: _Extent, attempts: _Attempts, problem: str) -> CoverageDocument:
    """Return what can be said where the exchange has no calendar."""
    return CoverageDocument(
        symbol=extent.symbol,
        bars=len(extent.days),
        expected_from=None,
        expected_to=None,
        sessions_held=None,
        sessions_expected=None,
        gaps=[],
        sessions_missing=None,
        stale_sessions=None,
        provisional_on=extent.provisional_on,
        quarantined=extent.quarantined,
        last_error=attempts.error,
        next_attempt_at=attempts.parked_until,
        complete_on=None,
        sentence=problem,
    )


def _window(extent: _Extent, now: datetime) -> _Window:
    first, last = extent.days[0].item(), extent.days[-1].item()
    if extent.source != Source.SAMPLE:
        last = last_closed_session(extent.exchange, now)
        first = years_before(last, settings.HISTORY_YEARS)
    expected = sessions_between(extent.exchange, first, last)
    missing = np.setdiff1d(expected, extent.days, assume_unique=True)
    stale = int((missing > extent.days[-1]).sum())
    return _Window(first=first, last=last, expected=expected, missing=missing, stale=stale)


def gaps_between(expected: _Days, missing: _Days) -> list[GapDocument]:
    """Return the runs of consecutive sessions among `missing`, oldest first.

    expected, missing: datetime64[D], strictly increasing; `missing` a part of `expected`.
    """
    if not len(missing):
        return []
    places = np.searchsorted(expected, missing)
    runs = np.split(missing, np.flatnonzero(np.diff(places) > 1) + 1)
    return [GapDocument(first=run[0].item(), last=run[-1].item(), sessions=len(run)) for run in runs]


def years_before(day: date, years: int) -> date:
    """Return the day after the same day `years` earlier, so that both ends together span those years."""
    try:
        return day.replace(year=day.year - years) + timedelta(days=1)
    except ValueError:  # the 29th of February
        return date(day.year - years, 3, 1)


def _complete_on(extent: _Extent, window: _Window) -> date | None:
    """Return about when a key that gives the latest bars alone has filled the window; None: it is filled.

    Bars before the last gap cannot be had with it, so the window is full when it begins after that gap.
    """
    before_end = window.missing[window.missing <= extent.days[-1]]
    if not len(before_end):
        return None
    last_gap: date = before_end[-1].item()
    return last_gap.replace(day=min(last_gap.day, 28), year=last_gap.year + settings.HISTORY_YEARS)


def _next_scheduled(extent: _Extent) -> datetime | None:
    refreshed = extent.watched and extent.source != Source.SAMPLE and has_any_key()
    if not refreshed or extent.last_final is None:
        return None
    return refresh_due_at(extent.exchange, last_final=extent.last_final, asked_at=extent.fetched_at)


def _sentence(
    extent: _Extent, window: _Window, *, complete_on: date | None, full_history: bool | None
) -> str:
    counts = f"{window.held:,} of {len(window.expected):,} sessions"
    if extent.source == Source.SAMPLE:
        return f"{counts} of the historical sample"
    if complete_on is not None:
        return f"{counts}, complete about {complete_on:%Y-%m} on a free key"
    if not len(window.missing):
        return f"{counts}, complete"
    if full_history or window.stale == len(window.missing) < COMPACT_BARS:
        return f"{counts}, complete with the next fetch"
    return f"{counts}; a file or a premium key fills the gap"

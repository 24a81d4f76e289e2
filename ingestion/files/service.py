"""Import daily bars from a file: read it, verify its prices, then store them a symbol at a time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import PurePosixPath
from typing import BinaryIO

import numpy as np
from django.conf import settings
from django.utils import timezone

from core.errors import InvalidInput
from ingestion.errors import InvalidBars
from ingestion.exchange_calendar import last_closed_session, no_session_reason, time_zone_of
from ingestion.files.bar_rows import BadRow
from ingestion.files.known_formats import KnownFormat
from ingestion.files.listing_check import FileListing, listing_for, rows_off_session
from ingestion.files.price_check import CheckedPrices, check_prices
from ingestion.files.reading import FileFormat, FileReading, FileSeries, Market, read_file
from ingestion.files.replacement import require_replacement_allowed
from ingestion.files.requests import ImportRequest
from ingestion.files.results import (
    MOST_SET_ASIDE,
    ImportResult,
    format_json,
    joined_results,
    set_aside_json,
)
from ingestion.files.unpacking import TableFile, unpack
from ingestion.listings import ALWAYS_OPEN, OPEN_ON_WEEKDAYS
from ingestion.models import ActionKind, Source
from ingestion.store.adjustment import DatedValue
from ingestion.store.batch import Action, BarBatch, StoreReport
from ingestion.store.validation import Quarantined
from ingestion.store.writer import store
from ingestion.symbols import parse_symbol
from jobs.registry import Progress

MOST_ROWS = 1_000_000
READING_SHARE = 0.6
"""Part of the work that reading is."""


def _silent(fraction: float, step: str) -> None:
    """Report progress to nobody."""


@dataclass(frozen=True, kw_only=True)
class PreparedSeries:
    """The bars of one symbol, verified and ready to be stored."""

    symbol: str
    listing: FileListing
    prices: CheckedPrices
    splits: Sequence[DatedValue]
    quarantined: Sequence[Quarantined]
    set_aside: Sequence[BadRow]


@dataclass(frozen=True, kw_only=True)
class PreparedFile:
    """A file that was read and verified, of which nothing is stored yet."""

    format: FileFormat
    series: Sequence[PreparedSeries]
    set_aside: Sequence[BadRow]
    notices: Sequence[str]


def import_bars(
    file: BinaryIO, request: ImportRequest, *, name: str = "", progress: Progress = _silent
) -> ImportResult:
    """Read a file of daily bars, or an archive of such files, verify them, and store them.

    The file must be seekable. A bad row costs itself alone; a file with too many of them is refused, and
    nothing of it is stored. One transaction a symbol; running it again changes nothing.
    Raises InvalidInput, naming line and reason, and InvalidBars, naming the first rows that are wrong.
    """
    file.seek(0)
    is_archive = file.read(2) == b"PK"
    results: list[ImportResult] = []
    refusals: list[tuple[str, InvalidInput]] = []
    for table in unpack(file, name):
        try:
            if table.problem is not None:
                raise table.problem
            results.append(
                _import_table(
                    table,
                    request,
                    is_member=request.symbol_from_name or (is_archive and table.name != name),
                    progress=progress,
                )
            )
        except InvalidInput as error:
            refusals.append((table.name, error))
    refused = [f"{table_name}: {error.message}" for table_name, error in refusals]
    if not results:
        raise refusals[0][1] if len(refusals) == 1 else InvalidInput(" ".join(refused[:5]), field="file")
    return joined_results(results, refused)


def _import_table(
    table: TableFile, request: ImportRequest, *, is_member: bool, progress: Progress
) -> ImportResult:
    prepared = prepare(table, request, is_member=is_member, progress=progress)
    require_replacement_allowed([series.symbol for series in prepared.series], request)
    reports = []
    for done, series in enumerate(prepared.series):
        count = len(prepared.series)
        progress(
            READING_SHARE + (1 - READING_SHARE) * done / count,
            f"Storing {series.symbol}, {done + 1:,} of {count:,}",
        )
        reports.append(_store(series))
    return _result(prepared, reports)


def prepare(
    table: TableFile, request: ImportRequest, *, is_member: bool = False, progress: Progress = _silent
) -> PreparedFile:
    """Read and verify a file without storing anything; raises as `import_bars`."""
    now = timezone.now()
    reading = read_file(
        table,
        request.options,
        market_of=lambda symbol, known: _market(symbol, known, request),
        today=now.date(),
        progress=lambda fraction: progress(0.05 + (READING_SHARE - 0.05) * fraction, "Reading the rows"),
    )
    fallback = _symbol_of_name(table.name) if is_member else None
    series = [_prepared(found, reading, request, fallback, now) for found in reading.series]
    set_aside = sorted(
        [*reading.bad, *(row for prepared in series for row in prepared.set_aside)], key=lambda row: row.line
    )
    _require_few_bad(reading.bad, reading.rows)
    if reading.rows > MOST_ROWS:
        raise InvalidInput(f"The file has more than {MOST_ROWS:,} rows. Import it in parts.", field="file")
    _require_some(series, set_aside)
    return PreparedFile(
        format=reading.format,
        series=series,
        set_aside=set_aside,
        notices=[*reading.notices, *(notice for prepared in series for notice in prepared.prices.notices)],
    )


def _market(symbol: str | None, known: KnownFormat, request: ImportRequest) -> Market:
    """Return what the dates depend on, by the exchange as far as it is known before the rows are read."""
    try:
        listing = listing_for(symbol or "", request, known.exchange)
    except InvalidInput:
        return Market()
    return Market(
        time_zone=time_zone_of(listing.exchange),
        closed_on_weekends=listing.exchange not in {ALWAYS_OPEN, OPEN_ON_WEEKDAYS, "XSAU"},
    )


def _symbol_of_name(name: str) -> str | None:
    """Return the symbol that a file of an archive is named after: `aapl.us.txt` is of AAPL."""
    stem = PurePosixPath(name).stem.upper().removesuffix(".US")
    try:
        return parse_symbol(stem)
    except InvalidInput:
        return None


def _prepared(
    series: FileSeries, reading: FileReading, request: ImportRequest, fallback: str | None, now: datetime
) -> PreparedSeries:
    name = series.symbol or fallback
    if name is None:
        raise InvalidInput(
            "The file does not say of which symbol its rows are. Name the symbol, or add a column symbol.",
            field="symbol",
        )
    symbol = parse_symbol(name)
    listing = listing_for(symbol, request, reading.format.exchange)
    off = rows_off_session(series, listing, now)
    aside = [
        (place, no_session_reason(listing.exchange, series.table.days[place].item(), now) or "")
        for place in np.flatnonzero(off)
    ]
    kept = FileSeries(
        symbol=symbol,
        table=series.table.where(~off),
        lines=series.lines[~off],
        splits=series.splits,
        dividends=series.dividends,
    )
    return PreparedSeries(
        symbol=symbol,
        listing=listing,
        prices=check_prices(symbol, kept, request, now.date())
        if len(kept.table)
        else CheckedPrices(table=kept.table, dividends=[], notices=[]),
        splits=series.splits,
        quarantined=[
            Quarantined(
                date=series.table.days[place].item(), row=series.table.in_words(int(place)), reason=reason
            )
            for place, reason in aside
            if "future" not in reason
        ],
        set_aside=[
            BadRow(
                line=int(series.lines[place]),
                date=series.table.days[place].item(),
                reason=f"{reason}; the bar is kept as off-session" if "future" not in reason else reason,
            )
            for place, reason in aside
        ],
    )


def _require_few_bad(bad: Sequence[BadRow], good: int) -> None:
    """Raise InvalidBars where more rows are wrong than a good file has."""
    wrong = [row for row in bad if not row.is_harmless]
    limit = max(settings.IMPORT_BAD_ROWS, settings.IMPORT_BAD_FRACTION * max(good, 1))
    if len(wrong) > limit:
        raise InvalidBars([_problem(row) for row in wrong])


def _require_some(series: Sequence[PreparedSeries], set_aside: Sequence[BadRow]) -> None:
    if not any(len(prepared.prices.table) for prepared in series):
        raise InvalidBars([_problem(row) for row in set_aside])


def _problem(row: BadRow) -> str:
    return f"Line {row.line}: {row.reason}."


def _store(series: PreparedSeries) -> StoreReport:
    now = timezone.now()
    last_closed = last_closed_session(series.listing.exchange, now)
    days = series.prices.table.days
    provisional = days[days > np.datetime64(last_closed)]
    return store(
        BarBatch(
            symbol=series.symbol,
            source=Source.FILE,
            bars=series.prices.table,
            quarantined=series.quarantined,
            actions=None,
            fetched_at=now,
            provisional_from=provisional[0].item() if len(provisional) else None,
            exchange=series.listing.exchange,
            currency=series.listing.currency,
            named_actions=[
                *_actions(ActionKind.SPLIT, series.splits),
                *_actions(ActionKind.DIVIDEND, series.prices.dividends),
            ],
        )
    )


def _actions(kind: ActionKind, values: Sequence[DatedValue]) -> list[Action]:
    return [
        Action(date=action.date, kind=kind, value=Decimal(repr(action.value)).quantize(Decimal("1e-10")))
        for action in values
    ]


def _result(prepared: PreparedFile, reports: Sequence[StoreReport]) -> ImportResult:
    def total(of: Callable[[StoreReport], int]) -> int:
        return sum(of(report) for report in reports)

    first = prepared.series[0].listing
    return ImportResult(
        symbols=[series.symbol for series in prepared.series],
        rows=sum(len(series.prices.table) for series in prepared.series),
        inserted=total(lambda report: report.inserted),
        changed=total(lambda report: report.changed),
        unchanged=total(lambda report: report.unchanged),
        kept=total(lambda report: report.kept),
        revisions=total(lambda report: report.revisions),
        removed=total(lambda report: report.removed),
        set_aside=[set_aside_json(row) for row in prepared.set_aside[:MOST_SET_ASIDE]],
        notices=list(prepared.notices),
        format=format_json(prepared.format, first),
    )

"""Daily bars out of a CSV file: all rows are checked first, then stored a symbol at a time."""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, BinaryIO

import numpy as np
from django.utils import timezone

from core.errors import InvalidInput
from ingestion.errors import InvalidBars
from ingestion.exchange_calendar import last_closed_session, no_session_reason
from ingestion.files.csv_format import CsvRow, detect, rows_of
from ingestion.files.staging import first_contradiction, stage, staged_bars, staged_symbols, staging
from ingestion.models import ActionKind, Instrument, Source
from ingestion.store.adjustment import DatedValue, split_factors
from ingestion.store.batch import BarBatch, StoreReport
from ingestion.store.validation import DECIMALS, Bar, validated_bar
from ingestion.store.writer import store
from ingestion.symbols import listing_of, parse_symbol
from jobs.registry import Progress

MOST_ROWS = 1_000_000
BATCH = 10_000
"""Rows between two reports of progress."""

EARLIEST = date(1900, 1, 1)
"""Daily bars of shares are not older."""

TOLERANCE = 0.02
"""Fraction by which closes of two sources may differ on one day."""

MOST_PROBLEMS = 100


class FilePrices(StrEnum):
    """What the prices of a file are."""

    AS_TRADED = "as_traded"
    SPLIT_ADJUSTED = "split_adjusted"


@dataclass(frozen=True, kw_only=True)
class ImportRequest:
    """What to make of a file.

    symbol: of every row; None where the file has a column that names it.
    exchange: ISO 10383 code; None: the stored one, or by the symbol's suffix.
    """

    symbol: str | None
    prices: FilePrices = FilePrices.AS_TRADED
    exchange: str | None = None


@dataclass(frozen=True, kw_only=True)
class ImportResult:
    """What an import brought. `kept`: rows that differ from the provider's bars, which stand."""

    symbols: list[str]
    rows: int
    inserted: int
    changed: int
    unchanged: int
    kept: int
    revisions: int
    removed: int

    def as_json(self) -> dict[str, Any]:
        """Return the result as plain JSON, for a job."""
        return {**asdict(self), "sentence": self.sentence}

    @property
    def sentence(self) -> str:
        """Return the result in a sentence or two."""
        whose = self.symbols[0] if len(self.symbols) == 1 else f"{len(self.symbols):,} symbols"
        said = (
            f"{self.rows:,} rows of {whose}: {self.inserted:,} new, {self.changed:,} changed, "
            f"{self.unchanged:,} as before."
        )
        if self.kept:
            said += f" {self.kept:,} differ from Alpha Vantage's bars of the same days, which stay."
        if self.removed:
            said += f" They replace {self.removed:,} bars of the historical sample."
        return said


def _silent(fraction: float, step: str) -> None:
    """Report progress to nobody."""


def import_bars(file: BinaryIO, request: ImportRequest, *, progress: Progress = _silent) -> ImportResult:
    """Check every row of a CSV file, then store them; the file must be seekable.

    Nothing is stored unless every row is right. One transaction a symbol; running it again changes nothing.
    Raises InvalidInput, naming line and reason, and InvalidBars, naming the first lines that are wrong.
    """
    layout = detect(file)
    if not layout.names_symbols and request.symbol is None:
        raise InvalidInput(
            "The file does not say of which symbol its rows are. Name the symbol, or add a column symbol.",
            field="symbol",
        )
    with staging():
        rows = _stage_checked(_reporting(rows_of(file, layout), file, progress), request)
        if not rows:
            raise InvalidInput("The file has no row of a bar.", field="file")
        symbols = staged_symbols()
        for symbol in symbols:
            _require_agreement(symbol, request)
        stored = []
        for done, symbol in enumerate(symbols):
            progress(0.6 + 0.4 * done / len(symbols), f"Storing {symbol}, {done + 1:,} of {len(symbols):,}")
            stored.append(_store(symbol, request))
    return _summary(symbols, rows, stored)


def _reporting(rows: Iterator[CsvRow], file: BinaryIO, progress: Progress) -> Iterator[CsvRow]:
    """Pass rows on, and tell how far the file is read."""
    here = file.tell()
    size = max(1, file.seek(0, 2))
    file.seek(here)
    for count, row in enumerate(rows):
        if count % BATCH == 0:
            # The reader is ahead of the row by less than a buffer.
            progress(0.05 + 0.55 * min(1.0, file.tell() / size), f"Checking line {row.line:,}")
        yield row


def _stage_checked(rows: Iterator[CsvRow], request: ImportRequest) -> int:
    """Check and stage the rows; return how many there are. After a first problem nothing more is staged."""
    check = _Check(request)
    batch: list[tuple[str, Bar]] = []
    count = 0
    for count, row in enumerate(rows, start=1):
        if count > MOST_ROWS:
            raise InvalidInput(
                f"The file has more than {MOST_ROWS:,} rows. Import it in parts.", field="file"
            )
        checked = check(row)
        if checked is not None and not check.problems:
            batch.append(checked)
        if len(batch) == BATCH:
            stage(batch)
            batch.clear()
        if len(check.problems) >= MOST_PROBLEMS:
            break
    if check.problems:
        raise InvalidBars(check.problems)
    stage(batch)
    return count


@dataclass
class _Series:
    """The rows of one symbol so far: where its sessions are, the last day, and which way the days run."""

    exchange: str
    last: date | None = None
    forward: bool | None = None

    def follow(self, day: date) -> None:
        """Take the next day; raises ValueError when it repeats one or breaks the order."""
        if self.last is not None:
            if day == self.last:
                raise ValueError(f"{day} stands there twice")
            forward = day > self.last
            if self.forward is not None and forward != self.forward:
                raise ValueError(
                    f"{day} follows on {self.last}, although the lines before run "
                    + ("forward in time" if self.forward else "backward in time")
                )
            self.forward = forward
        self.last = day


@dataclass
class _Check:
    """Checks row after row and collects what is wrong."""

    request: ImportRequest
    problems: list[str] = field(default_factory=list)
    _series: dict[str, _Series] = field(default_factory=dict)
    _reasons: dict[tuple[str, date], str | None] = field(default_factory=dict)
    _now: datetime = field(default_factory=timezone.now)

    def __call__(self, row: CsvRow) -> tuple[str, Bar] | None:
        """Return the symbol and bar of the row; None, with a new problem, where it cannot be one."""
        try:
            symbol = self._symbol(row)
            bar = validated_bar(row.bar)
            self._require_session(symbol, bar.date)
            self._series[symbol].follow(bar.date)
        except ValueError as problem:
            self.problems.append(f"Line {row.line}: {problem}.")
            return None
        return symbol, bar

    def _symbol(self, row: CsvRow) -> str:
        wanted = self.request.symbol
        if row.symbol is None:
            symbol = wanted or ""
        elif wanted is not None and row.symbol != wanted:
            raise ValueError(f"the row is of {row.symbol[:20]}, not of {wanted}")
        else:
            symbol = wanted or row.symbol
        if symbol not in self._series:
            self._series[symbol] = _Series(exchange=_exchange(_checked_symbol(symbol), self.request))
        return symbol

    def _require_session(self, symbol: str, day: date) -> None:
        if day < EARLIEST:
            raise ValueError(f"{day} is before {EARLIEST}")
        key = (self._series[symbol].exchange, day)
        if key not in self._reasons:
            self._reasons[key] = no_session_reason(*key, self._now)
        if reason := self._reasons[key]:
            raise ValueError(reason)


def _checked_symbol(symbol: str) -> str:
    try:
        return parse_symbol(symbol)
    except InvalidInput as error:
        raise ValueError(error.message.partition(".")[0]) from None


def _exchange(symbol: str, request: ImportRequest) -> str:
    if request.exchange is not None:
        return request.exchange
    stored = Instrument.objects.filter(symbol=symbol).exclude(source=Source.SAMPLE).first()
    return stored.exchange if stored else listing_of(symbol).exchange


def _require_agreement(symbol: str, request: ImportRequest) -> None:
    """Raise InvalidInput where the file's prices cannot be what the request says they are."""
    if request.prices == FilePrices.SPLIT_ADJUSTED:
        known = Instrument.objects.filter(symbol=symbol, actions_fetched_at__isnull=False).exists()
        if not known:
            raise InvalidInput(
                f"The splits of {symbol} are not known, so that prices adjusted for them cannot be turned "
                "back into prices as traded. Fetch the symbol first, or import a file of prices as traded.",
                field="prices",
            )
        return
    contradiction = first_contradiction(symbol, TOLERANCE)
    if contradiction is not None:
        day, in_file, stored = contradiction
        raise InvalidInput(
            f"On {day} the file has a close of {in_file:g} where {symbol} traded at {stored:g}, and so on "
            "most days that both have. If the file's prices are adjusted for splits, say so. Nothing was "
            "stored.",
            field="prices",
        )


def _store(symbol: str, request: ImportRequest) -> StoreReport:
    bars = staged_bars(symbol)
    if request.prices == FilePrices.SPLIT_ADJUSTED:
        bars = _as_traded(symbol, bars)
    now = timezone.now()
    exchange = _exchange(symbol, request)
    last_closed = last_closed_session(exchange, now)
    return store(
        BarBatch(
            symbol=symbol,
            source=Source.FILE,
            bars=bars,
            actions=None,
            fetched_at=now,
            provisional_from=next((bar.date for bar in bars if bar.date > last_closed), None),
            exchange=exchange,
        )
    )


def _as_traded(symbol: str, bars: list[Bar]) -> list[Bar]:
    """Return the bars with every later split put back; sources adjust for all splits up to today."""
    actions = Instrument.objects.get(symbol=symbol).actions.filter(kind=ActionKind.SPLIT)
    splits = [DatedValue(date=action.date, value=float(action.value)) for action in actions]
    today = timezone.now().date()
    days = [bar.date for bar in bars if bar.date < today]
    factors = split_factors(np.array([*days, today], dtype="datetime64[D]"), splits)
    restore: list[float] = [*factors[:-1].tolist(), *[1.0] * (len(bars) - len(days))]
    return [_divided(bar, Decimal(factor)) for bar, factor in zip(bars, restore, strict=True)]


def _divided(bar: Bar, factor: Decimal) -> Bar:
    prices = {
        name: (getattr(bar, name) / factor).quantize(DECIMALS) for name in ("open", "high", "low", "close")
    }
    return replace(bar, **prices, volume=int(bar.volume * factor))


def _summary(symbols: list[str], rows: int, stored: list[StoreReport]) -> ImportResult:
    def total(of: Callable[[StoreReport], int]) -> int:
        return sum(of(result) for result in stored)

    return ImportResult(
        symbols=symbols,
        rows=rows,
        inserted=total(lambda result: result.inserted),
        changed=total(lambda result: result.changed),
        unchanged=total(lambda result: result.unchanged),
        kept=total(lambda result: result.kept),
        revisions=total(lambda result: result.revisions),
        removed=total(lambda result: result.removed),
    )

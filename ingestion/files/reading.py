"""Read a file of daily bars: what kind it is, its bars by symbol, and the rows that cannot be bars."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
from numpy.typing import NDArray

from core.errors import InvalidInput
from ingestion.files.bar_interval import interval_of, intraday_interval, named_interval, not_daily
from ingestion.files.bar_rows import BadRow, CheckedRows, check_rows
from ingestion.files.column_names import is_second_choice, plain_name
from ingestion.files.column_roles import Role
from ingestion.files.date_format import DateReading, read_dates
from ingestion.files.date_spelling import DateOrder
from ingestion.files.known_formats import KnownFormat, recognise
from ingestion.files.number_format import DecimalMark
from ingestion.files.symbol_names import requested_rows, symbol_in_file
from ingestion.files.table_header import TableHeader, find_header
from ingestion.files.table_reader import TableRows, read_rows
from ingestion.files.text_lines import text_lines
from ingestion.files.unpacking import TableFile
from ingestion.store.adjustment import DatedValue
from ingestion.store.bar_table import BarTable


@dataclass(frozen=True, kw_only=True)
class Market:
    """What the dates of a file depend on: the zone of the exchange's days, and whether weekends have bars."""

    time_zone: str = "UTC"
    closed_on_weekends: bool = True


@dataclass(frozen=True, kw_only=True)
class ReadOptions:
    """What a user says about a file; None: the file tells it.

    columns: name or number from 1 of the column of a role.
    """

    symbol: str | None = None
    decimal: DecimalMark | None = None
    date_order: DateOrder | None = None
    columns: Mapping[Role, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class FileFormat:
    """How a file is written, as it was recognised.

    columns: the name of the column of each role, or its number from 1 where no line names them.
    exchange: ISO 10383 code, where every file of the source is of one.
    """

    name: str
    encoding: str
    delimiter: str
    decimal_mark: DecimalMark
    date_order: DateOrder
    columns: Mapping[str, str]
    exchange: str | None


@dataclass(frozen=True, kw_only=True)
class FileSeries:
    """The bars of one symbol, oldest first, with their lines, and the file's splits and dividends.

    symbol: None where neither the file nor the user says it.
    """

    symbol: str | None
    table: BarTable
    lines: NDArray[np.int32]
    splits: Sequence[DatedValue]
    dividends: Sequence[DatedValue]


@dataclass(frozen=True, kw_only=True)
class FileReading:
    """Everything that a file says. rows: of bars, good and bad."""

    format: FileFormat
    series: Sequence[FileSeries]
    bad: Sequence[BadRow]
    notices: Sequence[str]
    rows: int


def read_file(
    table: TableFile,
    options: ReadOptions,
    *,
    market_of: Callable[[str | None, KnownFormat], Market],
    today: date,
    progress: Callable[[float], None] = lambda fraction: None,
) -> FileReading:
    """Read a file of bars; raises InvalidInput, naming the line or both readings, where it cannot be told.

    market_of: by the first symbol, if any, and the kind of file.
    """
    with text_lines(table.file) as text:
        header = find_header(text.first, columns=options.columns, symbol=options.symbol)
        known = recognise(header)
        _require_daily(header, options.symbol)
        rows = read_rows(
            text,
            header,
            decimal=options.decimal,
            usual=DecimalMark.POINT if table.is_workbook else _usual_decimal(header, known),
            progress=progress,
        )
        source = _Source(encoding=text.encoding, header=header, known=known, rows=rows)
        return _reading(source, options, market_of=market_of, today=today)


@dataclass(frozen=True, kw_only=True)
class _Source:
    """What is known of a file before its dates are read."""

    encoding: str
    header: TableHeader
    known: KnownFormat
    rows: TableRows


def _usual_decimal(header: TableHeader, known: KnownFormat) -> DecimalMark | None:
    """Return the source's own mark, unless the file went through a spreadsheet that writes its own."""
    return known.decimal if header.delimiter != ";" or known.decimal == DecimalMark.COMMA else None


def _require_daily(header: TableHeader, symbol: str | None) -> None:
    place = header.places.get(Role.PERIOD)
    if place is None:
        return
    named = [named_interval(row[place]) for row in header.sample if len(row) > place]
    if named and named[0] is not None:
        raise not_daily(named[0], symbol or "the file")


def _reading(
    source: _Source,
    options: ReadOptions,
    *,
    market_of: Callable[[str | None, KnownFormat], Market],
    today: date,
) -> FileReading:
    header, rows = source.header, source.rows
    symbols = [symbol_in_file(name) for name in rows.symbols.texts] if rows.symbols else []
    first_symbol = options.symbol or header.ticker or next((name for name in symbols if name), None)
    market = market_of(first_symbol, source.known)
    dates = read_dates(
        rows.dates.texts,
        rows.dates.lines,
        order=options.date_order,
        usual=source.known.order,
        closed_on_weekends=market.closed_on_weekends,
        time_zone=market.time_zone,
        today=today,
    )
    chosen = requested_rows(symbols, options.symbol, may_be_names=_may_be_names(header))
    checked = check_rows(rows, dates, lot=source.known.lot, symbols=chosen)
    _require_some(checked, rows)
    series = list(_series(checked, chosen.names, options.symbol or header.ticker))
    return FileReading(
        format=_format(source, dates),
        series=series,
        bad=checked.bad,
        notices=[*chosen.notices(header.ticker, options.symbol), *_notices(header, checked)],
        rows=len(rows) - checked.other_lines,
    )


def _may_be_names(header: TableHeader) -> bool:
    """Whether the column of symbols is called so that it may hold names of companies as well."""
    place = header.places.get(Role.SYMBOL)
    return bool(header.names) and place is not None and is_second_choice(Role.SYMBOL, header.names[place])


def _require_some(checked: CheckedRows, rows: TableRows) -> None:
    if checked.good.any():
        return
    why = f" Line {checked.bad[0].line}: {checked.bad[0].reason}." if checked.bad else ""
    raise InvalidInput(
        f"None of the file's {len(rows):,} rows is a bar.{why} Nothing was stored.", field="file"
    )


def _series(checked: CheckedRows, names: Sequence[str | None], symbol: str | None) -> Iterator[FileSeries]:
    """Yield the good rows of each symbol as a table; raises InvalidInput for bars that are not daily."""
    places = np.flatnonzero(checked.good)
    codes = checked.symbol_codes[places]
    order = np.lexsort((checked.days[places], codes))
    places, codes = places[order], codes[order]
    starts = np.flatnonzero(np.diff(codes, prepend=-2))
    for start, end in zip(starts, [*starts[1:], len(places)], strict=True):
        mine = places[start:end]
        name = (names[codes[start]] if names and codes[start] >= 0 else None) or symbol
        yield _one_series(checked, mine, name)


def _one_series(checked: CheckedRows, places: NDArray[np.intp], name: str | None) -> FileSeries:
    whose = name or "the file"
    if intraday := intraday_interval(checked.days[places], checked.seconds[places]):
        raise not_daily(intraday, whose)
    places = checked.without_repeats(places)
    days = checked.days[places]
    if interval := interval_of(days):
        raise not_daily(interval, whose)
    return FileSeries(
        symbol=name,
        table=BarTable(days=days, prices=checked.prices[:, places], volume=checked.volume[places]),
        lines=checked.lines[places],
        splits=checked.splits_of(places),
        dividends=checked.dividends_of(places),
    )


def _format(source: _Source, dates: DateReading) -> FileFormat:
    header, known, rows = source.header, source.known, source.rows
    return FileFormat(
        name=known.name,
        encoding=source.encoding,
        delimiter=header.delimiter,
        decimal_mark=rows.decimal,
        date_order=dates.order,
        columns={
            str(role): header.names[place].strip()
            if header.names and header.names[place].strip()
            else str(place + 1)
            for role, place in sorted(header.places.items())
        },
        exchange=known.exchange,
    )


def _notices(header: TableHeader, checked: CheckedRows) -> list[str]:
    notices = []
    if Role.OPEN not in header.places:
        notices.append(
            "The file has one price a day: it stands for open, high, low and close, so that orders inside "
            "the day "
            "cannot be simulated."
        )
    if header.names and "adj" in plain_name(header.names[header.places[Role.CLOSE]]):
        notices.append(
            f"The only price is “{header.names[header.places[Role.CLOSE]].strip()}”, which is adjusted for "
            "splits and dividends: it is stored as if shares had traded at it. Import a file with the close "
            "too where you can."
        )
    if Role.VOLUME not in header.places:
        notices.append("The file has no volume: it is stored as 0.")
    elif checked.missing_volumes:
        notices.append(f"{checked.missing_volumes:,} rows have no volume: it is stored as 0.")
    if checked.other_lines:
        notices.append(
            f"{checked.other_lines:,} lines are no rows of the table, such as notes or totals, and were "
            f"passed over."
        )
    if checked.widened:
        notices.append(
            f"{checked.widened:,} rows have an open or close outside their range by less than a millionth, "
            f"as "
            "rounding leaves it: the range was widened."
        )
    return notices

"""How a CSV file of daily bars is written: encoding, delimiter, columns, order of the dates.

Recognised without being told: the files of Alpha Vantage, Yahoo, Stooq and Nasdaq, those of spreadsheets with
semicolons and decimal commas, and files without a header that have date, open, high, low, close and volume.
"""

import codecs
import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import BinaryIO

from core.errors import InvalidInput
from ingestion.store.validation import BarText

LONGEST_LINE = 4096
"""Characters; a line of a bar has about eighty."""

DELIMITERS = ",;\t|"
REQUIRED = ("date", "open", "high", "low", "close", "volume")

_NAMES = {
    "date": "date",
    "timestamp": "date",
    "day": "date",
    "datetime": "date",
    "open": "open",
    "high": "high",
    "low": "low",
    "close": "close",
    "last": "close",
    "close/last": "close",
    "volume": "volume",
    "vol": "volume",
    "symbol": "symbol",
    "ticker": "symbol",
    "name": "symbol",
}
"""What the columns of known files mean; any other column, such as an adjusted close, is passed over."""

_ISO = re.compile(r"(\d{4})(?:(\d{2})(\d{2})|[-/.](\d{1,2})[-/.](\d{1,2}))(?:[T ].*)?")
_IN_PARTS = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})(?:[T ].*)?")
_BY_NAME = ("%b %d, %Y", "%d-%b-%Y", "%d-%b-%y", "%d %b %Y")
_CURRENCY = re.compile(r"[$€£¥\s\u00a0]")
_HIGHEST_MONTH = 12


class DateOrder(Enum):
    """Which of two numbers before a year is the month."""

    YEAR_FIRST = "2024-01-31"
    MONTH_FIRST = "01/31/2024"
    DAY_FIRST = "31/01/2024"


@dataclass(frozen=True, kw_only=True)
class Layout:
    """How one file is written.

    columns: the place of each known column.
    has_header: whether the first line names them.
    decimal_comma: whether a comma stands before the decimals, and does not separate thousands.
    """

    encoding: str
    delimiter: str
    columns: Mapping[str, int]
    has_header: bool
    date_order: DateOrder
    decimal_comma: bool

    @property
    def names_symbols(self) -> bool:
        """Whether each row says which symbol it is of."""
        return "symbol" in self.columns


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvRow:
    """A row with the symbol it names, in capitals; None where the file names none."""

    line: int
    symbol: str | None
    bar: BarText


def detect(file: BinaryIO) -> Layout:
    """Return how the file is written; raises InvalidInput, naming the line, when it cannot be told.

    It reads the file to its end, because the order of day and month may show itself late.
    """
    encoding = _encoding(file)
    first = next(_lines(file, encoding), None)
    if first is None or not first.strip():
        raise InvalidInput("The file is empty. Give a CSV file of daily bars.", field="file")
    delimiter = _delimiter(first)
    cells = next(csv.reader([first], delimiter=delimiter))
    columns = _columns(cells)
    has_header = columns is not None
    columns = columns or _columns_without_header(cells)
    dates = (
        (line, cells[columns["date"]].strip())
        for line, cells in _records(file, encoding, delimiter, skip=has_header)
        if len(cells) > columns["date"]
    )
    return Layout(
        encoding=encoding,
        delimiter=delimiter,
        columns=columns,
        has_header=has_header,
        date_order=_date_order(dates, assume_us="close/last" in first.lower()),
        decimal_comma=delimiter != "," and _has_decimal_comma(file, encoding, delimiter, columns),
    )


def rows_of(file: BinaryIO, layout: Layout) -> Iterator[CsvRow]:
    """Yield the rows with their line numbers, dates in ISO form and numbers as Python spells them.

    Raises InvalidInput, naming the line, for one that is no row of the table at all.
    """
    columns = layout.columns
    needed = max(columns.values()) + 1
    for line, cells in _records(file, layout.encoding, layout.delimiter, skip=layout.has_header):
        if len(cells) < needed:
            raise InvalidInput(
                f"Line {line} has {len(cells)} columns where {needed} are needed. Nothing was stored.",
                field="file",
            )
        yield CsvRow(
            line=line,
            symbol=_symbol(cells[columns["symbol"]]) if layout.names_symbols else None,
            bar=BarText(
                place=f"on line {line}",
                date=_iso(cells[columns["date"]].strip(), layout.date_order),
                open=_number(cells[columns["open"]], layout),
                high=_number(cells[columns["high"]], layout),
                low=_number(cells[columns["low"]], layout),
                close=_number(cells[columns["close"]], layout),
                volume=_whole(_number(cells[columns["volume"]], layout)),
            ),
        )


def _symbol(text: str) -> str:
    """Return the symbol in capitals; Stooq marks those of the United States."""
    return text.strip().upper().removesuffix(".US")


def _encoding(file: BinaryIO) -> str:
    file.seek(0)
    start = file.read(4)
    return "utf-16" if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"


def _lines(file: BinaryIO, encoding: str) -> Iterator[str]:
    """Yield the lines, each bounded, from the beginning of the file."""
    file.seek(0)
    text = io.TextIOWrapper(file, encoding=encoding, newline=None)
    number = 0
    try:
        while line := text.readline(LONGEST_LINE):
            number += 1
            if len(line) == LONGEST_LINE or "\0" in line:
                raise InvalidInput(f"Line {number} is not a line of a CSV file of bars.", field="file")
            yield line
    except UnicodeError:
        raise InvalidInput(
            f"The file is not text in UTF-8, as line {number + 1} or a little later shows. Save it as CSV in "
            "UTF-8.",
            field="file",
        ) from None
    finally:
        text.detach()  # the file stays open for who opened it


def _records(file: BinaryIO, encoding: str, delimiter: str, *, skip: bool) -> Iterator[tuple[int, list[str]]]:
    """Yield the cells of each line that is not blank, with its number."""
    reader = csv.reader(_lines(file, encoding), delimiter=delimiter)
    try:
        for cells in reader:
            if (skip and reader.line_num == 1) or not any(cell.strip() for cell in cells):
                continue
            yield reader.line_num, cells
    except csv.Error as error:
        raise InvalidInput(f"Line {reader.line_num} is not CSV: {error}.", field="file") from None


def _delimiter(line: str) -> str:
    return max(DELIMITERS, key=line.count)


def _columns(cells: list[str]) -> dict[str, int] | None:
    """Return the places of the columns that a header names; None where the line is none."""
    found: dict[str, int] = {}
    for place, cell in enumerate(cells):
        name = _NAMES.get(cell.strip().strip("<>").strip().lower().replace("_", " "))
        if name is not None:
            found.setdefault(name, place)
    if not found:
        return None
    missing = [name for name in REQUIRED if name not in found]
    if missing:
        raise InvalidInput(
            f"Line 1 names no column {', '.join(missing)}. A file of daily bars needs the columns "
            f"{', '.join(REQUIRED)}.",
            field="file",
        )
    return found


def _columns_without_header(cells: list[str]) -> dict[str, int]:
    if len(cells) != len(REQUIRED) or not any(character.isdigit() for character in cells[0]):
        raise InvalidInput(
            f"Line 1 names no columns. Begin the file with a line such as {','.join(REQUIRED)}.", field="file"
        )
    return {name: place for place, name in enumerate(REQUIRED)}


def _date_order(dates: Iterator[tuple[int, str]], *, assume_us: bool) -> DateOrder:
    """Return the one order that every date can have; raises InvalidInput when there are two or none."""
    proof: dict[DateOrder, int] = {}
    ambiguous = 0
    for line, text in dates:
        parts = _IN_PARTS.fullmatch(text)
        if parts is None:
            continue
        first, second = int(parts[1]), int(parts[2])
        if first > _HIGHEST_MONTH:
            proof.setdefault(DateOrder.DAY_FIRST, line)
        elif second > _HIGHEST_MONTH:
            proof.setdefault(DateOrder.MONTH_FIRST, line)
        ambiguous = ambiguous or line
    if len(proof) > 1:
        lines = " and ".join(str(line) for line in sorted(proof.values()))
        raise InvalidInput(
            f"Lines {lines} write day and month in different orders. Write dates like 2024-01-31.",
            field="file",
        )
    if proof:
        return next(iter(proof))
    if ambiguous and not assume_us:
        raise InvalidInput(
            f"The date on line {ambiguous} can be read in two ways, and no other line tells which of its "
            "numbers is the month. Write dates like 2024-01-31.",
            field="file",
        )
    return DateOrder.MONTH_FIRST if ambiguous else DateOrder.YEAR_FIRST


def _has_decimal_comma(file: BinaryIO, encoding: str, delimiter: str, columns: Mapping[str, int]) -> bool:
    """Return whether the second line writes a price with a comma before its decimals."""
    records = _records(file, encoding, delimiter, skip=True)
    _, cells = next(records, (2, []))
    close = cells[columns["close"]] if len(cells) > columns["close"] else ""
    return close.rfind(",") > close.rfind(".")


def _iso(text: str, order: DateOrder) -> str:
    """Return the date in ISO form; what is no date stays as it is, for validation to name."""
    if iso := _ISO.fullmatch(text):
        year, month, day = filter(None, iso.groups())
        return f"{year}-{int(month):02d}-{int(day):02d}"
    if parts := _IN_PARTS.fullmatch(text):
        month, day = (parts[1], parts[2]) if order == DateOrder.MONTH_FIRST else (parts[2], parts[1])
        return f"{parts[3]}-{int(month):02d}-{int(day):02d}"
    return _by_name(text) or text


def _by_name(text: str) -> str | None:
    """Return a date that names its month, such as Jan 31, 2024, in ISO form."""
    for form in _BY_NAME:
        try:
            named: date = datetime.strptime(text, form).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
        return named.isoformat()
    return None


def _number(text: str, layout: Layout) -> str:
    """Return a number without currency and thousands, with a point before the decimals."""
    text = _CURRENCY.sub("", text)
    if "," not in text:
        return text
    return text.replace(".", "").replace(",", ".") if layout.decimal_comma else text.replace(",", "")


def _whole(text: str) -> str:
    """Return a volume without the decimals that some files give it: adjusted volumes are no whole shares."""
    whole, point, decimals = text.partition(".")
    if point and whole.isdigit() and (decimals.isdigit() or not decimals):
        return str(round(float(text)))
    return text

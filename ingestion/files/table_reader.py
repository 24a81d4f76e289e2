"""Read the rows of a table into arrays, a piece at a time, with the numbers as the whole file spells them."""

import io
import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.errors import InvalidInput
from ingestion.files.cells import WHITESPACE
from ingestion.files.column_roles import PRICE_ROLES, Role
from ingestion.files.number_format import (
    DecimalMark,
    NumberEvidence,
    Shape,
    is_missing,
    parse_number,
    shape_of,
)
from ingestion.files.table_header import TableHeader
from ingestion.files.text_lines import TextLines

ROWS_AT_ONCE = 20_000
EXTRA_COLUMNS = 32
"""Columns that a row may have beyond the header's before the file counts as broken."""

TEXTS_KEPT = 10_000
"""Cells that are no numbers and are kept for messages and for notes on dividends."""

UNGROUPED = 1000
"""Whole numbers from here on show by a missing mark that thousands are not separated."""

NUMERIC_ROLES = (*PRICE_ROLES, Role.VOLUME, Role.SPLIT, Role.DIVIDEND)

_Texts = NDArray[np.object_]
_Floats = NDArray[np.float64]
_BROKEN = re.compile(r"line (\d+)")
_COMPACT_TIME = re.compile(r"(\d{2})(\d{2})(\d{2})?")


@dataclass(kw_only=True)
class Labels:
    """Distinct texts of a column in order of appearance, with the line of the first of each."""

    texts: list[str] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    _codes: dict[str, int] = field(default_factory=dict)

    def encode(self, cells: _Texts, first_line: int) -> NDArray[np.int32]:
        """Return the number of each cell's text."""
        codes, uniques = pd.factorize(cells)
        starts = np.flatnonzero(~pd.Series(codes).duplicated().to_numpy())
        places = np.empty(len(uniques), dtype=np.int32)
        for place, (text, start) in enumerate(zip(uniques, starts, strict=True)):
            places[place] = self._code(text.strip(), first_line + int(start))
        return places[codes]

    def _code(self, text: str, line: int) -> int:
        code = self._codes.get(text)
        if code is None:
            code = self._codes[text] = len(self.texts)
            self.texts.append(text)
            self.lines.append(line)
        return code


@dataclass(frozen=True, kw_only=True)
class TableRows:
    """The rows of a table that are not blank. Arrays have the shape (rows,).

    lines: as an editor counts them. date_codes, symbol_codes: places in `dates` and `symbols`; no column of
    symbols: None. is_equity: rows of the series EQ; None where no column tells. numbers: NaN where a cell is
    missing or no number. texts: cells that are neither empty nor numbers, by row and role. is_long: rows with
    more cells than the header has names.
    """

    lines: NDArray[np.int32]
    dates: Labels
    date_codes: NDArray[np.int32]
    symbols: Labels | None
    symbol_codes: NDArray[np.int32] | None
    is_equity: NDArray[np.bool_] | None
    numbers: dict[Role, _Floats]
    texts: Mapping[tuple[int, Role], str]
    is_long: NDArray[np.bool_]
    decimal: DecimalMark

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.lines)


def read_rows(
    text: TextLines,
    header: TableHeader,
    *,
    decimal: DecimalMark | None,
    usual: DecimalMark | None,
    progress: Callable[[float], None] = lambda fraction: None,
) -> TableRows:
    """Read a table; raises InvalidInput where the decimal mark cannot be told or the table is broken.

    decimal: given by the user; None: decided by all numbers of the file. usual: that of the kind of file.
    """
    scan = _Scan(header=header, decimal=decimal)
    scan.read(text, progress)
    if decimal is None:
        found = scan.decide(usual)
        if found == DecimalMark.COMMA:
            scan = _Scan(header=header, decimal=found)
            scan.read(text, progress)
        decimal = found
    return scan.rows(decimal)


@dataclass(kw_only=True)
class _Scan:
    """One passage through the file. Without a decimal mark it reads by the point and collects evidence."""

    header: TableHeader
    decimal: DecimalMark | None
    dates: Labels = field(default_factory=Labels)
    symbols: Labels = field(default_factory=Labels)
    prices_evidence: NumberEvidence = field(default_factory=NumberEvidence)
    volume_evidence: NumberEvidence = field(default_factory=NumberEvidence)
    texts: dict[tuple[int, Role], str] = field(default_factory=dict)
    _parts: list[dict[str, NDArray[Any]]] = field(default_factory=list)
    _count: int = 0
    _seen: int = 0

    def read(self, text: TextLines, progress: Callable[[float], None]) -> None:
        """Read the whole file."""
        for chunk in _chunks(text, self.header):
            self._seen += len(chunk)
            self._take(chunk)
            progress(min(1.0, (self.header.skip + self._seen) / max(1, text.count)))
        missing = text.count - self.header.skip - self._seen
        if missing > 0:
            raise InvalidInput(
                f"A quotation mark is not closed, so that {missing:,} lines cannot be told apart. Nothing "
                f"was stored.",
                field="file",
            )

    def _take(self, chunk: pd.DataFrame) -> None:
        """Add the rows of a piece that are neither blank nor a repeated header."""
        columns = {int(place): chunk[place].to_numpy(dtype=object) for place in chunk.columns}
        keep = self._is_row(columns, len(chunk))
        lines = (self.header.skip + 1 + chunk.index.to_numpy()[keep]).astype(np.int32)
        if not len(lines):
            return
        cells = {role: columns[place][keep] for role, place in self.header.places.items()}
        part: dict[str, NDArray[Any]] = {"lines": lines}
        part["date"] = self.dates.encode(_date_texts(cells), int(lines[0]))
        if Role.SYMBOL in cells:
            part["symbol"] = self.symbols.encode(cells[Role.SYMBOL], int(lines[0]))
        if Role.SERIES in cells:
            part["is_equity"] = np.array([text.strip().upper() == "EQ" for text in cells[Role.SERIES]])
        for role in NUMERIC_ROLES:
            if role in cells:
                part[role] = self._numbers(role, cells[role], lines)
        part["is_long"] = columns[self.header.width][keep] != ""
        self._parts.append(part)
        self._count += len(lines)

    def _is_row(self, columns: Mapping[int, _Texts], count: int) -> NDArray[np.bool_]:
        """Return which rows are neither blank nor the header once more, as in files that were joined."""
        places = sorted(set(self.header.places.values()))
        blank = np.ones(count, dtype=np.bool_)
        for place in places:
            blank &= columns[place] == ""
        if not self.header.names:
            return ~blank
        repeated = np.ones(count, dtype=np.bool_)
        for place in places:
            repeated &= columns[place] == self.header.names[place]
        return ~(blank | repeated)

    def _numbers(self, role: Role, cells: _Texts, lines: NDArray[np.int32]) -> _Floats:
        """Return the cells as numbers, NaN where there is none."""
        evidence = self.volume_evidence if role == Role.VOLUME else self.prices_evidence
        if self.decimal != DecimalMark.COMMA:
            try:
                numbers: _Floats = cells.astype(np.float64)
            except ValueError:
                pass
            else:
                _note_plain(evidence, cells, lines, numbers)
                return numbers
        return np.array([self._number(role, row, text, lines[row]) for row, text in enumerate(cells)])

    def _number(self, role: Role, row: int, text: str, line: int) -> float:
        if is_missing(text):
            return math.nan
        evidence = self.volume_evidence if role == Role.VOLUME else self.prices_evidence
        evidence.add(text, int(line))
        number = parse_number(text, self.decimal or DecimalMark.POINT)
        if math.isnan(number) and len(self.texts) < TEXTS_KEPT:
            self.texts[self._count + row, role] = text.strip()
        return number

    def decide(self, usual: DecimalMark | None) -> DecimalMark:
        """Return the decimal mark that all numbers of the file tell together."""
        prices, volume = self.prices_evidence, self.volume_evidence
        together = NumberEvidence()
        for evidence in (prices, volume):
            resolved = evidence.ungrouped_reading()
            for shape, count in evidence.counts.items():
                together.counts[resolved if resolved and shape in EITHER else shape] += count
                if shape in evidence.first:
                    together.first.setdefault(
                        resolved if resolved and shape in EITHER else shape, evidence.first[shape]
                    )
        return together.decide(usual=usual)

    def rows(self, decimal: DecimalMark) -> TableRows:
        """Return everything that was read."""
        if not self._parts:
            raise InvalidInput("The file has no row of a bar.", field="file")
        # A column at a time, so that memory holds no second copy of all of them.
        names = list(self._parts[0])
        joined = {name: np.concatenate([part.pop(name) for part in self._parts]) for name in names}
        has_symbols = "symbol" in joined
        return TableRows(
            lines=joined["lines"],
            dates=self.dates,
            date_codes=joined["date"],
            symbols=self.symbols if has_symbols else None,
            symbol_codes=joined["symbol"] if has_symbols else None,
            is_equity=joined.get("is_equity"),
            numbers={role: joined[role] for role in NUMERIC_ROLES if role in joined},
            texts=self.texts,
            is_long=joined["is_long"],
            decimal=decimal,
        )


EITHER = frozenset({Shape.EITHER_POINT, Shape.EITHER_COMMA})


def _note_plain(evidence: NumberEvidence, cells: _Texts, lines: NDArray[np.int32], numbers: _Floats) -> None:
    """Take cells that Python reads as numbers into account: one that tells stands for all of them."""
    if np.array_equal(numbers, np.rint(numbers)) and all(map(str.isdigit, cells)):
        evidence.counts[Shape.NEUTRAL] += len(cells)
        evidence.has_ungrouped_thousands |= bool(numbers.max(initial=0) >= UNGROUPED)
        return
    for place, text in enumerate(cells):
        if shape_of(text) == Shape.POINT:
            evidence.add(text, int(lines[place]), count=len(cells))
            return
    for place, text in enumerate(cells):
        evidence.add(text, int(lines[place]))


class _Padded(io.TextIOBase):
    """Text after a line with as many cells as any row may have: pandas takes the width from it."""

    def __init__(self, text: io.TextIOBase, first: str) -> None:
        self._text = text
        self._first = first

    def readable(self) -> bool:
        """Whether it can be read."""
        return True

    def read(self, size: int | None = -1) -> str:
        """Return the first line, then the text."""
        if self._first:
            first, self._first = self._first, ""
            return first
        return self._text.read(size)


def _chunks(text: TextLines, header: TableHeader) -> Iterator[pd.DataFrame]:
    """Yield the needed columns as text, rows numbered from the first below the header."""
    text.file.seek(0)
    for _ in range(header.skip):
        text.file.readline()
    width = header.width + EXTRA_COLUMNS
    wrapper = io.TextIOWrapper(text.file, encoding="utf-8", newline="")
    padding = "0 " * width if header.delimiter == WHITESPACE else header.delimiter * (width - 1)
    try:
        with pd.read_csv(
            cast("io.StringIO", _Padded(wrapper, f"{padding}\n")),
            sep=r"\s+" if header.delimiter == WHITESPACE else header.delimiter,
            header=None,
            names=list(range(width)),
            index_col=False,
            usecols=sorted({*header.places.values(), header.width}),
            dtype=object,
            skip_blank_lines=False,
            skipinitialspace=True,
            na_filter=False,
            chunksize=ROWS_AT_ONCE,
        ) as reader:
            for place, chunk in enumerate(reader):
                chunk.index -= 1
                yield chunk.iloc[1:] if place == 0 else chunk
    except pd.errors.ParserError as error:
        if "EOF inside string" in str(error):
            raise InvalidInput(
                "A quotation mark is not closed, so that the lines after it cannot be told apart. Nothing "
                "was stored.",
                field="file",
            ) from None
        line = _BROKEN.search(str(error))
        where = f"Line {int(line[1]) - 1 + header.skip}" if line else "A line"
        raise InvalidInput(
            f"{where} is no row of the table: its cells do not fit the columns. Nothing was stored.",
            field="file",
        ) from None
    finally:
        wrapper.detach()


def _date_texts(cells: Mapping[Role, _Texts]) -> _Texts:
    """Return the dates, with the time of day where another column has it."""
    dates = cells[Role.DATE]
    if Role.TIME not in cells:
        return dates
    codes, uniques = pd.factorize(cells[Role.TIME])
    times = np.array([_clock(text) for text in uniques], dtype=object)
    together: _Texts = dates + times[codes]
    return together


def _clock(text: str) -> str:
    """Return a time of day as it follows a date; `093000` is 09:30:00."""
    text = text.strip()
    if match := _COMPACT_TIME.fullmatch(text):
        text = ":".join(part for part in match.groups() if part)
    return f" {text}" if text else ""

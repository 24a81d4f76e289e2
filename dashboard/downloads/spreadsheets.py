"""Results as tables: CSV for programs, and a workbook with a sheet for each table for people."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from pydantic import BaseModel
from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
"""Text that begins with one of these is a formula to Excel and LibreOffice, and could run a command."""

type Cell = str | float | bool | date | None


@dataclass(frozen=True, kw_only=True)
class Table:
    """Rows under headings; `name` is that of its sheet, at most 31 characters."""

    name: str
    headings: Sequence[str]
    rows: Iterable[Sequence[Cell]]


def table_of[Row: BaseModel](name: str, kind: type[Row], rows: Iterable[Row]) -> Table:
    """Return a table with a column for each field of `kind`, under the names of its JSON."""
    headings = [field.alias or key for key, field in kind.model_fields.items()]
    return Table(
        name=name,
        headings=headings,
        rows=([_plain(getattr(row, key)) for key in kind.model_fields] for row in rows),
    )


def columns_of(name: str, columns: dict[str, Sequence[Cell]]) -> Table:
    """Return a table of columns of equal length."""
    return Table(name=name, headings=list(columns), rows=zip(*columns.values(), strict=True))


def csv_of(table: Table) -> bytes:
    """Return a table as CSV (RFC 4180, UTF-8).

    Numbers keep every digit, an undefined one is an empty cell; text that a spreadsheet would take for a
    formula gets an apostrophe before it.
    """
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(table.headings)
    for row in table.rows:
        writer.writerow(_written(value) for value in row)
    return file.getvalue().encode()


def workbook_of(tables: Sequence[Table], *, title: str, created: datetime) -> bytes:
    """Return a workbook (Office Open XML) with a sheet for each table; equal tables, equal bytes.

    Dates are dates, numbers keep every digit, and text is text: nothing in it is a formula. Rows are
    written out as they come, so that a long table costs no more memory than a short one.
    """
    file = io.BytesIO()
    with Workbook(
        file, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        book.set_properties({"title": title, "author": "Hindcast", "created": created.replace(tzinfo=None)})
        heading = book.add_format({"bold": True, "bottom": 1})
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for table in tables:
            _fill(book.add_worksheet(table.name), table, heading=heading, day=day)
    return file.getvalue()


def _fill(sheet: Worksheet, table: Table, *, heading: Format, day: Format) -> None:
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, len(table.headings) - 1, 14)
    for column, text in enumerate(table.headings):
        sheet.write_string(0, column, text, heading)
    for number, row in enumerate(table.rows, start=1):
        for column, value in enumerate(row):
            _write(sheet, number, column, value, day)


def _write(sheet: Worksheet, row: int, column: int, value: Cell, day: Format) -> None:
    match value:
        case None:
            return
        case bool():
            sheet.write_boolean(row, column, value)
        case date():
            sheet.write_datetime(row, column, datetime(value.year, value.month, value.day), day)  # noqa: DTZ001
        case str():
            sheet.write_string(row, column, value)
        case _:
            sheet.write_number(row, column, value)


def _plain(value: Any) -> Cell:
    if isinstance(value, dict):
        return ", ".join(f"{name} {number:g}" for name, number in value.items())
    return value.value if isinstance(value, StrEnum) else value


def _written(value: Cell) -> object:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str) and value.startswith(FORMULA_STARTS):
        return f"'{value}"
    return value

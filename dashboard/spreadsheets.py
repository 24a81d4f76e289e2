"""Tables for a spreadsheet, as CSV."""

import csv
import io
from collections.abc import Sequence

from pydantic import BaseModel

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
"""Text that begins with one of these is a formula to Excel and LibreOffice, and could run a command."""


def csv_table[Row: BaseModel](kind: type[Row], rows: Sequence[Row]) -> bytes:
    """Return a table with a column for each field of `kind`, under the names of its JSON (RFC 4180, UTF-8).

    Numbers keep every digit, an undefined one is an empty cell; text that a spreadsheet would take for a
    formula gets an apostrophe before it.
    """
    table = io.StringIO(newline="")
    writer = csv.writer(table)
    writer.writerow(field.alias or name for name, field in kind.model_fields.items())
    for row in rows:
        writer.writerow(_cell(value) for value in row.model_dump(mode="json", by_alias=True).values())
    return table.getvalue().encode()


def csv_columns(columns: BaseModel) -> bytes:
    """Return a table of a model whose fields are columns of equal length; null ones are left out."""
    shown = {
        field.alias or name: getattr(columns, name)
        for name, field in type(columns).model_fields.items()
        if getattr(columns, name) is not None
    }
    table = io.StringIO(newline="")
    writer = csv.writer(table)
    writer.writerow(shown)
    writer.writerows([_cell(value) for value in row] for row in zip(*shown.values(), strict=True))
    return table.getvalue().encode()


def _cell(value: object) -> object:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str) and value.startswith(FORMULA_STARTS):
        return f"'{value}"
    return value

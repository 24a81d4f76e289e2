"""Show the first rows of a file as they would be stored, and what was made of its columns."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, BinaryIO

from core.errors import InvalidInput
from ingestion.errors import InvalidBars
from ingestion.files.cells import DELIMITERS, split_cells
from ingestion.files.column_roles import Role
from ingestion.files.requests import ImportRequest
from ingestion.files.results import format_json
from ingestion.files.service import PreparedFile, prepare
from ingestion.files.text_lines import text_lines
from ingestion.files.unpacking import TableFile, unpack

ROWS_SHOWN = 8
LINES_READ = 5_000
"""Lines that a preview reads of a long file."""

MAPPED_ROLES = (Role.DATE, Role.OPEN, Role.HIGH, Role.LOW, Role.CLOSE, Role.VOLUME, Role.SYMBOL)


@dataclass(frozen=True, kw_only=True)
class PreviewRow:
    """A bar as it would be stored."""

    symbol: str
    day: date
    open: float
    high: float
    low: float
    close: float
    volume: float


@dataclass(frozen=True, kw_only=True)
class PreviewColumn:
    """A role with the columns that may hold it: number, name, and whether it is the chosen one."""

    role: Role
    choices: Sequence[tuple[str, str, bool]]


@dataclass(frozen=True, kw_only=True)
class FilePreview:
    """What an import would make of a file. problem: why it would be refused; lines: its first ones."""

    rows: Sequence[PreviewRow]
    columns: Sequence[PreviewColumn]
    format: dict[str, Any] | None
    notices: Sequence[str]
    set_aside: int
    problem: str | None
    lines: Sequence[str]
    is_part: bool


def preview_file(file: BinaryIO, request: ImportRequest, *, name: str) -> FilePreview:
    """Return what an import would make of the first table of a file; stores nothing.

    Raises InvalidInput for what is no table at all.
    """
    table = next(iter(unpack(file, name)))
    if table.problem is not None:
        raise table.problem
    lines, text, is_part = _beginning(table)
    part = TableFile(name=table.name, file=io.BytesIO(text), is_workbook=table.is_workbook)
    prepared, problem = None, None
    try:
        prepared = prepare(part, request, is_member=request.symbol is None)
    except (InvalidInput, InvalidBars) as error:
        problem = error.message
    return _preview(prepared, problem, lines, is_part=is_part)


def _beginning(table: TableFile) -> tuple[list[str], bytes, bool]:
    """Return the first lines, the text that is read of the file, and whether that is a part of it."""
    table.file.seek(0)
    with text_lines(table.file) as text:
        text.file.seek(0)
        read = [text.file.readline() for _ in range(min(LINES_READ, text.count))]
        return text.first, b"".join(read), text.count > LINES_READ


def _preview(
    prepared: PreparedFile | None, problem: str | None, lines: Sequence[str], *, is_part: bool
) -> FilePreview:
    chosen = prepared.format.columns if prepared else {}
    return FilePreview(
        rows=_rows(prepared) if prepared else [],
        columns=_columns(lines, chosen, prepared.format.delimiter if prepared else None),
        format=format_json(prepared.format, prepared.series[0].listing) if prepared else None,
        notices=prepared.notices if prepared else [],
        set_aside=len(prepared.set_aside) if prepared else 0,
        problem=problem,
        lines=[line.rstrip("\r\n")[:160] for line in lines[:6]],
        is_part=is_part,
    )


def _rows(prepared: PreparedFile) -> list[PreviewRow]:
    rows = []
    for series in prepared.series[:ROWS_SHOWN]:
        table = series.prices.table
        for place in range(min(len(table), ROWS_SHOWN // len(prepared.series[:ROWS_SHOWN]))):
            open_, high, low, close = table.prices[:, place].tolist()
            rows.append(
                PreviewRow(
                    symbol=series.symbol,
                    day=table.days[place].item(),
                    open=open_,
                    high=high,
                    low=low,
                    close=close,
                    volume=float(table.volume[place]),
                )
            )
    return rows


def _columns(lines: Sequence[str], chosen: Mapping[str, str], delimiter: str | None) -> list[PreviewColumn]:
    """Return the roles with the columns of the widest of the first lines."""
    names = _names(lines, chosen, delimiter)
    found = []
    for role in MAPPED_ROLES:
        name = chosen.get(role)
        choices = [
            (str(place), label or f"Column {place}", name in {label, str(place)})
            for place, label in enumerate(names, start=1)
        ]
        found.append(PreviewColumn(role=role, choices=choices))
    return found


def _names(lines: Sequence[str], chosen: Mapping[str, str], delimiter: str | None) -> list[str]:
    delimiters = (delimiter,) if delimiter else DELIMITERS
    split = [[cell.strip() for cell in split_cells(line, mark)] for line in lines for mark in delimiters]
    named = [cells for cells in split if chosen and set(chosen.values()) & set(cells)]
    return (named or [max(split, key=len)])[0] if split else []

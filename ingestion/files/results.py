"""What an import brought, in counts, notices and a sentence."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from core.formatting import counted
from ingestion.files.bar_rows import BadRow
from ingestion.files.listing_check import FileListing
from ingestion.files.reading import FileFormat

MOST_SET_ASIDE = 1_000
"""Rows set aside that a result names one by one."""


@dataclass(frozen=True, kw_only=True)
class ImportResult:
    """What an import brought. Rows are bars that were taken in.

    kept: rows that differ from the provider's bars, which stand. set_aside: rows that are no bars, with line,
    date and reason. format: what was recognised.
    """

    symbols: list[str]
    rows: int
    inserted: int
    changed: int
    unchanged: int
    kept: int
    revisions: int
    removed: int
    set_aside: list[dict[str, Any]] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    format: dict[str, Any] = field(default_factory=dict)

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
        if self.set_aside:
            said += f" {counted(len(self.set_aside), 'row')} set aside."
        if self.kept:
            said += f" {self.kept:,} differ from the provider's bars of the same days, which stay."
        if self.removed:
            said += f" They replace {self.removed:,} bars of the historical sample."
        return said


def set_aside_json(row: BadRow) -> dict[str, Any]:
    """Return a row that was set aside as plain JSON."""
    return {"line": row.line, "date": row.date.isoformat() if row.date else None, "reason": row.reason}


def format_json(found: FileFormat, listing: FileListing) -> dict[str, Any]:
    """Return what was recognised as plain JSON."""
    return {
        "name": found.name,
        "encoding": found.encoding,
        "delimiter": found.delimiter,
        "decimal_mark": found.decimal_mark.character,
        "date_order": str(found.date_order),
        "columns": dict(found.columns),
        "exchange": listing.exchange,
        "currency": listing.currency,
    }


def joined_results(results: Sequence[ImportResult], refused: Sequence[str]) -> ImportResult:
    """Return the results of an archive's files as one."""
    if len(results) == 1 and not refused:
        return results[0]
    names = ("rows", "inserted", "changed", "unchanged", "kept", "revisions", "removed")
    counts: Mapping[str, int] = {name: sum(getattr(result, name) for result in results) for name in names}
    return ImportResult(
        symbols=[symbol for result in results for symbol in result.symbols],
        set_aside=[row for result in results for row in result.set_aside][:MOST_SET_ASIDE],
        notices=[*refused, *dict.fromkeys(notice for result in results for notice in result.notices)],
        format=results[0].format,
        **counts,
    )

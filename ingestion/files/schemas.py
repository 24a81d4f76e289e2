"""Publish what an import brought."""

import datetime as dt
from typing import Annotated, Self

from ninja import Schema
from pydantic import Field

from core.documents import Document
from ingestion.files.requests import FilePrices
from ingestion.files.results import ImportResult


class SetAsideDocument(Document):
    """A row that is no bar and was left out."""

    line: Annotated[int, Field(description="Its line, as an editor counts.")]
    date: Annotated[dt.date | None, Field(description="Its day; null where it has none.")]
    reason: Annotated[str, Field(description="What is wrong with it.")]


class FormatDocument(Document):
    """How a file is written, as it was recognised."""

    name: Annotated[str, Field(description="The source whose files look so, such as Yahoo or Nasdaq.")]
    encoding: Annotated[str, Field(description="How its characters are encoded.")]
    delimiter: Annotated[str, Field(description="What stands between its columns.")]
    decimal_mark: Annotated[str, Field(description="What stands before decimals: a point or a comma.")]
    date_order: Annotated[
        str,
        Field(description="year_first, month_first, day_first, month_named, unix or excel_serial."),
    ]
    columns: Annotated[
        dict[str, str],
        Field(description="Which column holds what: its name, or its number where it has none."),
    ]
    exchange: Annotated[str, Field(description="ISO 10383 code of the exchange whose sessions count.")]
    currency: Annotated[str, Field(description="Code of the prices' currency; XXX: unknown.")]


class ImportQuery(Schema):
    """What a request says about a file; null: the file tells it."""

    prices: Annotated[
        FilePrices | None,
        Field(description="What the prices are; null: told by the steps at known splits."),
    ] = None
    exchange: Annotated[
        str | None, Field(description="ISO 10383 code; null: the stored one, or by the symbol's suffix.")
    ] = None
    currency: Annotated[
        str | None, Field(description="ISO 4217 code, or GBX, ZAC, ILA; null: by suffix or exchange.")
    ] = None
    decimal: Annotated[
        str | None, Field(description="point or comma; null: told by all numbers of the file.")
    ] = None
    dates: Annotated[
        str | None,
        Field(description="day_first, month_first or year_first; null: told by all dates of the file."),
    ] = None
    columns: Annotated[
        str | None,
        Field(description="Columns by name or number, such as date:Day,close:Value; null: by their names."),
    ] = None
    mapping: Annotated[
        str | None, Field(description="Name of saved settings for what the request leaves open.")
    ] = None
    replace: Annotated[
        bool, Field(description="Whether bars of the historical sample may be replaced by the file's.")
    ] = False


class ImportDocument(Document):
    """What an import from a file brought."""

    symbols: Annotated[list[str], Field(description="The symbols that the rows are of.")]
    rows: Annotated[int, Field(description="Rows of the file that are bars and were taken in.")]
    inserted: Annotated[int, Field(description="Bars of days that had none.")]
    changed: Annotated[int, Field(description="Bars that differ from the stored ones and replaced them.")]
    unchanged: Annotated[int, Field(description="Bars that were stored as they are.")]
    kept: Annotated[
        int, Field(description="Bars that differ from the provider's of the same days, which stay.")
    ]
    revisions: Annotated[int, Field(description="Values that changed; old and new ones are kept.")]
    removed: Annotated[int, Field(description="Bars of the historical sample that were replaced.")]
    set_aside: Annotated[
        list[SetAsideDocument], Field(description="Rows that are no bars, by line; up to 1,000.")
    ]
    notices: Annotated[list[str], Field(description="What the user must know about these bars.")]
    format: Annotated[FormatDocument, Field(description="What was recognised.")]
    sentence: Annotated[str, Field(description="The same in words.")]

    @classmethod
    def of(cls, result: ImportResult) -> Self:
        """Return the document of `result`."""
        return cls.model_validate(result.as_json())

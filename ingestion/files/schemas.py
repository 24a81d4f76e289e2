"""Publish what an import brought."""

from typing import Annotated, Self

from pydantic import Field

from core.documents import Document
from ingestion.files.csv_import import ImportResult


class ImportDocument(Document):
    """What an import from a file brought."""

    symbols: Annotated[list[str], Field(description="The symbols that the rows are of.")]
    rows: Annotated[int, Field(description="Rows of the file.")]
    inserted: Annotated[int, Field(description="Bars of days that had none.")]
    changed: Annotated[int, Field(description="Bars that differ from the stored ones and replaced them.")]
    unchanged: Annotated[int, Field(description="Bars that were stored as they are.")]
    kept: Annotated[
        int, Field(description="Bars that differ from the provider's of the same days, which stay.")
    ]
    revisions: Annotated[int, Field(description="Values that changed; old and new ones are kept.")]
    removed: Annotated[int, Field(description="Bars of the historical sample that were replaced.")]
    sentence: Annotated[str, Field(description="The same in words.")]

    @classmethod
    def of(cls, result: ImportResult) -> Self:
        """Return the document of `result`."""
        return cls.model_validate(result.as_json())

"""Write figures of documents as cells of a terminal's table."""

from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel

from core.command_line.output import TextTable


def cell(value: Any) -> str:
    """Return a value as a cell: numbers with up to six digits, nothing for null."""
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:,.6g}" if abs(value) < 1e6 else f"{value:,.0f}"  # noqa: PLR2004 - six digits again
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def table_of_models(
    title: str, models: Sequence[BaseModel], names: Sequence[str], *, left_columns: int = 1
) -> TextTable:
    """Return a table with a row for each model and a column for each of its fields named."""
    return TextTable(
        title=title,
        headings=[name.replace("_", " ") for name in names],
        rows=[[cell(getattr(model, name)) for name in names] for model in models],
        left_columns=left_columns,
    )

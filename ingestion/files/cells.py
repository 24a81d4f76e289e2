"""Split lines of text into cells, and tell a table from a message."""

import csv
from collections.abc import Sequence

from core.errors import InvalidInput
from ingestion.files.date_spelling import looks_like_date

WHITESPACE = " "
DELIMITERS = (",", ";", "\t", "|")
MESSAGE_LINES = 3
"""A message in place of a table is not longer."""


def split_cells(line: str, delimiter: str) -> list[str]:
    """Return the cells of one line."""
    text = line.rstrip("\r\n").lstrip("\ufeff")
    if delimiter == WHITESPACE:
        return text.split()
    try:
        return [
            cell.strip() for cell in next(csv.reader([text], delimiter=delimiter, skipinitialspace=True), [])
        ]
    except csv.Error:
        return [text]


def require_table(lines: Sequence[str]) -> None:
    """Raise InvalidInput for a few lines of words without any date, as a site sends in place of a file."""
    filled = [line.strip("\ufeff \t\r\n") for line in lines if line.strip()]
    has_dates = any(looks_like_date(cell) for line in filled for cell in _cells_of_any(line))
    has_columns = any(delimiter in line for line in filled for delimiter in (",,", ";", "\t", "|"))
    if len(filled) <= MESSAGE_LINES and not has_dates and not has_columns and " " in filled[0]:
        raise InvalidInput(
            f"The file is a message, not a table of prices: “{' '.join(filled)[:200]}”. The site sent it in "
            "place of the download. Do what it says, then download the prices again.",
            field="file",
        )


def _cells_of_any(line: str) -> list[str]:
    return [cell for delimiter in (*DELIMITERS, WHITESPACE) for cell in split_cells(line, delimiter)]

"""Make a result's file in any of its forms."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any

from core.errors import InvalidInput
from core.stored_result import StoredResult
from dashboard.downloads.responses import chosen_table, print_order
from dashboard.downloads.spreadsheets import Table, csv_of, workbook_of
from dashboard.reports.filenames import file_name
from dashboard.reports.store import printed


class Form(StrEnum):
    """The forms of a result; the value is the ending of the file's name."""

    PDF = "pdf"
    JSON = "json"
    CSV = "csv"
    XLSX = "xlsx"


def file_content(
    result: StoredResult[Any],
    *,
    form: Form,
    tables: Mapping[str, Callable[[Any], Table]],
    table: str | None,
    site_address: str,
) -> bytes:
    """Return the bytes of a result's file.

    tables: of the result's kind. table: which of them a CSV file holds; None: the first.
    Raises InvalidInput for a form or a table that the result does not have.
    """
    if form == Form.PDF:
        return printed(print_order(result, site_address=site_address))
    if form == Form.JSON:
        return result.published.json
    if not tables:
        raise InvalidInput("A combined report is a PDF or a JSON file. Choose one of these.", field="form")
    document = result.document
    if form == Form.CSV:
        return csv_of(tables[chosen_table(tables, table)](document))
    name = file_name(document, form)
    return workbook_of(
        [each(document) for each in tables.values()], title=name, created=document.generated_at
    )

"""Hand out every result as a file: JSON document, printed report, tables for a spreadsheet."""

from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, register_converter
from django.views.decorators.http import require_safe

from core.stored_result import StoredResult
from dashboard.downloads.kinds import KINDS, ExportedKind
from dashboard.downloads.responses import (
    Tables,
    answers_json,
    csv_response,
    json_file,
    pdf_response,
    workbook_response,
)


class DocumentId:
    """The identifier of a stored document in a URL: hexadecimal, so that a suffix can follow it."""

    regex = "[0-9a-f]{8,64}"

    def to_python(self, value: str) -> str:
        """Return the identifier."""
        return value

    def to_url(self, value: str) -> str:
        """Return the identifier."""
        return value


register_converter(DocumentId, "document_id")


type Export = Callable[[HttpRequest, StoredResult[Any], Tables[Any]], HttpResponse]

FORMS: Mapping[str, Export] = {
    "json": lambda request, result, _: json_file(request, result),
    "pdf": lambda request, result, _: pdf_response(request, result),
    "csv": csv_response,
    "xlsx": workbook_response,
}
"""The forms of every result, by the ending of their URLs."""


def _view(kind: ExportedKind, form: str) -> Callable[..., HttpResponse]:
    """Return the view of one form of a kind of results."""

    def view(request: HttpRequest, **named: str) -> HttpResponse:
        result_id = named[f"{kind.name}_id"]
        return FORMS[form](request, kind.find(result_id), kind.tables)

    safe = require_safe(view)
    return answers_json(safe) if form == "json" else safe


urlpatterns: list[URLPattern] = [
    path(f"{kind.name}s/<document_id:{kind.name}_id>.{form}", _view(kind, form), name=f"{kind.name}_{form}")
    for kind in KINDS
    for form in FORMS
]

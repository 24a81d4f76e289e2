"""From HTML to PDF: WeasyPrint with fonts of our own, and nothing fetched from anywhere."""

import base64
import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from threading import RLock

from django.template.loader import render_to_string
from weasyprint import CSS, HTML, Attachment
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher

from dashboard.reports import fonts

PRINTING = RLock()
"""Held while a report is laid out: Pango keeps its fonts in globals."""


@dataclass(frozen=True, kw_only=True)
class AttachedFile:
    """A file inside the PDF."""

    name: str
    content: bytes
    description: str


@dataclass(frozen=True, kw_only=True)
class _Style:
    sheet: CSS
    fonts: FontConfiguration


def print_pdf(template: str, report: object, *, created: datetime, attached: Sequence[AttachedFile]) -> bytes:
    """Return the PDF (PDF/UA-1: tagged, for screen readers) of `template` filled with `report`.

    created: stands in the file as its date; with it, equal input gives equal bytes.
    """
    html = render_to_string(template, {"report": report})
    with PRINTING, _no_garbage_collection():
        style = _style()
        return HTML(string=html, url_fetcher=data_only()).write_pdf(  # type: ignore[no-any-return]
            stylesheets=[style.sheet],
            font_config=style.fonts,
            attachments=[_attachment(file, created) for file in attached],
            pdf_variant="pdf/ua-1",
        )


@contextmanager
def _no_garbage_collection() -> Iterator[None]:
    """Pause the collector: walking over a report's hill of small objects takes a sixth of the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@cache
def data_only() -> URLFetcher:
    """Return the fetcher of data: URLs; whatever else a document might name is not fetched."""
    return URLFetcher(allowed_protocols={"data"}, allow_redirects=False, fail_on_errors=True)


def _attachment(file: AttachedFile, created: datetime) -> Attachment:
    return Attachment(
        string=file.content,
        name=file.name,
        description=file.description,
        created=created,
        modified=created,
        relationship="Data",
        url_fetcher=data_only(),
    )


@cache
def _style() -> _Style:
    config = FontConfiguration()
    faces = "".join(
        _font_face(weight, file) for weight, file in ((400, fonts.REGULAR), (600, fonts.SEMI_BOLD))
    )
    text = render_to_string("reports/report.css") + faces
    return _Style(sheet=CSS(string=text, font_config=config, url_fetcher=data_only()), fonts=config)


def _font_face(weight: int, file: Path) -> str:
    source = f"data:font/ttf;base64,{base64.b64encode(file.read_bytes()).decode()}"
    return f"@font-face {{ font-family: {fonts.FAMILY}; font-weight: {weight}; src: url({source}); }}\n"

"""From HTML to PDF: WeasyPrint with fonts of our own, and nothing fetched from anywhere."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from threading import RLock

import matplotlib as mpl
from django.template.loader import render_to_string
from weasyprint import CSS, HTML, Attachment
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher

FONTS = {"normal": "DejaVuSans.ttf", "bold": "DejaVuSans-Bold.ttf"}
"""Shipped with matplotlib: a report looks the same on a machine that has no fonts installed."""

PRINTING = RLock()
"""Held while a report is drawn: matplotlib and Pango keep their settings in globals."""


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
    with PRINTING:
        style = _style()
        return HTML(string=html, url_fetcher=_data_only()).write_pdf(  # type: ignore[no-any-return]
            stylesheets=[style.sheet],
            font_config=style.fonts,
            attachments=[_attachment(file, created) for file in attached],
            pdf_variant="pdf/ua-1",
        )


@cache
def _data_only() -> URLFetcher:
    """Return the fetcher of data: addresses; whatever else a document might name is not fetched."""
    return URLFetcher(allowed_protocols={"data"}, allow_redirects=False, fail_on_errors=True)


def _attachment(file: AttachedFile, created: datetime) -> Attachment:
    return Attachment(
        string=file.content,
        name=file.name,
        description=file.description,
        created=created,
        modified=created,
        relationship="Data",
        url_fetcher=_data_only(),
    )


@cache
def _style() -> _Style:
    fonts = FontConfiguration()
    text = render_to_string("reports/report.css") + "".join(
        _font_face(weight, name) for weight, name in FONTS.items()
    )
    return _Style(sheet=CSS(string=text, font_config=fonts, url_fetcher=_data_only()), fonts=fonts)


def _font_face(weight: str, name: str) -> str:
    font = (Path(mpl.get_data_path()) / "fonts/ttf" / name).read_bytes()
    source = f"data:font/ttf;base64,{base64.b64encode(font).decode()}"
    return f"@font-face {{ font-family: Report; font-weight: {weight}; src: url({source}); }}\n"

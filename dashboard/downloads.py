"""Files to take away: names, entity tags, and answers of 304 where nothing has changed."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header

from dashboard import formatting, reports
from dashboard.reports.combined import CombinedDocument
from dashboard.reports.naming import Document, file_name
from forecasting.documents import ForecastDocument
from ingestion.publishing import entity_tag, published_json
from strategies.documents import BacktestDocument

KEPT_REPORTS = 8
"""Rendered reports kept by each process, of about half a megabyte each: a reader often asks again."""


class MediaType(StrEnum):
    """What a file is."""

    JSON = "application/json"
    PDF = "application/pdf"
    CSV = "text/csv; charset=utf-8"


@dataclass(frozen=True, kw_only=True)
class Download:
    """A file that is made only where the client does not have it yet.

    basis: what decides the file's bytes; its hash is the entity tag.
    attachment: saved under `name`; otherwise shown, and saved under that name if the reader wishes.
    """

    name: str
    media_type: MediaType
    basis: bytes
    content: Callable[[], bytes]
    attachment: bool = True


def answers_json[**P](view: Callable[P, HttpResponse]) -> Callable[P, HttpResponse]:
    """Mark a view whose errors are problem documents too, unless the client asks for a page."""
    view.answers_json = True  # type: ignore[attr-defined]  # read by site_config.errors
    return view


def answer(request: HttpRequest, download: Download) -> HttpResponse:
    """Return the file, or 304 where the client's copy is still right."""
    etag = entity_tag(download.basis)
    unchanged = get_conditional_response(request, etag=etag)
    response = unchanged if isinstance(unchanged, HttpResponse) else _file(download)
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = "private, no-cache"  # kept by the browser, asked about each time
    return response


def json_answer(request: HttpRequest, document: Document, *, attachment: bool = True) -> HttpResponse:
    """Return the published JSON of `document`."""
    content = published_json(document)
    download = Download(
        name=file_name(document, "json"),
        media_type=MediaType.JSON,
        basis=content,
        content=lambda: content,
        attachment=attachment,
    )
    return answer(request, download)


def pdf_answer(request: HttpRequest, document: Document, *, attachment: bool = True) -> HttpResponse:
    """Return the printed report of `document`; its links start from the address that was asked."""
    content, site_address = published_json(document), request.build_absolute_uri("/")
    download = Download(
        name=file_name(document, "pdf"),
        media_type=MediaType.PDF,
        basis=b"\n".join((content, site_address.encode(), layout_fingerprint().encode())),
        content=lambda: _printed(type(document), content, site_address),
        attachment=attachment,
    )
    return answer(request, download)


def _file(download: Download) -> HttpResponse:
    response = HttpResponse(download.content(), content_type=download.media_type.value)
    disposition = content_disposition_header(download.attachment, download.name)
    if disposition:
        response.headers["Content-Disposition"] = disposition
    return response


@lru_cache(maxsize=KEPT_REPORTS)
def _printed(kind: type[Document], content: bytes, site_address: str) -> bytes:
    """Return the report of a document, from its JSON: equal JSON gives equal bytes."""
    document = kind.model_validate_json(content)
    match document:
        case BacktestDocument():
            return reports.backtest_pdf(document, site_address=site_address)
        case ForecastDocument():
            return reports.forecast_pdf(document, site_address=site_address)
        case CombinedDocument():
            return reports.combined_pdf(document, site_address=site_address)


@cache
def layout_fingerprint() -> str:
    """Return the hash of what shapes a report beside its document, so that a new layout is fetched anew."""
    folders = (Path(reports.__file__).parent, Path(settings.BASE_DIR) / "templates/reports")
    files = sorted(path for folder in folders for path in folder.glob("*.*"))
    sources = [path.read_bytes() for path in (Path(formatting.__file__), *files)]
    libraries = [f"{name} {version(name)}".encode() for name in ("weasyprint", "matplotlib")]
    return sha256(b"\n".join((*sources, *libraries))).hexdigest()

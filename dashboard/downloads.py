"""Files to take away: names, entity tags, and answers of 304 where nothing has changed."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from hashlib import sha256
from http import HTTPStatus
from importlib.metadata import version
from pathlib import Path
from threading import Lock

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header

from dashboard import formatting, metrics, reports
from dashboard.charts import columns
from dashboard.reports.naming import Document, file_name
from ingestion.publishing import ASKED_ABOUT_EACH_TIME, entity_tag, json_answer, published_json

_PRINTING = Lock()

KEPT_REPORTS = 8
"""Rendered reports kept by each process, of about half a megabyte each: a reader often asks again."""


class MediaType(StrEnum):
    """What a file is."""

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
    response.headers["Cache-Control"] = ASKED_ABOUT_EACH_TIME
    return response


def json_file(request: HttpRequest, document: Document) -> HttpResponse:
    """Return the published JSON of `document`, to be saved."""
    return _named(json_answer(request, document), file_name(document, "json"), attachment=True)


def pdf_answer(request: HttpRequest, document: Document, *, attachment: bool = True) -> HttpResponse:
    """Return the printed report of `document`; its links start from the address that was asked."""
    content, site_address = published_json(document), request.build_absolute_uri("/")
    download = Download(
        name=file_name(document, "pdf"),
        media_type=MediaType.PDF,
        basis=b"\n".join((content, site_address.encode(), layout_fingerprint().encode())),
        content=lambda: _print_in_turn(type(document), content, site_address),
        attachment=attachment,
    )
    return answer(request, download)


def _file(download: Download) -> HttpResponse:
    response = HttpResponse(download.content(), content_type=download.media_type.value)
    return _named(response, download.name, attachment=download.attachment)


def _named(response: HttpResponse, name: str, *, attachment: bool) -> HttpResponse:
    disposition = content_disposition_header(attachment, name)
    if disposition and response.status_code != HTTPStatus.NOT_MODIFIED:
        response.headers["Content-Disposition"] = disposition
    return response


def _print_in_turn(kind: type[Document], content: bytes, site_address: str) -> bytes:
    """Return the report, printing one at a time in each process.

    Readers who ask for the same report wait for one printing, and the other threads stay quick.
    """
    with _PRINTING:
        return _printed(kind, content, site_address)


@lru_cache(maxsize=KEPT_REPORTS)
def _printed(kind: type[Document], content: bytes, site_address: str) -> bytes:
    """Return the report of a document, from its JSON: equal JSON gives equal bytes."""
    from dashboard.reports.pdf import report_pdf  # takes a second, and comes with the first report

    return report_pdf(kind.model_validate_json(content), published=content, site_address=site_address)


@cache
def layout_fingerprint() -> str:
    """Return the hash of what shapes a report beside its document, so that a new layout is fetched anew."""
    folders = (Path(reports.__file__).parent, Path(settings.BASE_DIR) / "templates/reports")
    files = sorted(path for folder in folders for path in folder.rglob("*.*") if path.suffix != ".pyc")
    written_by = (Path(str(module.__file__)) for module in (formatting, metrics, columns))
    sources = [path.read_bytes() for path in (*written_by, *files)]
    library = f"weasyprint {version('weasyprint')}".encode()
    return sha256(b"\n".join((*sources, library))).hexdigest()

"""Return results as files, with names and entity tags; 304 where nothing has changed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header, quote_etag

from core.errors import InvalidInput
from core.responses import CACHE_CONTROL_REVALIDATE, document_response, not_modified_response
from core.stored_result import StoredResult
from dashboard.downloads.spreadsheets import Table, csv_of, table_of, workbook_of
from dashboard.reports.filenames import ReportDocument, file_name
from dashboard.reports.store import PrintOrder, kind_of, printed
from strategies.backtests.schemas import BacktestDocument, Trade

type Tables[Form] = Mapping[str, Callable[[Form], Table]]
"""The tables of a kind of result, by name."""


class MediaType(StrEnum):
    """What a file is."""

    PDF = "application/pdf"
    CSV = "text/csv; charset=utf-8"
    WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, kw_only=True)
class Download:
    """A file that is made only where the client does not have it yet.

    etag: the strong entity tag; another one for every other content.
    attachment: saved under `name`; otherwise shown, and saved under that name if the reader wishes.
    """

    name: str
    media_type: MediaType
    etag: str
    content: Callable[[], bytes]
    attachment: bool = True


def answers_json[**P](view: Callable[P, HttpResponse]) -> Callable[P, HttpResponse]:
    """Mark a view whose errors are problem documents too, unless the client asks for a page."""
    view.answers_json = True  # type: ignore[attr-defined]  # read by site_config.errors
    return view


def file_response(request: HttpRequest, download: Download) -> HttpResponse:
    """Return the file, or 304 where the client's copy is still right."""
    unchanged = get_conditional_response(request, etag=download.etag)
    response = unchanged if isinstance(unchanged, HttpResponse) else _file(download)
    response.headers["ETag"] = download.etag
    response.headers["Cache-Control"] = CACHE_CONTROL_REVALIDATE
    return response


def json_file[Form: ReportDocument](request: HttpRequest, result: StoredResult[Form]) -> HttpResponse:
    """Return the published JSON of a result, to be saved."""
    unchanged = not_modified_response(request, result.published.digest)
    if unchanged is not None:
        return unchanged
    response = document_response(request, result.published)
    return _named(response, file_name(result.document, "json"), attachment=True)


def print_order[Form: ReportDocument](result: StoredResult[Form], *, site_address: str) -> PrintOrder:
    """Return what to print of a result; its links start from `site_address`."""
    document = result.document
    return PrintOrder(
        kind=kind_of(document),
        source=result.published.json,
        site_address=site_address,
        title=file_name(document, "pdf").removeprefix("hindcast-"),
    )


def pdf_response[Form: ReportDocument](
    request: HttpRequest, result: StoredResult[Form], *, attachment: bool = True
) -> HttpResponse:
    """Return the printed report of a result; its links start from the URL that was asked."""
    document = result.document
    order = print_order(result, site_address=request.build_absolute_uri("/"))
    download = Download(
        name=file_name(document, "pdf"),
        media_type=MediaType.PDF,
        etag=quote_etag(order.key),
        content=lambda: printed(order),
        attachment=attachment,
    )
    return file_response(request, download)


def chosen_table(tables: Mapping[str, Any], name: str | None) -> str:
    """Return the name of the table that is wanted: the first without one; raises InvalidInput."""
    wanted = next(iter(tables)) if name is None else name
    if wanted not in tables:
        raise InvalidInput(f"There is no table of this name. There are: {', '.join(tables)}.", field="table")
    return wanted


def csv_response[Form: ReportDocument](
    request: HttpRequest, result: StoredResult[Form], tables: Tables[Form]
) -> HttpResponse:
    """Return one table of a result as CSV: the first, or the one that the URL names as `table`.

    Raises InvalidInput for a table that there is not.
    """
    first = next(iter(tables))
    wanted = chosen_table(tables, request.GET.get("table"))
    name = file_name(result.document, "csv")
    download = Download(
        name=name if wanted == first else name.replace(".csv", f"-{wanted}.csv"),
        media_type=MediaType.CSV,
        etag=quote_etag(f"{result.published.digest}-{wanted}"),
        content=lambda: csv_of(tables[wanted](result.document)),
    )
    return file_response(request, download)


def trades_response(
    request: HttpRequest, document: BacktestDocument, positions: Sequence[int]
) -> HttpResponse:
    """Return the trades at these positions as CSV."""
    chosen = ",".join(map(str, positions))
    download = Download(
        name=file_name(document, "csv").replace(".csv", "-selected-trades.csv"),
        media_type=MediaType.CSV,
        etag=quote_etag(f"{document.id}-{sha256(chosen.encode()).hexdigest()[:16]}"),
        content=lambda: csv_of(table_of("trades", Trade, [document.trades[at] for at in positions])),
    )
    return file_response(request, download)


def workbook_response[Form: ReportDocument](
    request: HttpRequest, result: StoredResult[Form], tables: Tables[Form]
) -> HttpResponse:
    """Return all tables of a result as a workbook; see `csv_response`."""
    document = result.document
    name = file_name(document, "xlsx")
    download = Download(
        name=name,
        media_type=MediaType.WORKBOOK,
        etag=quote_etag(f"{result.published.digest}-workbook"),
        content=lambda: workbook_of(
            [table(document) for table in tables.values()], title=name, created=document.generated_at
        ),
    )
    return file_response(request, download)


def _file(download: Download) -> HttpResponse:
    response = HttpResponse(download.content(), content_type=download.media_type.value)
    return _named(response, download.name, attachment=download.attachment)


def _named(response: HttpResponse, name: str, *, attachment: bool) -> HttpResponse:
    disposition = content_disposition_header(attachment, name)
    if disposition and response.status_code != HTTPStatus.NOT_MODIFIED:
        response.headers["Content-Disposition"] = disposition
    return response

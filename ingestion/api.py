"""The API of market data."""

from datetime import date
from http import HTTPStatus
from typing import Annotated, Any, BinaryIO, cast

from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Status

from core.errors import InvalidInput
from core.permissions import owner_of, require_staff
from ingestion.bars import Adjustment, load_bars
from ingestion.coverage import coverage_of
from ingestion.fetch.backlog import fetch_backlog
from ingestion.fetch.service import request_fetch
from ingestion.files.csv_export import csv_of
from ingestion.files.mappings import with_mapping
from ingestion.files.requests import import_request
from ingestion.files.schemas import ImportDocument, ImportQuery
from ingestion.files.upload import import_or_enqueue
from ingestion.instruments import find_instrument, list_instruments
from ingestion.schemas import (
    BarsDocument,
    CoverageDocument,
    InstrumentDocument,
    QuotaStatus,
    SplitRequest,
)
from ingestion.splits import record_split, remove_split
from ingestion.watchlist import unwatch, watch
from jobs.models import Job
from jobs.responses import accepted_response
from jobs.schemas import JobDocument

router = Router(tags=["instruments"], by_alias=True)
quota_router = Router(tags=["instruments"], by_alias=True)


@quota_router.get("", response=QuotaStatus, summary="Read what is left of the provider's requests")
def read_quota(request: HttpRequest) -> QuotaStatus:
    """Return whether there is an API key, how many requests it has left today, and what waits for them."""
    return QuotaStatus.of(fetch_backlog())


@router.get("/", include_in_schema=False, response=list[InstrumentDocument])
@router.get("", response=list[InstrumentDocument], summary="List what is stored")
def read_instruments(request: HttpRequest) -> list[InstrumentDocument]:
    """Return every stored instrument, by symbol."""
    return list_instruments()


@router.get("/{symbol}", response=InstrumentDocument, summary="Read what is stored about an instrument")
def read_instrument(request: HttpRequest, symbol: str) -> InstrumentDocument:
    """Return one instrument with its splits and dividends."""
    return find_instrument(symbol)


@router.get("/{symbol}/bars", response=BarsDocument, summary="Read daily bars as columns")
def read_bars(
    request: HttpRequest,
    symbol: str,
    start: Annotated[date | None, Query(description="First day; null: the first bar.")] = None,
    end: Annotated[date | None, Query(description="Last day; null: the last bar.")] = None,
    adjustment: Annotated[
        Adjustment, Query(description="Corporate actions taken out of the prices.")
    ] = Adjustment.SPLITS,
) -> BarsDocument:
    """Return bars, oldest first. Only splits and dividends up to the last bar returned are taken out."""
    instrument = find_instrument(symbol)
    return BarsDocument.of(load_bars(instrument.symbol, start, end, adjustment))


@router.get("/{symbol}/coverage", response=CoverageDocument, summary="Read how complete the bars are")
def read_coverage(request: HttpRequest, symbol: str) -> CoverageDocument:
    """Return sessions held against sessions expected, gaps, the last error and the next attempt."""
    return coverage_of(symbol)


@router.put("/{symbol}/watch", response={204: None}, summary="Watch an instrument")
def watch_instrument(request: HttpRequest, symbol: str) -> Status[None]:
    """Put the instrument on your watch list; what anybody watches is fetched after each session."""
    watch(cast("AbstractBaseUser", request.user), symbol)
    return Status(HTTPStatus.NO_CONTENT, None)


@router.delete("/{symbol}/watch", response={204: None}, summary="Stop watching an instrument")
def unwatch_instrument(request: HttpRequest, symbol: str) -> Status[None]:
    """Take the instrument off your watch list."""
    unwatch(cast("AbstractBaseUser", request.user), symbol)
    return Status(HTTPStatus.NO_CONTENT, None)


@router.post(
    "/{symbol}/splits", response={201: InstrumentDocument}, summary="Record a split that the source omits"
)
def record_split_of_instrument(
    request: HttpRequest, symbol: str, body: SplitRequest
) -> Status[InstrumentDocument]:
    """Store a split by hand, which fetches keep; bars stay as traded. Staff only."""
    require_staff(request)
    record_split(symbol, day=body.date, ratio=repr(body.value))
    return Status(HTTPStatus.CREATED, find_instrument(symbol))


@router.delete("/{symbol}/splits/{day}", response={204: None}, summary="Remove a split recorded by hand")
def remove_split_of_instrument(request: HttpRequest, symbol: str, day: date) -> Status[None]:
    """Remove a split that somebody recorded; those of a source stay. Staff only."""
    require_staff(request)
    remove_split(symbol, day=day)
    return Status(HTTPStatus.NO_CONTENT, None)


CSV: dict[str, Any] = {
    "responses": {
        200: {"description": "The file.", "content": {"text/csv": {"schema": {"type": "string"}}}},
    }
}
CSV_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "text/csv": {
                "schema": {"type": "string"},
                "example": "date,open,high,low,close,volume\n2013-03-01,438,438.18,429.98,430.47,19730300\n",
            },
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "properties": {
                        "file": {"type": "string", "format": "binary", "description": "The file."}
                    },
                    "required": ["file"],
                }
            },
        },
    }
}


@router.get("/{symbol}/bars.csv", summary="Read daily bars as CSV", response={200: None}, openapi_extra=CSV)
def read_bars_as_csv(
    request: HttpRequest,
    symbol: str,
    start: Annotated[date | None, Query(description="First day; null: the first bar.")] = None,
    end: Annotated[date | None, Query(description="Last day; null: the last bar.")] = None,
    adjustment: Annotated[
        Adjustment, Query(description="Corporate actions taken out of the prices.")
    ] = Adjustment.NONE,
) -> HttpResponse:
    """Return bars, oldest first, in a file that the import reads back; as traded unless asked otherwise."""
    bars = load_bars(find_instrument(symbol).symbol, start, end, adjustment)
    name = f"{bars.symbol}-{bars.dates[0]}-{bars.dates[-1]}.csv"
    return HttpResponse(
        csv_of(bars),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@router.post(
    "/{symbol}/import",
    response={201: ImportDocument, 202: JobDocument},
    summary="Import an instrument's bars from a CSV file",
    openapi_extra=CSV_BODY,
)
def import_instrument(
    request: HttpRequest,
    response: HttpResponse,
    symbol: str,
    query: Query[ImportQuery],
) -> Status[ImportDocument] | Status[JobDocument]:
    """Store the bars in the body: text, Excel, gzip or zip, or a form with one file. Staff only.

    Format, encoding, numbers and dates are recognised. A wrong row is set aside; a file of many is refused,
    and the error names the line. Where two readings fit, the error shows both. 201 with counts, or 202 with a
    job when the file is large.
    """
    require_staff(request)
    words = with_mapping(query.model_dump(exclude={"mapping", "replace"}), query.mapping)
    wanted = import_request(symbol, replace=query.replace, **words)
    imported = import_or_enqueue(*sent_file(request), wanted, owner=owner_of(request))
    if isinstance(imported, Job):
        return accepted_response(response, imported)
    return Status(HTTPStatus.CREATED, ImportDocument.of(imported))


def sent_file(request: HttpRequest) -> tuple[BinaryIO, str]:
    """Return the file that was sent, to be read piece by piece, and its name."""
    if (request.content_type or "").startswith("multipart/"):
        for file in request.FILES.values():
            return cast("BinaryIO", file), str(getattr(file, "name", None) or "file.csv")
        raise InvalidInput("The form holds no file.", field="file")
    return cast("BinaryIO", request), "body.csv"


@router.post("/{symbol}/fetch", response={202: JobDocument}, summary="Fetch an instrument's bars")
def fetch_instrument(request: HttpRequest, response: HttpResponse, symbol: str) -> Status[JobDocument]:
    """Queue a job that fetches and stores the bars; only staff may spend the provider's quota."""
    require_staff(request)
    return accepted_response(response, request_fetch(symbol))

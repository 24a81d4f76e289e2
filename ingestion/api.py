"""The API of market data."""

from datetime import date
from http import HTTPStatus
from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Status

from ingestion.bars import Adjustment, load_bars
from ingestion.documents import BarsDocument, InstrumentDocument
from ingestion.fetching import request_fetch
from ingestion.instruments import find_instrument, list_instruments
from jobs.documents import JobDocument
from jobs.rights import require_staff

router = Router(tags=["instruments"])


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


@router.post("/{symbol}/fetch", response={202: JobDocument}, summary="Fetch an instrument's bars")
def fetch_instrument(request: HttpRequest, response: HttpResponse, symbol: str) -> Status[JobDocument]:
    """Queue a job that fetches and stores the bars; only staff may spend the provider's quota."""
    require_staff(request)
    job = request_fetch(symbol)
    response["Location"] = f"/api/v1/jobs/{job.pk}"
    return Status(HTTPStatus.ACCEPTED, JobDocument.of(job))

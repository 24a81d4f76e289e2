"""The API of market data."""

from datetime import date
from http import HTTPStatus
from typing import Annotated, cast

from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Status

from ingestion.bars import Adjustment, load_bars
from ingestion.coverage import coverage_of
from ingestion.documents import BarsDocument, CoverageDocument, InstrumentDocument
from ingestion.fetching import request_fetch
from ingestion.instruments import find_instrument, list_instruments
from ingestion.watching import unwatch, watch
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


@router.post("/{symbol}/fetch", response={202: JobDocument}, summary="Fetch an instrument's bars")
def fetch_instrument(request: HttpRequest, response: HttpResponse, symbol: str) -> Status[JobDocument]:
    """Queue a job that fetches and stores the bars; only staff may spend the provider's quota."""
    require_staff(request)
    job = request_fetch(symbol)
    response["Location"] = f"/api/v1/jobs/{job.pk}"
    return Status(HTTPStatus.ACCEPTED, JobDocument.of(job))

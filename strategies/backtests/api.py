"""The API of backtests."""

from http import HTTPStatus
from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Status

from core.pagination import USUAL_PAGE, Cursor, Limit, page_of
from core.permissions import owner_of
from core.responses import created_response, document_response, not_modified_response
from core.results import ResultKind, request_deletion
from ingestion.symbols import Symbol
from strategies.backtests.parameters import BacktestParameters
from strategies.backtests.schemas import BacktestDocument, BacktestListing, BacktestPage
from strategies.backtests.service import BACKTESTS, run
from strategies.models import Backtest

router = Router(tags=["backtests"], by_alias=True)


@router.get("/", include_in_schema=False, response=BacktestPage)
@router.get("", response=BacktestPage, summary="List backtests")
def list_backtests(
    request: HttpRequest,
    limit: Limit = USUAL_PAGE,
    cursor: Cursor = None,
    symbol: Annotated[Symbol | None, Query(description="Only runs of this symbol.")] = None,
) -> BacktestPage:
    """Return stored backtests without their series, newest first, a page at a time."""
    stored = Backtest.objects.defer("document")
    page = page_of(stored, cursor=cursor, limit=limit, symbol=symbol)
    return BacktestPage(items=[BacktestListing.of(record) for record in page.rows], next=page.next)


@router.post("/", include_in_schema=False)
@router.post(
    "",
    response={HTTPStatus.CREATED: BacktestDocument, HTTPStatus.OK: BacktestDocument},
    summary="Run a backtest",
)
def create_backtest(request: HttpRequest, parameters: BacktestParameters) -> HttpResponse:
    """Return the backtest: 201 when it was computed now, 200 when it was stored already."""
    result = run(parameters, owner=owner_of(request))
    url = f"/api/v1/backtests/{result.id}"
    return created_response(request, result.published, url=url, is_new=result.is_new)


@router.get("/{backtest_id}", response=BacktestDocument, summary="Read a backtest")
def read_backtest(request: HttpRequest, backtest_id: str) -> HttpResponse:
    """Return a stored backtest. Knows If-None-Match."""
    unchanged = not_modified_response(request, BACKTESTS.find_digest(backtest_id))
    return unchanged or document_response(request, BACKTESTS.find(backtest_id).published)


@router.delete("/{backtest_id}", response={HTTPStatus.NO_CONTENT: None}, summary="Delete a backtest")
def delete_backtest(request: HttpRequest, backtest_id: str) -> Status[None]:
    """Delete a backtest of one's own; where others have it in their history too, it stays for them."""
    request_deletion(ResultKind.BACKTEST, backtest_id, user=owner_of(request))
    return Status(HTTPStatus.NO_CONTENT, None)

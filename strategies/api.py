"""The API of backtests."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from ninja import Router

from ingestion.publishing import published_answer, unchanged_answer
from strategies.documents import BacktestDocument
from strategies.parameters import BacktestParameters
from strategies.running import answer, find_digest, find_published

router = Router(tags=["backtests"])


@router.post("/", include_in_schema=False)
@router.post(
    "",
    response={HTTPStatus.CREATED: BacktestDocument, HTTPStatus.OK: BacktestDocument},
    summary="Run a backtest",
)
def create_backtest(request: HttpRequest, parameters: BacktestParameters) -> HttpResponse:
    """Return the backtest: 201 when it was computed now, 200 when the same question was answered before."""
    answered = answer(parameters)
    status = HTTPStatus.CREATED if answered.is_new else HTTPStatus.OK
    response = published_answer(request, answered.published, status=status)
    response["Location"] = f"/api/v1/backtests/{answered.id}"
    return response


@router.get("/{backtest_id}", response=BacktestDocument, summary="Read a backtest")
def read_backtest(request: HttpRequest, backtest_id: str) -> HttpResponse:
    """Return a stored backtest. Knows If-None-Match."""
    return unchanged_answer(request, find_digest(backtest_id)) or published_answer(
        request, find_published(backtest_id)
    )

"""The API of backtests."""

from hashlib import sha256
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from ninja import Router

from strategies.documents import BacktestDocument, published_json
from strategies.parameters import BacktestParameters
from strategies.running import answer, find_backtest

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
    response = _rendered(answered.document)
    response.status_code = HTTPStatus.CREATED if answered.is_new else HTTPStatus.OK
    response["Location"] = f"/api/v1/backtests/{answered.document.id}"
    return response


@router.get("/{backtest_id}", response=BacktestDocument, summary="Read a backtest")
def read_backtest(request: HttpRequest, backtest_id: str) -> HttpResponse:
    """Return a stored backtest. Knows If-None-Match."""
    fresh = _rendered(find_backtest(backtest_id))
    answered = get_conditional_response(request, etag=fresh["ETag"], response=fresh)
    return answered if isinstance(answered, HttpResponse) else fresh


def _rendered(document: BacktestDocument) -> HttpResponse:
    content = published_json(document)
    etag = quote_etag(sha256(content).hexdigest())
    return HttpResponse(content, content_type="application/json", headers={"ETag": etag})

"""The API of models and forecasts."""

import hashlib
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from ninja import Router, Status

from forecasting.documents import ForecastDocument, TrainedModelDocument, published_json
from forecasting.models import TrainedModel
from forecasting.parameters import ForecastParameters
from forecasting.predicting import find_forecast, obtain_forecast
from forecasting.tasks import request_training
from jobs.documents import JobDocument
from jobs.errors import NotAllowed

models_router = Router(tags=["models"])
forecasts_router = Router(tags=["forecasts"])


@models_router.get("/", include_in_schema=False, response=list[TrainedModelDocument])
@models_router.get("", response=list[TrainedModelDocument], summary="List trained models")
def list_models(request: HttpRequest) -> list[TrainedModelDocument]:
    """Return every trained model, the one with the newest knowledge first."""
    return [TrainedModelDocument.of(record) for record in TrainedModel.objects.defer("artefact")]


@models_router.post(
    "/{symbol}/train", response={HTTPStatus.ACCEPTED: JobDocument}, summary="Train the model of a symbol"
)
def train(request: HttpRequest, symbol: str, response: HttpResponse) -> Status[JobDocument]:
    """Start training in the background. Staff only; read the job for its progress."""
    _require_staff(request)
    job = request_training(symbol)
    response["Location"] = f"/api/v1/jobs/{job.pk}"
    return Status(HTTPStatus.ACCEPTED, JobDocument.of(job))


@forecasts_router.post("/", include_in_schema=False)
@forecasts_router.post(
    "",
    response={HTTPStatus.CREATED: ForecastDocument, HTTPStatus.OK: ForecastDocument},
    summary="Forecast the next sessions",
)
def create_forecast(request: HttpRequest, parameters: ForecastParameters) -> HttpResponse:
    """Return the forecast: 201 when it was issued now, 200 when the same question was answered before."""
    obtained = obtain_forecast(parameters)
    response = _rendered(obtained.document)
    response.status_code = HTTPStatus.CREATED if obtained.created else HTTPStatus.OK
    response["Location"] = f"/api/v1/forecasts/{obtained.document.id}"
    return response


@forecasts_router.get("/{forecast_id}", response=ForecastDocument, summary="Read a forecast")
def read_forecast(request: HttpRequest, forecast_id: str) -> HttpResponse:
    """Return a stored forecast with the closes that have come since. Knows If-None-Match."""
    fresh = _rendered(find_forecast(forecast_id))
    answer = get_conditional_response(request, etag=fresh["ETag"], response=fresh)
    return answer if isinstance(answer, HttpResponse) else fresh


def _rendered(document: ForecastDocument) -> HttpResponse:
    content = published_json(document)
    etag = quote_etag(hashlib.sha256(content).hexdigest())
    return HttpResponse(content, content_type="application/json", headers={"ETag": etag})


def _require_staff(request: HttpRequest) -> None:
    """Raise NotAllowed for everybody else: training overwrites what all users see."""
    if not getattr(request.user, "is_staff", False):
        raise NotAllowed("Only staff train models. Ask an administrator of this site to do it for you.")

"""The API of models and forecasts."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from ninja import Router, Status

from forecasting.documents import ForecastDocument, TrainedModelDocument
from forecasting.models import TrainedModel
from forecasting.parameters import ForecastParameters
from forecasting.predicting import find_forecast, obtain_forecast
from forecasting.tasks import request_training
from ingestion.publishing import json_answer
from jobs.documents import JobDocument
from jobs.rights import require_staff

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
    require_staff(request)
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
    status = HTTPStatus.CREATED if obtained.created else HTTPStatus.OK
    response = json_answer(request, obtained.document, status=status)
    response["Location"] = f"/api/v1/forecasts/{obtained.document.id}"
    return response


@forecasts_router.get("/{forecast_id}", response=ForecastDocument, summary="Read a forecast")
def read_forecast(request: HttpRequest, forecast_id: str) -> HttpResponse:
    """Return a stored forecast with the closes that have come since. Knows If-None-Match."""
    return json_answer(request, find_forecast(forecast_id))

"""The API of models and forecasts."""

from http import HTTPStatus
from typing import Annotated, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Status

from core.pagination import USUAL_PAGE, Cursor, Limit, page_of
from core.permissions import owner_of, require_staff
from core.responses import created_response, json_response
from core.results import ResultKind, request_deletion
from forecasting.evaluation.rolling import find_evaluation, find_stored_answer
from forecasting.evaluation.track_record import scorecard_of
from forecasting.forecasts.service import find_forecast, obtain_forecast
from forecasting.models import Forecast, TrainedModel
from forecasting.parameters import EvaluationParameters, ForecastParameters, ModelKind
from forecasting.schemas import (
    EvaluationDocument,
    ForecastDocument,
    ForecastListing,
    ForecastPage,
    ScorecardDocument,
    TrainedModelDocument,
)
from forecasting.tasks import request_evaluation, request_training
from forecasting.training.versions import use_version
from ingestion.symbols import Symbol
from jobs.responses import accepted_response
from jobs.schemas import JobDocument

models_router = Router(tags=["models"], by_alias=True)
forecasts_router = Router(tags=["forecasts"], by_alias=True)
evaluations_router = Router(tags=["forecasts"], by_alias=True)
scorecards_router = Router(tags=["forecasts"], by_alias=True)


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
    return accepted_response(response, request_training(symbol))


@forecasts_router.get("/", include_in_schema=False, response=ForecastPage)
@forecasts_router.get("", response=ForecastPage, summary="List forecasts")
def list_forecasts(
    request: HttpRequest,
    limit: Limit = USUAL_PAGE,
    cursor: Cursor = None,
    symbol: Annotated[Symbol | None, Query(description="Only forecasts of this symbol.")] = None,
) -> ForecastPage:
    """Return stored forecasts without their points, newest first, a page at a time."""
    stored = Forecast.objects.defer("document")
    page = page_of(stored, cursor=cursor, limit=limit, symbol=symbol)
    return ForecastPage(items=[ForecastListing.of(record) for record in page.rows], next=page.next)


@models_router.post(
    "/{version}/use", response=TrainedModelDocument, summary="Use a stored version of a model"
)
def use_model(request: HttpRequest, version: str) -> TrainedModelDocument:
    """Let new forecasts be made by this version; newer ones are withdrawn and stay stored. Staff only."""
    require_staff(request)
    return TrainedModelDocument.of(use_version(version))


@forecasts_router.post("/", include_in_schema=False)
@forecasts_router.post(
    "",
    response={HTTPStatus.CREATED: ForecastDocument, HTTPStatus.OK: ForecastDocument},
    summary="Forecast the next sessions",
)
def create_forecast(request: HttpRequest, parameters: ForecastParameters) -> HttpResponse:
    """Return the forecast: 201 when it was issued now, 200 when the same question was answered before."""
    obtained = obtain_forecast(parameters, owner=owner_of(request))
    url = f"/api/v1/forecasts/{obtained.id}"
    return created_response(request, obtained.published, url=url, is_new=obtained.is_new)


@forecasts_router.get("/{forecast_id}", response=ForecastDocument, summary="Read a forecast")
def read_forecast(request: HttpRequest, forecast_id: str) -> HttpResponse:
    """Return a stored forecast with the closes that have come since. Knows If-None-Match."""
    return json_response(request, find_forecast(forecast_id))


@forecasts_router.delete(
    "/{forecast_id}", response={HTTPStatus.NO_CONTENT: None}, summary="Delete a forecast"
)
def delete_forecast(request: HttpRequest, forecast_id: str) -> Status[None]:
    """Delete a forecast of one's own; where others have it in their history too, it stays for them."""
    request_deletion(ResultKind.FORECAST, forecast_id, user=owner_of(request))
    return Status(HTTPStatus.NO_CONTENT, None)


@evaluations_router.post(
    "",
    response={HTTPStatus.ACCEPTED: JobDocument, HTTPStatus.OK: EvaluationDocument},
    summary="Evaluate a model on a symbol's past",
)
def create_evaluation(
    request: HttpRequest, parameters: EvaluationParameters, response: HttpResponse
) -> Status[JobDocument | EvaluationDocument]:
    """Return 200 and the evaluation where it is stored for the bars of now, else 202 and the job for it."""
    stored = find_stored_answer(parameters)
    if stored is not None:
        response["Location"] = f"/api/v1/evaluations/{stored.id}"
        return Status(HTTPStatus.OK, stored)
    job = accepted_response(response, request_evaluation(parameters))
    return Status(job.status_code, job.value)


@evaluations_router.get("/{evaluation_id}", response=EvaluationDocument, summary="Read an evaluation")
def read_evaluation(request: HttpRequest, evaluation_id: str) -> HttpResponse:
    """Return a stored evaluation. Knows If-None-Match."""
    return json_response(request, find_evaluation(evaluation_id))


@scorecards_router.get("/{symbol}", response=ScorecardDocument, summary="Read a symbol's scorecard")
def read_scorecard(
    request: HttpRequest,
    symbol: str,
    model: Annotated[Literal["pooled", "symbol"], Query(description="Which model's forecasts.")] = "pooled",
) -> HttpResponse:
    """Return what became of issued forecasts, and the newest evaluation. Knows If-None-Match."""
    return json_response(request, scorecard_of(symbol, ModelKind(model)))

"""Issuing, finding and listing forecasts."""

import hashlib
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from forecasting.composing import compose
from forecasting.documents import SCHEMA_VERSION, ForecastDocument, Point
from forecasting.model import MODEL_VERSION
from forecasting.models import Forecast, ForecastPoint
from forecasting.notices import notices_about, refuse_too_few_closes
from forecasting.parameters import ForecastParameters, ModelKind
from forecasting.registry import LoadedModel
from forecasting.training import pooled_model, symbol_model
from ingestion.bars import Adjustment, Bars, load_bars
from ingestion.identifiers import is_document_id
from jobs.errors import InvalidInput, NotFound


def predict_next_30_days(symbol: str) -> ForecastDocument:
    """Return the pooled model's forecast of the next 30 sessions from the newest bar of `symbol`."""
    return issue_forecast(ForecastParameters(symbol=symbol))


def issue_forecast(parameters: ForecastParameters) -> ForecastDocument:
    """Return the forecast, computing and storing it where question, data or model are new.

    Raises InvalidInput for a symbol without bars, for fewer than 60 closes by the day of issue, for a day
    of issue before 1995, and for the symbol's model where none was trained.
    """
    return obtain_forecast(parameters).document


@dataclass(frozen=True, kw_only=True)
class ObtainedForecast:
    """A forecast, and whether it was stored just now."""

    document: ForecastDocument
    created: bool


def obtain_forecast(parameters: ForecastParameters) -> ObtainedForecast:
    """Do as `issue_forecast`, and say whether the forecast is new."""
    bars = _bars_by(parameters)
    refuse_too_few_closes(bars, parameters)
    model = _model(parameters, issued_on=bars.dates[-1].item())
    notices = notices_about(bars, parameters)
    forecast_id = _forecast_id(parameters, bars, model, notices)
    stored = _stored(forecast_id)
    if stored is not None:
        return ObtainedForecast(document=with_actuals(_document(stored)), created=False)
    document = compose(forecast_id, parameters, bars, model, notices)
    stored, created = _store(document, model)
    return ObtainedForecast(document=with_actuals(_document(stored)), created=created)


def find_forecast(forecast_id: str) -> ForecastDocument:
    """Return a stored forecast with the closes that have come since; raises NotFound."""
    stored = _stored(forecast_id) if is_document_id(forecast_id) else None
    if stored is None:
        raise NotFound("There is no forecast with this id. The Forecast page makes new ones.")
    return with_actuals(_document(stored))


def recent_forecasts(limit: int) -> list[ForecastDocument]:
    """Return the newest forecasts as they were issued, newest first."""
    return [_document(stored) for stored in Forecast.objects.all()[:limit]]


def with_actuals(document: ForecastDocument) -> ForecastDocument:
    """Return `document` with the closes that have come since, in the prices of the day of issue.

    A split after the day of issue changes the unit of later prices, so they are rescaled by what the
    close of the day of issue is called now.
    """
    try:
        bars = load_bars(document.parameters.symbol, start=document.issued_on, adjustment=Adjustment.SPLITS)
    except InvalidInput:  # The bars have been deleted since.
        return document
    if bars.dates[0].item() != document.issued_on:
        return document
    closes = dict(
        zip(bars.dates.tolist(), (bars.close * document.last_close / bars.close[0]).tolist(), strict=True)
    )
    points = [_with_actual(point, closes.get(point.date)) for point in document.points]
    return document.model_copy(update={"points": points})


def _with_actual(point: Point, actual: float | None) -> Point:
    return point if actual is None else point.model_copy(update={"actual": round(actual, 6)})


def _bars_by(parameters: ForecastParameters) -> Bars:
    try:
        return load_bars(parameters.symbol, end=parameters.as_of, adjustment=Adjustment.SPLITS)
    except InvalidInput as error:
        # `end` is what the loader calls the day of issue.
        raise InvalidInput(error.message, field="as_of" if error.field == "end" else error.field) from None


def _model(parameters: ForecastParameters, *, issued_on: date) -> LoadedModel:
    if parameters.model == ModelKind.SYMBOL:
        return symbol_model(parameters.symbol, issued_on=issued_on)
    return pooled_model(before=issued_on)


def _forecast_id(parameters: ForecastParameters, bars: Bars, model: LoadedModel, notices: list[str]) -> str:
    """Return the hash of the question, the data, the model, and the code that writes the document.

    The notices are part of it because data grow stale without changing.
    """
    basis = (
        *notices,
        parameters.model_dump_json(),
        bars.fingerprint,
        model.record.version,
        model.record.sha256,
        MODEL_VERSION,
        str(SCHEMA_VERSION),
    )
    return hashlib.sha256("\n".join(basis).encode()).hexdigest()[:20]


def _stored(forecast_id: str) -> Forecast | None:
    return Forecast.objects.filter(pk=forecast_id).first()


def _document(stored: Forecast) -> ForecastDocument:
    return ForecastDocument.model_validate(stored.document)


def _store(document: ForecastDocument, model: LoadedModel) -> tuple[Forecast, bool]:
    """Store the document and its points; where somebody was faster, return theirs."""
    with transaction.atomic():
        stored, created = Forecast.objects.get_or_create(
            pk=document.id,
            defaults={
                "symbol": document.parameters.symbol,
                "parameters": document.parameters.model_dump(mode="json"),
                "issued_on": document.issued_on,
                "model": model.record,
                "document": document.model_dump(mode="json", by_alias=True),
            },
        )
        if created:
            ForecastPoint.objects.bulk_create(
                ForecastPoint(forecast=stored, horizon=horizon, **point.model_dump(exclude={"actual"}))
                for horizon, point in enumerate(document.points, start=1)
            )
    return stored, created

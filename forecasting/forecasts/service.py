"""Issuing, finding and listing forecasts."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.db.models import JSONField, TextField, Value
from django.db.models.functions import Cast
from pydantic import ValidationError

from core.document_ids import document_id, is_document_id
from core.errors import InvalidInput, NotFound
from core.results import ResultKind, announce_result, require_room
from core.stored_result import StoredResult
from forecasting.errors import ArtefactRefused
from forecasting.forecasts.notices import notices_about, refuse_untradable
from forecasting.forecasts.serializer import Composed, compose
from forecasting.inputs import ForecastInputs
from forecasting.model import MODEL_VERSION
from forecasting.models import Forecast, ForecastPoint
from forecasting.parameters import ForecastParameters, ModelKind
from forecasting.schemas import SCHEMA_VERSION, ForecastDocument, ForecastLinks, Point, links_of
from forecasting.tasks import request_training_again
from forecasting.training.registry import LoadedModel
from forecasting.training.service import pooled_model, symbol_model
from ingestion.bars import Adjustment, Bars, load_bars
from ingestion.provenance import data_fingerprint_fields, matching_bars
from ingestion.schemas import DataDocument


@dataclass(frozen=True, kw_only=True)
class ExcerptData:
    """Whose prices were forecast, and in which currency."""

    symbol: str
    currency: str


@dataclass(frozen=True, kw_only=True)
class ExcerptPoint:
    """The forecast of one session's close, without its wider band."""

    date: date
    median: float
    low_80: float
    high_80: float


@dataclass(frozen=True, kw_only=True)
class ForecastExcerpt:
    """What lists show of a stored forecast, under the names that it has in the document.

    points: the last one alone.
    """

    id: str
    issued_on: date
    data: ExcerptData
    points: tuple[ExcerptPoint]
    links: ForecastLinks


def predict_next_30_days(symbol: str) -> ForecastDocument:
    """Return the pooled model's forecast of the next 30 sessions from the newest bar of `symbol`."""
    return issue_forecast(ForecastParameters(symbol=symbol))


def issue_forecast(
    parameters: ForecastParameters, *, owner: AbstractBaseUser | None = None, listed: bool = True
) -> ForecastDocument:
    """Return the forecast, computing and storing it where question, data or model are new.

    Raises InvalidInput for a symbol without bars, for fewer than 60 closes by the issue date, for a day
    of issue before 1995, for a share that is not traded, and for the symbol's model where none was trained.
    Raises ArtefactRefused where the stored model must not be used; a job is training it again by then.
    """
    return obtain_forecast(parameters, owner=owner, listed=listed).document


def obtain_forecast(
    parameters: ForecastParameters, *, owner: AbstractBaseUser | None = None, listed: bool = True
) -> StoredResult[ForecastDocument]:
    """Do as `issue_forecast`, and say whether the forecast is new.

    owner: who asks. listed: whether it is a result of its own, and no part of a larger one.
    """
    try:
        obtained = _obtain(parameters, owner)
    except ArtefactRefused as refusal:
        request_training_again(refusal.version)
        raise ArtefactRefused(
            f"{refusal.message} A job is doing so; ask again in a few seconds.", version=refusal.version
        ) from None
    if listed and (owner is not None or obtained.is_new):
        document = obtained.document
        announce_result(ResultKind.FORECAST, document.id, owner=owner, document=document)
    return obtained


def _obtain(parameters: ForecastParameters, owner: AbstractBaseUser | None) -> StoredResult[ForecastDocument]:
    bars = _bars_by(parameters)
    refuse_untradable(bars, parameters)
    model = _model(parameters, issued_on=bars.dates[-1].item())
    notices = notices_about(bars, parameters)
    inputs = ForecastInputs.of(bars)
    forecast_id = _identity(parameters, bars, inputs, model, notices)
    stored = _stored(forecast_id)
    if stored is not None:
        return StoredResult.of(forecast_id, _up_to_date(stored), is_new=False)
    require_room(owner)
    composed = compose(
        forecast_id, parameters=parameters, bars=bars, inputs=inputs, model=model, notices=notices
    )
    if _store(composed, model, owner):
        return StoredResult.of(forecast_id, _up_to_date(composed.document), is_new=True)
    return stored_forecast(forecast_id)


def find_forecast(forecast_id: str) -> ForecastDocument:
    """Return a stored forecast with the closes that have come since; raises NotFound."""
    stored = _stored(forecast_id) if is_document_id(forecast_id) else None
    if stored is None:
        raise NotFound("There is no forecast with this id. The Forecast page makes new ones.")
    return with_actuals(stored)


def stored_forecast(forecast_id: str) -> StoredResult[ForecastDocument]:
    """Return a stored forecast as `find_forecast` does, with what is published of it."""
    return StoredResult.of(forecast_id, find_forecast(forecast_id), is_new=False)


def data_changed_since(document: ForecastDocument) -> bool:
    """Whether what `document` says of its bars is no longer so.

    Bars added after the issue date do not count, nor does fetching the same bars again.
    """
    return matching_bars(document.data, end=document.issued_on) is None


def recent_forecasts(limit: int) -> list[ForecastExcerpt]:
    """Return the newest forecasts as they were issued, newest first, without reading their documents."""
    columns = ("id", "symbol", "currency", "issued_on", "last_session", "median", "low_80", "high_80")
    return [_excerpt(stored) for stored in Forecast.objects.only(*columns)[:limit]]


def with_actuals(document: ForecastDocument) -> ForecastDocument:
    """Return `document` with the closes that have come since, in the prices of the issue date.

    A split after the issue date changes the unit of later prices; such splits are taken back out.
    """
    closes = _closes_since(document.data.symbol, document.issued_on, document.points[-1].date)
    points = [_with_actual(point, closes.get(point.date)) for point in document.points]
    return document.model_copy(update={"points": points})


def _up_to_date(document: ForecastDocument) -> ForecastDocument:
    """Return a forecast of just now; from the newest bar on, no close can have come."""
    return document if document.parameters.as_of is None else with_actuals(document)


def _closes_since(symbol: str, issued_on: date, last: date) -> dict[date, float]:
    """Return the closes from `issued_on` to `last` in the unit of `issued_on`; empty without that day."""
    try:
        raw = load_bars(symbol, start=issued_on, end=issued_on, adjustment=Adjustment.NONE)
        bars = load_bars(symbol, start=issued_on, end=last, adjustment=Adjustment.SPLITS)
    except InvalidInput:  # The bars have been deleted since.
        return {}
    splits_since = raw.close[0] / bars.close[0]
    return dict(zip(bars.dates.tolist(), (bars.close * splits_since).tolist(), strict=True))


def _with_actual(point: Point, actual: float | None) -> Point:
    return point if actual is None else point.model_copy(update={"actual": round(actual, 6)})


def _bars_by(parameters: ForecastParameters) -> Bars:
    try:
        return load_bars(parameters.symbol, end=parameters.as_of, adjustment=Adjustment.SPLITS)
    except InvalidInput as error:
        # `end` is what the loader calls the issue date.
        raise InvalidInput(error.message, field="as_of" if error.field == "end" else error.field) from None


def _model(parameters: ForecastParameters, *, issued_on: date) -> LoadedModel:
    if parameters.model == ModelKind.SYMBOL:
        return symbol_model(parameters.symbol, issued_on=issued_on)
    return pooled_model(before=issued_on)


def _identity(
    parameters: ForecastParameters,
    bars: Bars,
    inputs: ForecastInputs,
    model: LoadedModel,
    notices: list[str],
) -> str:
    """Return the hash of the question, the data, the model, and the code that writes the document.

    The notices are part of it because data grow stale without changing.
    """
    return document_id(
        {
            "parameters": parameters.model_dump(mode="json"),
            "data": data_fingerprint_fields(DataDocument.of(bars)),
            "notices": notices,
            "model": [model.record.version, model.record.sha256],
            "market": inputs.market_fingerprint,
            "model_version": MODEL_VERSION,
            "schema_version": SCHEMA_VERSION,
        }
    )


def _stored(forecast_id: str) -> ForecastDocument | None:
    # As text, since pydantic reads JSON many times faster than Python's own decoder.
    rows = Forecast.objects.filter(pk=forecast_id).annotate(text=Cast("document", TextField()))
    text = rows.values_list("text", flat=True).first()
    if text is None:
        return None
    try:
        return ForecastDocument.model_validate_json(text)
    except ValidationError:
        raise NotFound(
            "This forecast was stored by an earlier version of Hindcast, in a form that is no longer shown. "
            "Make a new one for the same day on the Forecast page."
        ) from None


def _store(composed: Composed, model: LoadedModel, owner: AbstractBaseUser | None) -> bool:
    """Store the document and its points; return False where somebody was faster and theirs stays."""
    document = composed.document
    last = document.points[-1]
    columns: dict[str, Any] = {
        "symbol": document.data.symbol,
        "parameters": document.parameters.model_dump(mode="json"),
        "issued_on": document.issued_on,
        "model": model.record,
        "document": Cast(Value(document.model_dump_json(by_alias=True)), JSONField()),
        "currency": document.data.currency,
        "last_session": last.date,
        "median": last.median,
        "low_80": last.low_80,
        "high_80": last.high_80,
        "owner_id": owner.pk if owner else None,
    }
    with transaction.atomic():
        stored, is_new = Forecast.objects.only("pk").get_or_create(pk=document.id, defaults=columns)
        if is_new:
            ForecastPoint.objects.bulk_create(
                ForecastPoint(
                    forecast=stored,
                    horizon=horizon,
                    quantiles=quantiles,
                    **point.model_dump(exclude={"actual"}),
                )
                for horizon, (point, quantiles) in enumerate(
                    zip(document.points, composed.quantiles, strict=True), start=1
                )
            )
    return is_new


def _excerpt(stored: Forecast) -> ForecastExcerpt:
    last = ExcerptPoint(
        date=stored.last_session, median=stored.median, low_80=stored.low_80, high_80=stored.high_80
    )
    return ForecastExcerpt(
        id=stored.pk,
        issued_on=stored.issued_on,
        data=ExcerptData(symbol=stored.symbol, currency=stored.currency),
        points=(last,),
        links=links_of(stored.pk),
    )

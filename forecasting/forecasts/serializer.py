"""Writing the document of a forecast."""

from dataclasses import dataclass
from datetime import date

import numpy as np
from django.utils import timezone

from core.documents import library_version
from forecasting.evaluation.scorecard import score
from forecasting.inputs import ForecastInputs
from forecasting.model import MODEL_VERSION
from forecasting.model.prediction import PricePath, predict_prices
from forecasting.models import TrainedModel
from forecasting.narrative import DISCLOSURE, MODEL_DESCRIPTIONS, summary_sentence
from forecasting.parameters import ForecastParameters, ModelKind
from forecasting.schemas import (
    ForecastDocument,
    ForecastVersions,
    History,
    ModelDocument,
    Point,
    links_of,
)
from forecasting.training.registry import LoadedModel
from ingestion.bars import Bars
from ingestion.exchange_calendar import next_sessions
from ingestion.schemas import DataDocument

HISTORY_BARS = 252


@dataclass(frozen=True, kw_only=True)
class Composed:
    """A forecast's document, and what is stored beside it to score it by.

    quantiles: of each point, prices at SCORED_LEVELS.
    """

    document: ForecastDocument
    quantiles: list[list[float]]


def compose(
    forecast_id: str,
    *,
    parameters: ForecastParameters,
    bars: Bars,
    inputs: ForecastInputs,
    model: LoadedModel,
    notices: list[str],
) -> Composed:
    """Return the forecast from `bars`, which end on the issue date."""
    issued_on: date = bars.dates[-1].item()
    last_close = float(bars.close[-1])
    path = predict_prices(
        model.fitted, inputs.prices, horizon=parameters.horizon, surroundings=inputs.surroundings
    )
    points = _points(path, next_sessions(bars.exchange, issued_on, parameters.horizon))
    document = ForecastDocument(
        id=forecast_id,
        generated_at=timezone.now(),
        parameters=parameters,
        issued_on=issued_on,
        last_close=last_close,
        data=DataDocument.of(bars),
        model=_model_document(model.record, inputs),
        summary=summary_sentence(
            symbol=bars.symbol,
            currency=bars.currency,
            issued_on=issued_on,
            last_close=last_close,
            point=points[-1],
            drifts=inputs.surroundings.drifts,
        ),
        notices=notices,
        points=points,
        history=_history(bars),
        scorecard=score(inputs, kind=parameters.model, horizon=parameters.horizon),
        versions=_versions(model.record),
        disclosure=DISCLOSURE,
        links=links_of(forecast_id),
    )
    return Composed(document=document, quantiles=np.round(path.quantiles, 6).tolist())


def _points(path: PricePath, sessions: list[date]) -> list[Point]:
    columns = (
        path.median,
        path.low_80,
        path.high_80,
        path.low_95,
        path.high_95,
        path.probability_above_last_close,
    )
    return [
        Point(
            date=session,
            median=median,
            low_80=low_80,
            high_80=high_80,
            low_95=low_95,
            high_95=high_95,
            probability_above_last_close=probability,
            actual=None,
        )
        for session, (median, low_80, high_80, low_95, high_95, probability) in zip(
            sessions, np.round(np.column_stack(columns), 6).tolist(), strict=True
        )
    ]


def _model_document(record: TrainedModel, inputs: ForecastInputs) -> ModelDocument:
    return ModelDocument(
        kind=record.kind,
        version=record.version,
        trained_from=record.trained_from,
        trained_through=record.trained_through,
        training_symbols=record.training_symbols,
        features=record.features,
        sha256=record.sha256,
        description=MODEL_DESCRIPTIONS[ModelKind(record.kind)],
        average_drift=inputs.surroundings.drifts,
        market=list(inputs.market),
    )


def _history(bars: Bars) -> History:
    return History(
        dates=bars.dates[-HISTORY_BARS:].tolist(), close=np.round(bars.close[-HISTORY_BARS:], 6).tolist()
    )


def _versions(record: TrainedModel) -> ForecastVersions:
    """Return what computed the document; scikit-learn is the one that fitted the model."""
    return ForecastVersions(
        model=MODEL_VERSION,
        numpy=library_version("numpy"),
        scikit_learn=record.library_versions["scikit-learn"],
    )

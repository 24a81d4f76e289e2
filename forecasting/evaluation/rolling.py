"""Rolling evaluations: how a model would have done on a symbol, computed by a job and stored."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db.models import JSONField, TextField, Value
from django.db.models.functions import Cast
from django.utils import timezone
from numpy.typing import NDArray

from core.document_ids import document_id, is_document_id
from core.errors import InvalidInput, NotFound
from forecasting.evaluation.scorecard import (
    ISSUE_STEP,
    PAST_STEP,
    calibration_of,
    horizon_score,
    past_days_of_issue,
    past_forecasts,
    reliability_of,
    rolling_evaluation,
    start_of_scoring,
)
from forecasting.inputs import ForecastInputs
from forecasting.model import MODEL_VERSION
from forecasting.model.diebold_mariano import diebold_mariano
from forecasting.model.evaluation import Evaluation
from forecasting.models import ForecastEvaluation
from forecasting.narrative import scorecard_sentence
from forecasting.parameters import EvaluationParameters, ModelKind
from forecasting.schemas import Advantage, EvaluationDocument, Period
from forecasting.training.registry import LoadedModel
from forecasting.training.service import pooled_model
from ingestion.bars import Adjustment, Bars, load_bars
from ingestion.provenance import data_fingerprint_fields
from ingestion.schemas import DataDocument

FloatArray = NDArray[np.float64]

TURBULENT_SHARE = 1 / 3
"""Of the years: those in which the share moved most."""


@dataclass(frozen=True, eq=False, kw_only=True)
class _Inputs:
    """What an evaluation is computed from. days: positions of the issue dates in the traded bars."""

    parameters: EvaluationParameters
    bars: Bars
    share: ForecastInputs
    pooled: LoadedModel
    days: NDArray[np.int64]


def evaluate_symbol(parameters: EvaluationParameters, *, renew: bool = False) -> EvaluationDocument:
    """Return the evaluation on the bars stored now, computing and storing it where it is new.

    renew: train a refused model again instead of raising ArtefactRefused. Raises InvalidInput for a symbol
    without bars and for one without a past day that can be scored.
    """
    inputs = _load_inputs(parameters, renew=renew)
    evaluation_id = _identity(inputs)
    stored = _document(ForecastEvaluation.objects.filter(pk=evaluation_id))
    if stored is not None:
        return stored
    document = _compose(evaluation_id, inputs)
    _store(document)
    return document


def find_stored_answer(parameters: EvaluationParameters) -> EvaluationDocument | None:
    """Return the stored evaluation of this question on the bars of now, or None; raises InvalidInput."""
    evaluation_id = _identity(_load_inputs(parameters, renew=False))
    return _document(ForecastEvaluation.objects.filter(pk=evaluation_id))


def find_evaluation(evaluation_id: str) -> EvaluationDocument:
    """Return a stored evaluation; raises NotFound."""
    rows = ForecastEvaluation.objects.filter(pk=evaluation_id)
    stored = _document(rows) if is_document_id(evaluation_id) else None
    if stored is None:
        raise NotFound("There is no evaluation with this id. The scorecard of a symbol makes new ones.")
    return stored


def newest_evaluation(symbol: str, kind: ModelKind) -> EvaluationDocument | None:
    """Return the newest evaluation of a symbol's forecasts, or None before the first."""
    return _document(ForecastEvaluation.objects.filter(symbol=symbol, kind=kind))


def _load_inputs(parameters: EvaluationParameters, *, renew: bool) -> _Inputs:
    bars = load_bars(parameters.symbol, adjustment=Adjustment.SPLITS)
    share = ForecastInputs.of(bars)
    traded = share.traded
    start = start_of_scoring(bars.dates[-1].item(), parameters.years)
    days = past_days_of_issue(traded, since=start, kind=parameters.model, horizon=parameters.horizon)
    if not len(days):
        raise InvalidInput(
            f"{bars.symbol} has {len(traded)} closes: no past day has enough of them before it and a known "
            f"outcome {parameters.horizon} sessions after it. Fetch more of its history on the Data page.",
            field="symbol",
        )
    pooled = pooled_model(before=start, renew=renew)
    return _Inputs(parameters=parameters, bars=bars, share=share, pooled=pooled, days=days)


def _identity(inputs: _Inputs) -> str:
    return document_id(
        {
            "evaluation": inputs.parameters.model_dump(mode="json"),
            "data": data_fingerprint_fields(DataDocument.of(inputs.bars)),
            "model": [inputs.pooled.record.version, MODEL_VERSION],
            "market": inputs.share.market_fingerprint,
        }
    )


def _compose(evaluation_id: str, inputs: _Inputs) -> EvaluationDocument:
    parameters, traded, record = inputs.parameters, inputs.share.traded, inputs.pooled.record
    horizon = parameters.horizon
    evaluation = rolling_evaluation(
        inputs.share, inputs.days, inputs.pooled, kind=parameters.model, horizon=horizon
    )
    horizons = [horizon_score(evaluation, step) for step in range(1, horizon + 1)]
    first, last = (traded.dates[day].item() for day in inputs.days[[0, -1]])
    return EvaluationDocument(
        id=evaluation_id,
        generated_at=timezone.now(),
        parameters=parameters,
        data=DataDocument.of(inputs.bars),
        model_version=record.version,
        trained_through=record.trained_through,
        forecasts=len(inputs.days),
        first_issued_on=first,
        last_issued_on=last,
        horizons=horizons,
        periods=_periods(traded, evaluation),
        advantages=_advantages(evaluation),
        calibration=calibration_of(evaluation, horizon),
        reliability=reliability_of(evaluation),
        past=list(past_forecasts(traded, evaluation, horizon))[::-PAST_STEP][::-1],
        sentence=scorecard_sentence(
            horizons[-1],
            first=first,
            last=last,
            step=ISSUE_STEP,
            trained_through=record.trained_through,
            kind=parameters.model,
        ),
    )


def _periods(bars: Bars, evaluation: Evaluation) -> list[Period]:
    """Return the figures of the years in which the share moved most, and of the others."""
    years = bars.dates.astype("datetime64[Y]").astype(np.int64) + 1970
    squares = np.diff(np.log(bars.close), prepend=np.log(bars.close[0])) ** 2
    issued = years[evaluation.days]
    by_size = sorted(np.unique(issued).tolist(), key=lambda year: float(squares[years == year].mean()))
    turbulent = by_size[len(by_size) - max(1, round(len(by_size) * TURBULENT_SHARE)) :]
    groups = {"turbulent": sorted(turbulent), "calm": sorted(set(by_size) - set(turbulent))}
    return [
        _period(name, chosen, evaluation, np.isin(issued, chosen))
        for name, chosen in groups.items()
        if chosen
    ]


def _period(name: str, years: list[int], evaluation: Evaluation, rows: NDArray[np.bool_]) -> Period:
    walk = float(evaluation.random_walk_crps[rows].mean())
    return Period(
        name=name,
        years=years,
        forecasts=int(rows.sum()),
        coverage_80=float(evaluation.inside_80[rows].mean()),
        coverage_95=float(evaluation.inside_95[rows].mean()),
        crps_ratio=float(evaluation.crps[rows].mean()) / walk if walk > 0 else None,
    )


def _advantages(evaluation: Evaluation) -> list[Advantage]:
    error, crps = evaluation.absolute_error, evaluation.crps
    pairs = (
        ("random_walk", "crps", crps, evaluation.random_walk_crps),
        ("random_walk", "absolute_error", error, evaluation.random_walk_error),
        ("drift", "crps", crps, evaluation.drift_crps),
        ("drift", "absolute_error", error, evaluation.drift_error),
    )
    return [_advantage(against, score, own, simple) for against, score, own, simple in pairs]


def _advantage(against: str, score: str, own: FloatArray, simple: FloatArray) -> Advantage:
    lag = (own.shape[1] - 1) // ISSUE_STEP
    compared = diebold_mariano(own.mean(axis=1), simple.mean(axis=1), lag=lag)
    level = float(simple.mean())
    return Advantage(
        against=against,
        score=score,
        ratio=float(own.mean()) / level if level > 0 else None,
        p_value=compared.p_value,
    )


def _document(rows: Any) -> EvaluationDocument | None:
    text = rows.annotate(text=Cast("document", TextField())).values_list("text", flat=True).first()
    return None if text is None else EvaluationDocument.model_validate_json(text)


def _store(document: EvaluationDocument) -> None:
    """Store the document; where somebody was faster, theirs stays."""
    columns: dict[str, Any] = {
        "symbol": document.data.symbol,
        "kind": document.parameters.model,
        "forecasts": document.forecasts,
        "first_issued_on": document.first_issued_on,
        "last_issued_on": document.last_issued_on,
        "document": Cast(Value(document.model_dump_json(by_alias=True)), JSONField()),
    }
    ForecastEvaluation.objects.only("pk").get_or_create(pk=document.id, defaults=columns)

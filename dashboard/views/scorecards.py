"""Scorecards: what became of a symbol's forecasts, and which version of a model makes them."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from core.errors import InvalidInput
from dashboard.charts.calibration import CalibrationChart, calibration_chart, describe_calibration
from dashboard.charts.columns import ChartColumns
from dashboard.charts.forecast import accuracy_columns
from dashboard.presenters.chart_texts import describe_accuracy
from dashboard.views.decorators import staff_required
from dashboard.views.htmx import HtmxRequest
from forecasting.evaluation.scorecard import shown_horizons
from forecasting.evaluation.track_record import scorecard_of
from forecasting.models import TrainedModel
from forecasting.parameters import EvaluationParameters, ModelKind
from forecasting.schemas import EvaluationDocument, HorizonScore
from forecasting.tasks import request_evaluation
from forecasting.training.versions import use_version

SHOWN_VERSIONS = 20


@dataclass(frozen=True, kw_only=True)
class EvaluationResult:
    """A rolling evaluation and the forms in which the page shows it."""

    document: EvaluationDocument
    rows: list[HorizonScore]
    accuracy: ChartColumns
    accuracy_in_words: str
    calibration: CalibrationChart
    calibration_in_words: str


@require_safe
def scorecard(request: HtmxRequest, symbol: str) -> HttpResponse:
    """Show how the forecasts of a symbol have done, and the versions of the model behind them."""
    kind = _kind(request.GET.get("model", ModelKind.POOLED))
    document = scorecard_of(symbol, kind)
    models = _versions(document.symbol, kind)
    context = {
        "scorecard": document,
        "issued_rows": _chosen(document.issued.horizons),
        "kinds": list(ModelKind),
        "result": _evaluation_result(document.evaluation) if document.evaluation else None,
        "models": models,
        "in_use": next((model for model in models if model.withdrawn_at is None), None),
    }
    return render(request, "forecasts/scorecard.html", context)


@require_POST
def evaluate(request: HtmxRequest, symbol: str) -> HttpResponse:
    """Queue the evaluation of ten years, and answer with the job."""
    kind = _kind(request.POST.get("model", ModelKind.POOLED))
    job = request_evaluation(EvaluationParameters(symbol=symbol, model=kind))
    if not request.htmx:
        return redirect("job", job.pk)
    return render(request, "jobs/job.html#card", {"job": job})


@require_POST
@staff_required
def use_model(request: HtmxRequest, version: str) -> HttpResponse:
    """Let new forecasts be made by this version, and go back to the scorecard that was looked at."""
    record = use_version(version)
    symbol = record.symbol or request.POST.get("symbol", "")
    if not symbol:
        return redirect("forecasts")
    return redirect(f"{reverse('scorecard', args=[symbol])}?{urlencode({'model': record.kind})}")


def _kind(text: str) -> ModelKind:
    try:
        return ModelKind(text)
    except ValueError:
        raise InvalidInput(f"“{text}” is no model. Choose pooled or symbol.", field="model") from None


def _versions(symbol: str, kind: ModelKind) -> list[TrainedModel]:
    trained = TrainedModel.objects.defer("artefact").filter(kind=kind)
    return list(trained.filter(symbol=symbol if kind == ModelKind.SYMBOL else "")[:SHOWN_VERSIONS])


def _chosen(rows: list[HorizonScore]) -> list[HorizonScore]:
    """Return the rows that a table has room for."""
    if not rows:
        return []
    wanted = set(shown_horizons(rows[-1].horizon))
    return [row for row in rows if row.horizon in wanted]


def _evaluation_result(document: EvaluationDocument) -> EvaluationResult:
    return EvaluationResult(
        document=document,
        rows=_chosen(document.horizons),
        accuracy=accuracy_columns(document.past),
        accuracy_in_words=describe_accuracy(document.past),
        calibration=calibration_chart(document.calibration),
        calibration_in_words=describe_calibration(document.calibration),
    )

"""Training in the background."""

from typing import Any

from forecasting.evaluation.rolling import evaluate_symbol
from forecasting.parameters import EvaluationParameters
from forecasting.training.service import ensure_pooled_model, train_again, train_model
from ingestion.bars import load_bars
from jobs.models import DEFAULT_PRIORITY, Job
from jobs.queue import enqueue
from jobs.registry import Progress, job_kind

TRAIN_MODEL = "train_model"
TRAIN_AGAIN = "train_again"
EVALUATE = "evaluate_forecasts"
URGENT = DEFAULT_PRIORITY + 10
"""Somebody waits for a forecast."""


def request_training(symbol: str) -> Job:
    """Return the job that trains the model of `symbol`; raises InvalidInput for one without bars."""
    stored = load_bars(symbol).symbol
    return enqueue(TRAIN_MODEL, subject=stored, arguments={"symbol": stored})


@job_kind(TRAIN_MODEL)
def train_in_background(*, progress: Progress, symbol: str) -> dict[str, Any]:
    """Train the model of `symbol`; the result names its version and how it did on unseen data."""
    last = load_bars(symbol).dates[-1].item()
    progress(0.1, "Preparing the pooled model")
    ensure_pooled_model(before=last)
    progress(0.6, f"Calibrating it to {symbol}")
    model = train_model(symbol)
    return {
        "version": model.version,
        "symbol": symbol,
        "metrics": model.metrics,
        "url": "/api/v1/models",
        "page": f"/scorecards/{symbol}/?model=symbol",
    }


def request_training_again(version: str) -> Job:
    """Return the job that trains a refused model again."""
    return enqueue(TRAIN_AGAIN, subject=version, arguments={"version": version}, priority=URGENT)


@job_kind(TRAIN_AGAIN)
def train_again_in_background(*, progress: Progress, version: str) -> dict[str, Any]:
    """Train a refused model again; the result names the version that forecasts use in its place."""
    progress(0.1, f"Training {version} again")
    return {"version": train_again(version).version}


def request_evaluation(parameters: EvaluationParameters) -> Job:
    """Return the job that evaluates a model on a symbol; raises InvalidInput for one without bars."""
    stored = load_bars(parameters.symbol).symbol
    return enqueue(
        EVALUATE,
        subject=f"{stored} {parameters.model}",
        arguments={"parameters": parameters.model_dump(mode="json")},
    )


@job_kind(EVALUATE)
def evaluate_in_background(*, progress: Progress, parameters: dict[str, Any]) -> dict[str, Any]:
    """Evaluate a model on a symbol's past; the result names the evaluation and says what it found."""
    asked = EvaluationParameters.model_validate(parameters)
    progress(0.1, f"Forecasting {asked.symbol} from past days")
    document = evaluate_symbol(asked, renew=True)
    symbol = document.data.symbol
    return {
        "evaluation": document.id,
        "url": f"/api/v1/evaluations/{document.id}",
        "symbol": symbol,
        "page": f"/scorecards/{symbol}/?model={asked.model}",
        "sentence": document.sentence,
    }

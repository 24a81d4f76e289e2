"""Training in the background."""

from typing import Any

from forecasting.training import ensure_pooled_model, train_model
from ingestion.bars import load_bars
from jobs.models import Job
from jobs.queueing import enqueue
from jobs.registry import Progress, job_kind

TRAIN_MODEL = "train_model"


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
    return {"version": model.version, "symbol": symbol, "metrics": model.metrics}

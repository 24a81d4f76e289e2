"""A site after months of use, made in seconds by the product's own services."""

import gzip
import io
import json
from collections.abc import Sequence
from datetime import date
from hashlib import sha256
from typing import Any

from django.contrib.auth.models import User

from core.permissions import Scope
from dashboard.history.changes import save_run
from dashboard.tokens import issue_token
from forecasting.forecasts.service import issue_forecast
from forecasting.models import Forecast
from forecasting.parameters import EvaluationParameters, ForecastParameters
from forecasting.tasks import request_evaluation, request_training
from ingestion.exchange_calendar import sessions_between
from ingestion.fetch.service import request_fetch
from ingestion.files.requests import import_request
from ingestion.files.upload import import_or_enqueue
from ingestion.watchlist import watch
from jobs.models import Job, JobState
from jobs.queue import cancel, enqueue
from jobs.worker.run import run_job
from strategies.backtests.parameters import BacktestParameters
from strategies.backtests.service import run_backtest
from strategies.engine import kernel_loader
from strategies.models import Backtest, ParameterSweep
from strategies.sweeps.parameters import SweepParameters
from strategies.sweeps.service import SWEEP, run_sweep
from strategies.universes.schemas import UniverseParameters
from strategies.universes.service import ask_universe

RANGES: dict[str, Any] = {"fast": [10, 20], "slow": [50, 100]}
LOOK_BACKS = (date(2001, 6, 1), date(2005, 6, 1), date(2013, 1, 15))
"""Days of issue whose models knew too little to be judged, a little more, and most."""


def use(staff: User) -> None:
    """Do with the site what its people do in some months."""
    kernel_loader.wait()
    _import_files()
    _look_back()
    runs = _run_backtests()
    _sweep()
    _leave_jobs()
    save_run(staff, runs[0], note="A note with <b>marks</b> & quotes '\"")
    issue_token(staff, name="Notebook", scope=Scope.READ)
    watch(staff, "AAPL")
    _store_earlier_versions()


def file_of(closes: Sequence[float]) -> bytes:
    """Return a file of daily bars in New York with these closes."""
    sessions = sessions_between("XNYS", date(2007, 2, 20), date(2013, 3, 1))[: len(closes)]
    rows = [
        f"{session},{close:.6f},{close * 1.01:.6f},{close * 0.99:.6f},{close:.6f},{1000 + number}"
        for number, (session, close) in enumerate(zip(sessions.tolist(), closes, strict=True))
    ]
    return "\n".join(["date,open,high,low,close,volume", *rows, ""]).encode()


def _import_files() -> None:
    files = {
        "ONEB": [50.0],
        "SHRT": [20 + number / 10 for number in range(40)],
        "FLAT": [50.0] * 300,
        "FALL": [5000 * 0.99**number for number in range(400)],
        "MIDL": [40 + number % 97 / 12 for number in range(700)],
    }
    for symbol, closes in files.items():
        import_or_enqueue(
            io.BytesIO(file_of(closes)),
            f"{symbol}.csv",
            import_request(symbol, exchange="XNYS", currency="USD"),
        )


def _look_back() -> None:
    for day in LOOK_BACKS:
        issue_forecast(ForecastParameters(symbol="AAPL", as_of=day))
    issue_forecast(ForecastParameters(symbol="IBM"))
    issue_forecast(ForecastParameters(symbol="MIDL"))


def _run_backtests() -> list[str]:
    asked: list[dict[str, Any]] = [
        {"symbol": "AAPL"},
        {"symbol": "AAPL", "fast": 10, "stop_loss": 0.05, "direction": "long_short"},
        {"symbol": "FB", "fast": 50, "slow": 190},
        {"symbol": "IBM", "rule": "macd", "fast": 12, "slow": 26, "compare_with": "AAPL"},
        {"symbol": "SHRT", "fast": 2, "slow": 5},
        {"symbol": "FLAT"},
        {"symbol": "FALL", "fast": 5, "slow": 10},
    ]
    return [run_backtest(BacktestParameters.model_validate(parameters)).id for parameters in asked]


def _sweep() -> None:
    for symbol in ("AAPL", "FALL", "FLAT"):
        run_sweep(SweepParameters.model_validate({"symbol": symbol, **RANGES}))
    for symbols in (["FALL"], ["AAPL", "ONEB", "SHRT"]):
        ask_universe(UniverseParameters.model_validate({"symbols": symbols, **RANGES}))
    _work_off()
    ask_universe(UniverseParameters.model_validate({"symbols": ["IBM"], **RANGES}))


def _leave_jobs() -> None:
    """Leave a job of each kind that is done, and some that failed, were cancelled, wait or run."""
    request_training("MIDL")
    request_evaluation(EvaluationParameters.model_validate({"symbol": "MIDL", "model": "pooled"}))
    request_fetch("AAPL")
    large = SweepParameters.model_validate({"symbol": "IBM", **RANGES}).model_dump(mode="json")
    enqueue(SWEEP, subject="0123456789abcdef0123", arguments={"parameters": large})
    enqueue(SWEEP, subject="0123456789abcdef0124", arguments={"parameters": large | {"symbol": "GONE"}})
    _work_off()
    cancel(enqueue(SWEEP, subject="0123456789abcdef0125", arguments={"parameters": large}).pk)
    request_training("IBM")
    running = request_training("FB")
    Job.objects.filter(pk=running.pk).update(state=JobState.RUNNING, progress=0.4, step="Training")


def _work_off() -> None:
    for job in Job.objects.filter(state=JobState.QUEUED):
        run_job(str(job.pk))


def _store_earlier_versions() -> None:
    """Leave a document of each kind in a form that this version does not know any more."""
    for stored in (
        Backtest.objects.filter(symbol="IBM").get(),
        ParameterSweep.objects.filter(symbol="FLAT").get(),
    ):
        earlier = json.loads(gzip.decompress(stored.document))
        earlier["schema_version"] = 1
        earlier.pop("period")
        text = json.dumps(earlier).encode()
        type(stored).objects.filter(pk=stored.pk).update(
            document=gzip.compress(text), digest=sha256(text).hexdigest()
        )
    forecast = Forecast.objects.filter(symbol="IBM").get()
    forecast.document.pop("model")
    forecast.save(update_fields=["document"])

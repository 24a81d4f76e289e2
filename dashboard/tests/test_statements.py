"""How many SQL statements each page takes: a committed baseline, so that none creeps in unseen.

The pages come from the URL configuration: one without a baseline fails here. Where a page needs more, or
fewer, for a good reason, change the number here, in the same commit.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.cache import caches
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, reverse

from core.permissions import Scope
from dashboard.charts.registry import SKELETONS
from dashboard.history.changes import save_run
from dashboard.models import ApiToken
from dashboard.tests.html import HTMX
from dashboard.tokens import issue_token
from dashboard.urls import urlpatterns
from forecasting.forecasts.service import issue_forecast
from forecasting.parameters import ForecastParameters
from forecasting.schemas import ForecastDocument
from jobs.models import Job, JobState
from jobs.worker.run import run_job
from strategies.backtests.parameters import BacktestParameters
from strategies.backtests.schemas import BacktestDocument
from strategies.backtests.service import run_backtest
from strategies.engine import kernel_loader
from strategies.models import Backtest, UniverseMember
from strategies.sweeps.parameters import SweepParameters
from strategies.sweeps.schemas import SweepDocument
from strategies.sweeps.service import run_sweep
from strategies.universes.schemas import UniverseDocument, UniverseParameters
from strategies.universes.service import ask_universe

pytestmark = pytest.mark.django_db

RANGES: dict[str, Any] = {"fast": [10, 20], "slow": [50, 100]}
BESIDE_THE_FORM = {"HX-Target": "result"}
FILES = ("json", "csv", "xlsx")

STATEMENTS = {
    "account": (5, 3),
    "backtest": (6, 6),
    "backtest_csv": (3, 3),
    "backtest_detail": (3, 3),
    "backtest_stretch": (3, 3),
    "backtest_trades": (3, 3),
    "trades_file": (3, 3),
    "backtest_json": (3, 3),
    "backtest_xlsx": (4, 4),
    "backtests": (12, 12),
    "backtests, computed": (11, 11),
    "backtests, stored": (6, 8),
    "change_password": (3, 3),
    "chart_skeleton": (2, 2),
    "check_rule": (2, 2),
    "compare": (4, 4),
    "data": (13, 7),
    "forecast": (7, 7),
    "forecast_csv": (5, 5),
    "forecast_json": (5, 5),
    "forecast_xlsx": (6, 6),
    "forecasts": (14, 14),
    "forecasts, computed": (22, 22),
    "forecasts, stored": (10, 10),
    "history": (5, 5),
    "job": (3, 3),
    "jobs": (4, 4),
    "method": (2, 2),
    "overview": (15, 15),
    "report": (28, 28),
    "report_json": (26, 26),
    "reports": (5, 5),
    "scorecard": (7, 7),
    "search": (3, 3),
    "short_backtest": (12, 12),
    "short_predict": (11, 11),
    "sweep": (5, 4),
    "sweep_csv": (3, 3),
    "sweep_json": (3, 3),
    "sweep_xlsx": (4, 4),
    "sweeps": (15, 15),
    "sweeps, computed": (12, 12),
    "sweeps, stored": (8, 8),
    "symbols": (6, 6),
    "universe": (3, 3),
    "universes": (2, 2),
}
"""Statements of each page, and of what htmx gets of it; what stands after a comma is the question asked."""

PRINTED = "_pdf"
"""Ends the names of what a worker prints: how many statements that takes depends on how busy it is."""


@dataclass(frozen=True, kw_only=True)
class Stored:
    """What a site holds that has been used for a while."""

    runs: list[BacktestDocument]
    sweep: SweepDocument
    universe: UniverseDocument
    forecast: ForecastDocument
    job: Job


@dataclass(frozen=True, kw_only=True)
class Question:
    """How a page is asked for: what stands in its URL, and behind it."""

    args: list[str] = field(default_factory=list)
    query: Mapping[str, Any] = field(default_factory=dict)


@pytest.fixture
def stored(staff: User) -> Stored:
    kernel_loader.wait()
    runs = [run_backtest(BacktestParameters(symbol="AAPL", fast=fast)) for fast in (20, 30, 40)]
    for number, run in enumerate(runs):
        save_run(staff, run.id, note="A note")
        issue_token(staff, name=f"Token {number}", scope=Scope.READ)
    universe = ask_universe(UniverseParameters.model_validate(RANGES))
    for part in Job.objects.filter(state=JobState.QUEUED):
        run_job(str(part.pk))
    for number in range(3):
        job = Job.objects.create(kind="fetch_bars", subject=f"S{number}", state=JobState.QUEUED)
    return Stored(
        runs=runs,
        sweep=run_sweep(SweepParameters.model_validate({"symbol": "AAPL", **RANGES})),
        universe=universe,
        forecast=issue_forecast(ForecastParameters(symbol="AAPL")),
        job=job,
    )


def _named(patterns: list[URLPattern | URLResolver]) -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _named(pattern.url_patterns)
        elif pattern.name and not pattern.name.endswith(PRINTED):
            yield pattern.name


def _question(name: str, stored: Stored) -> Question:
    """Return how the page with this name is asked for."""
    one, symbol, job = stored.runs[0], Question(args=["AAPL"]), Question(args=[str(stored.job.pk)])
    questions = {
        "backtest_stretch": Question(args=[one.id], query={"start": "2008-01-02", "end": "2009-01-02"}),
        "backtest_trades": Question(args=[one.id]),
        "trades_file": Question(args=[one.id]),
        "backtest_detail": Question(args=[one.id], query={"start": "2008-01-02", "end": "2009-01-02"}),
        "backtests, computed": Question(query={"symbol": "AAPL", "fast": "41"}),
        "backtests, stored": Question(query={"symbol": "AAPL", "fast": "20"}),
        "cancel_job": job,
        "change_entry": Question(args=["1"]),
        "delete_entry": Question(args=["1"]),
        "chart_skeleton": Question(args=["backtest", SKELETONS["backtest"]().version]),
        "compare": Question(query={"run": [run.id for run in stored.runs]}),
        "evaluate": symbol,
        "forecasts, computed": Question(query={"symbol": "AAPL", "as_of": "2010-03-01"}),
        "forecasts, stored": Question(query={"symbol": "AAPL"}),
        "forget_run": Question(args=[one.id]),
        "history": Question(query={"search": "aapl"}),
        "job": job,
        "method": Question(args=["backtesting"]),
        "report": symbol,
        "report_json": symbol,
        "resume_job": job,
        "resume_universe": Question(args=[stored.universe.id]),
        "revoke_token": Question(args=["1"]),
        "save_run": Question(args=[one.id]),
        "scorecard": symbol,
        "search": Question(query={"symbol": "aap"}),
        "short_backtest": Question(args=["AAPL", "5000"]),
        "short_predict": symbol,
        "start_universe": Question(args=[stored.sweep.id]),
        "sweeps, computed": Question(query={"symbol": "AAPL", "fast": "10, 20", "slow": "50, 200"}),
        "sweeps, stored": Question(query={"symbol": "AAPL", "fast": "10, 20", "slow": "50, 100"}),
        "universe": Question(args=[stored.universe.id]),
        "use_model": Question(args=["1"]),
        "watch": symbol,
    }
    documents = {"backtest": one.id, "forecast": stored.forecast.id, "sweep": stored.sweep.id}
    for kind, document_id in documents.items():
        questions |= {
            each: Question(args=[document_id]) for each in (kind, *(f"{kind}_{form}" for form in FILES))
        }
    return questions.get(name, Question())


def _statements(client: Client, name: str, question: Question, *, htmx: bool) -> list[str] | None:
    """Return the statements that the page takes; None where the URL can only be sent to."""
    url = reverse(name.partition(",")[0], args=question.args)
    headers = {"Accept": "text/html"} | (HTMX | BESIDE_THE_FORM if htmx else {})
    caches["rendered"].clear()
    # A question is computed for the page and must be as new for htmx.
    with CaptureQueriesContext(connection) as captured, transaction.atomic():
        response = client.get(url, question.query, headers=headers)
        transaction.set_rollback(True)
    if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        return None
    assert response.status_code < HTTPStatus.BAD_REQUEST, f"{url}: {response.status_code}"
    sent = [" ".join(query["sql"].split()) for query in captured.captured_queries]
    return [text for text in sent if "SAVEPOINT" not in text]


def test_every_page_takes_as_many_statements_as_its_baseline_says(operator: Client, stored: Stored) -> None:
    told = []
    for name in [*_named(urlpatterns), *(name for name in STATEMENTS if "," in name)]:
        question = _question(name, stored)
        page, partial = (_statements(operator, name, question, htmx=htmx) for htmx in (False, True))
        if page is None or partial is None:
            continue
        found = len(page), len(partial)
        if found != STATEMENTS.get(name):
            listed = "\n    ".join(text[:150] for text in page)
            told.append(f"{name} takes {found}, not {STATEMENTS.get(name)}:\n    {listed}")
    assert not told, "\n".join(told)


def test_no_baseline_is_about_a_page_that_is_gone() -> None:
    assert {name.partition(",")[0] for name in STATEMENTS} <= set(_named(urlpatterns))


@pytest.mark.parametrize("name", ["overview", "account", "compare", "history", "jobs", "universe"])
def test_a_longer_list_takes_no_more_statements(operator: Client, stored: Stored, name: str) -> None:
    long = _statements(operator, name, _question(name, stored), htmx=False)
    kept = stored.runs[:2]
    for rows in (
        Backtest.objects.exclude(pk__in=[run.id for run in kept]),
        ApiToken.objects.exclude(name="Token 0"),
        Job.objects.exclude(pk=stored.job.pk),
        UniverseMember.objects.exclude(symbol="AAPL"),
    ):
        assert rows.delete()[0]
    short = _statements(operator, name, _question(name, replace(stored, runs=kept)), htmx=False)
    assert long is not None
    assert short is not None
    assert len(long) == len(short)

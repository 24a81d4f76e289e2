"""How many SQL statements each page takes: a committed baseline, so that none creeps in unseen.

Where a page needs more, or fewer, for a good reason, change the number here, in the same commit.
"""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dashboard.saving import save_run
from dashboard.tests.markup import HTMX
from jobs.models import Job, JobState
from strategies.documents import BacktestDocument
from strategies.parameters import BacktestParameters
from strategies.running import run_backtest

pytestmark = pytest.mark.django_db

STATEMENTS = {
    "overview": 10,
    "a backtest, computed": 7,
    "a backtest, stored": 7,
    "the page of a backtest": 6,
    "more points of its chart": 3,
    "history": 4,
    "comparison of two": 6,
    "account": 4,
    "jobs": 4,
    "data": 5,
    "a chart's skeleton": 2,
}


@pytest.fixture
def runs(user: User) -> list[BacktestDocument]:
    found = [run_backtest(BacktestParameters(symbol="AAPL", fast=fast)) for fast in (20, 30)]
    for run in found:
        save_run(user, run.id, note="A note")
    return found


def _tune(client: Client, fast: int) -> object:
    question = {"symbol": "AAPL", "fast": str(fast)}
    return client.get(reverse("backtests"), question, headers=HTMX | {"HX-Target": "result"})


def _requests(client: Client, runs: list[BacktestDocument]) -> dict[str, Callable[[], object]]:
    from dashboard.charts.registry import SKELETONS

    one, other = runs
    skeleton = reverse("chart_skeleton", args=["backtest", SKELETONS["backtest"]().version])
    return {
        "overview": lambda: client.get(reverse("overview")),
        "a backtest, computed": lambda: _tune(client, 41),
        "a backtest, stored": lambda: _tune(client, 20),
        "the page of a backtest": lambda: client.get(one.links.page),
        "more points of its chart": lambda: client.get(
            reverse("backtest_detail", args=[one.id]), {"start": "2008-01-02", "end": "2009-01-02"}
        ),
        "history": lambda: client.get(reverse("history"), {"search": "aapl"}),
        "comparison of two": lambda: client.get(reverse("compare"), {"run": [one.id, other.id]}),
        "account": lambda: client.get(reverse("account")),
        "jobs": lambda: client.get(reverse("jobs")),
        "data": lambda: client.get(reverse("data")),
        "a chart's skeleton": lambda: client.get(skeleton),
    }


@pytest.mark.parametrize("page", STATEMENTS)
def test_a_page_takes_as_many_statements_as_the_baseline_says(
    reader: Client, runs: list[BacktestDocument], page: str
) -> None:
    for number in range(3):
        Job.objects.create(kind="fetch_bars", subject=f"S{number}", state=JobState.QUEUED)
    ask = _requests(reader, runs)[page]
    caches["rendered"].clear()
    with CaptureQueriesContext(connection) as captured:
        ask()
    statements = "\n".join(query["sql"][:160] for query in captured.captured_queries)
    assert len(captured) == STATEMENTS[page], f"{page} took {len(captured)} statements:\n{statements}"

"""How much a user may store, and what they are told when it is used up."""

import subprocess
import sys

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client, override_settings

from dashboard.usage import usage_of
from strategies.models import Backtest

pytestmark = pytest.mark.django_db


def _run(client: Client, fast: int) -> int:
    body = {"symbol": "AAPL", "fast": fast}
    return client.post("/api/v1/backtests", body, content_type="application/json").status_code


def test_what_a_user_runs_counts_as_theirs(reader: Client, user: User, staff: User) -> None:
    _run(reader, 5)
    _run(reader, 5)
    usage = usage_of(user)
    assert usage.runs == 1
    assert 0 < usage.stored_bytes < 2 * len(Backtest.objects.get(owner=user).document)
    assert usage_of(staff).runs == 0


def test_a_user_may_store_so_many_runs_and_read_them_still(reader: Client, operator: Client) -> None:
    with override_settings(RUNS_OF_A_USER=2):
        assert [_run(reader, fast) for fast in (5, 6, 7)] == [201, 201, 403]
        assert _run(reader, 5) == 200
        assert _run(operator, 7) == 201
        body = {"symbol": "AAPL", "fast": 9}
        refused = reader.post("/api/v1/backtests", body, content_type="application/json")
        assert "Delete some on the History page" in refused.json()["detail"]


def test_a_user_may_store_so_many_bytes(reader: Client) -> None:
    with override_settings(MEGABYTES_OF_A_USER=0.01):
        assert _run(reader, 5) == 201
        assert _run(reader, 6) == 403


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/v1/sweeps", {"symbol": "AAPL", "fast": [5, 6], "slow": 50}),
        ("/api/v1/universes", {"symbols": ["AAPL"], "fast": [5, 6], "slow": 50}),
        ("/api/v1/forecasts", {"symbol": "AAPL"}),
    ],
)
def test_every_kind_of_run_has_this_quota(reader: Client, path: str, body: dict[str, object]) -> None:
    with override_settings(RUNS_OF_A_USER=1):
        _run(reader, 5)
        assert reader.post(path, body, content_type="application/json").status_code == 403


def test_no_limit_is_no_limit(reader: Client) -> None:
    with override_settings(RUNS_OF_A_USER=0, MEGABYTES_OF_A_USER=0):
        assert _run(reader, 5) == 201


def test_the_account_page_tells_how_much_is_used(reader: Client) -> None:
    _run(reader, 5)
    page = reader.get("/account/").content.decode()
    assert "1 run</strong> of 20,000" in " ".join(page.split())
    assert "for 90 days are deleted" in page


def test_a_process_that_loads_no_page_keeps_the_quota_too() -> None:
    code = (
        "import sys, django; django.setup(); from core.results import ResultKind, result_wanted; "
        "print('dashboard.views.account' in sys.modules, result_wanted.has_listeners(ResultKind))"
    )
    found = subprocess.run(
        [sys.executable, "-c", code], cwd=settings.BASE_DIR, capture_output=True, check=True
    )
    assert found.stdout.split() == [b"False", b"True"]

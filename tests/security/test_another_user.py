"""What one user can learn and change of another's."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from dashboard.models import SavedRun
from dashboard.saving import save_run
from ingestion.watching import watched
from strategies.parameters import BacktestParameters
from strategies.running import run_backtest

pytestmark = pytest.mark.django_db

NOTE = "buy before the takeover"


def test_another_users_saved_runs_are_neither_seen_nor_changed(user: User, operator: Client) -> None:
    run = run_backtest(BacktestParameters(symbol="AAPL"))
    save_run(user, run.id, note=NOTE)
    for address in ("/history/?saved=1", "/history/", f"/backtests/{run.id}/", "/", "/account/", "/compare/"):
        assert NOTE not in operator.get(address).content.decode(), address
    operator.post(f"/backtests/{run.id}/save/", {"note": "mine"})
    operator.post(f"/backtests/{run.id}/forget/")
    assert SavedRun.objects.get(user=user).note == NOTE


def test_another_users_watch_list_is_neither_seen_nor_changed(
    user: User, staff: User, reader: Client, operator: Client
) -> None:
    reader.put("/api/v1/instruments/AAPL/watch")
    assert watched(user) == ["AAPL"]
    operator.delete("/api/v1/instruments/AAPL/watch")
    assert watched(user) == ["AAPL"]
    assert not watched(staff)

"""What one user can learn and change of another's."""

import pytest
from django.contrib.auth.models import User
from django.test import Client, override_settings

from core.permissions import Scope
from dashboard.history.changes import save_run
from dashboard.models import HistoryEntry
from dashboard.tokens import issue_token
from ingestion.watchlist import watched
from site_config.access.policies import PASSWORDS
from strategies.backtests.parameters import BacktestParameters
from strategies.backtests.service import run_backtest

pytestmark = pytest.mark.django_db

NOTE = "buy before the takeover"


def test_another_users_saved_runs_are_neither_seen_nor_changed(user: User, operator: Client) -> None:
    run = run_backtest(BacktestParameters(symbol="AAPL"))
    save_run(user, run.id, note=NOTE)
    for address in ("/history/?saved=1", "/history/", f"/backtests/{run.id}/", "/", "/account/", "/compare/"):
        assert NOTE not in operator.get(address).content.decode(), address
    operator.post(f"/backtests/{run.id}/save/", {"note": "mine"})
    operator.post(f"/backtests/{run.id}/forget/")
    assert HistoryEntry.objects.get(user=user).note == NOTE


def test_another_users_watch_list_is_neither_seen_nor_changed(
    user: User, staff: User, reader: Client, operator: Client
) -> None:
    reader.put("/api/v1/instruments/AAPL/watch")
    assert watched(user) == ["AAPL"]
    operator.delete("/api/v1/instruments/AAPL/watch")
    assert watched(user) == ["AAPL"]
    assert not watched(staff)


@pytest.mark.parametrize("address", ["/", "/history/", "/account/", "/jobs/", "/api/v1/instruments"])
def test_no_shared_cache_keeps_what_was_meant_for_one_user(reader: Client, address: str) -> None:
    assert "private" in reader.get(address).headers["Cache-Control"]


def test_even_the_page_of_an_address_that_leads_nowhere_is_for_its_reader_alone(reader: Client) -> None:
    answer = reader.get("/nowhere/")
    assert answer.status_code == 404
    assert answer.headers["Cache-Control"] == "private"


def test_the_tokens_of_a_developers_machine_open_nothing_once_there_are_logins() -> None:
    local = User.objects.create(username="local", is_staff=True, is_superuser=True)
    local.set_unusable_password()
    local.save()
    secret = issue_token(local, name="notebook", scope=Scope.MANAGE).secret
    client = Client(headers={"Authorization": f"Bearer {secret}"})
    assert client.get("/api/v1/instruments").status_code == 401
    with override_settings(LOCAL_USER=True):
        assert client.get("/api/v1/instruments").status_code == 200


def test_the_old_password_cannot_be_guessed_by_who_found_an_open_session(reader: Client) -> None:
    guess = {"old_password": "guess", "new_password1": "x", "new_password2": "x"}
    answers = {reader.post("/account/password/", guess).status_code for _ in range(PASSWORDS.burst + 1)}
    assert 429 in answers

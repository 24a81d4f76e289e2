"""One user cannot take the site's time, nor another user's share of it."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client, override_settings
from django.utils import timezone

from core.models import Bucket
from core.rate_limits import Budget
from site_config.access.policies import API_REQUESTS, IMPORTS, REPORTS, RUNS, SWEEPS

pytestmark = pytest.mark.django_db

QUESTION = {"symbol": "AAPL"}


def _exhaust(budget: Budget, user: User) -> None:
    """Leave nothing in the bucket, nor let anything come back while the test runs."""
    shortly = timezone.now() + timedelta(seconds=30)
    Bucket.objects.create(key=f"{budget.name}:user:{user.pk}", level=0, filled_at=shortly)


def test_a_user_who_asks_too_often_is_told_when_to_come_again(reader: Client, user: User) -> None:
    _exhaust(RUNS, user)
    answer = reader.post("/api/v1/backtests", QUESTION, content_type="application/json")
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) == 1
    assert (
        "Too many backtests and forecasts in a short time. Try again in one second."
        in answer.json()["detail"]
    )


@pytest.mark.parametrize(
    ("budget", "method", "address"),
    [
        (RUNS, "GET", "/backtests/?symbol=AAPL"),
        (RUNS, "GET", "/forecasts/?symbol=AAPL"),
        (RUNS, "GET", "/backtest/AAPL/1000/"),
        (RUNS, "POST", "/api/v1/forecasts"),
        (REPORTS, "GET", "/report/AAPL/"),
        (REPORTS, "GET", "/api/v1/reports/AAPL.pdf"),
        (IMPORTS, "POST", "/api/v1/instruments/AAPL/fetch"),
        (IMPORTS, "POST", "/data/fetch/"),
        (API_REQUESTS, "GET", "/api/v1/instruments"),
    ],
    ids=str,
)
def test_every_expensive_address_draws_on_a_budget(
    budget: Budget, method: str, address: str, operator: Client, staff: User
) -> None:
    _exhaust(budget, staff)
    answer = operator.generic(method, address)
    assert answer.status_code == 429
    assert "Retry-After" in answer.headers


def test_a_page_without_anything_left_says_so_in_words(reader: Client, user: User) -> None:
    _exhaust(RUNS, user)
    page = reader.get("/backtests/?symbol=AAPL", headers={"Accept": "text/html"}).content.decode()
    assert "Try again in one second" in page
    assert "<title>" in page


def test_one_users_haste_does_not_slow_another(reader: Client, operator: Client, user: User) -> None:
    _exhaust(API_REQUESTS, user)
    assert reader.get("/api/v1/instruments").status_code == 429
    assert operator.get("/api/v1/instruments").status_code == 200


def test_what_costs_little_stays_possible(reader: Client, user: User) -> None:
    for budget in (RUNS, SWEEPS, REPORTS):
        _exhaust(budget, user)
    assert reader.get("/jobs/").status_code == 200
    assert reader.get("/api/v1/instruments").status_code == 200


def test_the_local_user_of_a_developers_machine_has_no_budget() -> None:
    with override_settings(LOCAL_USER=True):
        client = Client()
        client.get("/jobs/")
        _exhaust(RUNS, User.objects.get(username="local"))
        assert client.get("/backtests/?symbol=ZZZZ").status_code == 422

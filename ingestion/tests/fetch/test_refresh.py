"""The schedule of watched instruments."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from pytest_django import Settings

from ingestion.fetch.refresh import refresh_watched
from ingestion.tests.factories import sessions, stored
from ingestion.watchlist import watch
from jobs.models import Job, JobState
from jobs.periodic import do_once

pytestmark = pytest.mark.django_db

CLOSE = datetime(2024, 11, 25, 21, tzinfo=UTC)


@pytest.fixture(autouse=True)
def nvda_is_watched(settings: Settings, user: User) -> None:
    """NVDA, whose bars end on the Friday before, is watched."""
    settings.ALPHA_VANTAGE_API_KEY = "a key"
    stored("NVDA", sessions(date(2024, 11, 1), date(2024, 11, 22)), fetched_at=CLOSE - timedelta(hours=8))
    watch(user, "NVDA")


def at(moment: datetime, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the symbols that the schedule fetches at a moment."""
    monkeypatch.setattr(timezone, "now", lambda: moment)
    return [job.subject for job in refresh_watched()]


def test_a_watched_symbol_is_fetched_some_time_after_the_close_and_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert at(CLOSE + timedelta(minutes=89), monkeypatch) == []
    assert at(CLOSE + timedelta(minutes=91), monkeypatch) == ["NVDA"]
    assert at(CLOSE + timedelta(minutes=92), monkeypatch) == []
    assert Job.objects.filter(subject="NVDA").count() == 1


def test_a_restart_and_a_long_absence_lose_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert at(CLOSE + timedelta(days=40), monkeypatch) == ["NVDA"]


def test_what_nobody_watches_and_the_sample_are_left_alone(
    monkeypatch: pytest.MonkeyPatch, user: User
) -> None:
    stored("OTHER", [date(2024, 11, 22)], fetched_at=CLOSE)
    watch(user, "IBM")
    assert at(CLOSE + timedelta(days=1), monkeypatch) == ["NVDA"]


def test_after_a_failure_there_is_a_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    due = CLOSE + timedelta(minutes=91)
    Job.objects.create(kind="fetch_bars", subject="NVDA", state=JobState.FAILED, created_at=due)
    assert at(due + timedelta(minutes=239), monkeypatch) == []
    assert at(due + timedelta(minutes=241), monkeypatch) == ["NVDA"]


def test_a_parked_refresh_is_not_asked_for_beside_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    due = CLOSE + timedelta(minutes=91)
    assert at(due, monkeypatch) == ["NVDA"]
    Job.objects.update(created_at=due, next_attempt_at=due + timedelta(days=1))
    at(due + timedelta(hours=8), monkeypatch)
    assert Job.objects.filter(subject="NVDA").count() == 1


def test_a_symbol_of_an_exchange_without_a_calendar_does_not_stop_the_others(
    monkeypatch: pytest.MonkeyPatch, user: User
) -> None:
    stored("ODD", [date(2024, 11, 22)], fetched_at=CLOSE, exchange="XXXX")
    watch(user, "ODD")
    assert at(CLOSE + timedelta(days=1), monkeypatch) == ["NVDA"]


def test_the_workers_do_it_from_time_to_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: CLOSE + timedelta(days=1))
    assert do_once("refresh_watched")
    assert Job.objects.filter(subject="NVDA").exists()

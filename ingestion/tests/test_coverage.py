"""How complete stored bars are."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from core.errors import NotFound
from ingestion.coverage import coverage, coverage_of, years_before
from ingestion.fetch.schedule import next_refresh
from ingestion.models import Instrument
from ingestion.providers.quota import RequestLimiter, key_hash
from ingestion.schemas import GapDocument
from ingestion.tests.factories import sessions, stored
from ingestion.watchlist import watch
from jobs.models import Job, JobState

pytestmark = pytest.mark.django_db

EVENING = datetime(2024, 11, 25, 22, tzinfo=UTC)  # a Monday, after the close
LAST = EVENING.date()


@pytest.fixture(autouse=True)
def a_fixed_evening(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: EVENING)


@pytest.fixture
def free_key(settings: Settings) -> None:
    settings.ALPHA_VANTAGE_API_KEY = "a key"
    limiter = RequestLimiter(key_hash("a key"))
    limiter.wait_for_turn()
    limiter.note_full_history(allowed=False)


def test_a_free_keys_hundred_bars_tell_when_the_two_years_are_complete(free_key: None) -> None:
    days = sessions(date(2024, 1, 1), LAST)[-100:]
    stored("NVDA", days)
    found = coverage_of("nvda")
    expected = len(sessions(date(2022, 11, 26), LAST))
    assert (found.bars, found.sessions_held, found.sessions_expected) == (100, 100, expected)
    assert (found.stale_sessions, found.sessions_missing) == (0, 0)
    assert found.complete_on is not None
    # From that day on, two years back begin after the last session without a bar.
    assert years_before(found.complete_on, 2) == sessions(date(2024, 1, 1), days[0])[-2] + timedelta(days=1)
    assert found.sentence == f"100 of {expected} sessions, complete about 2026-07 on a free key"


def test_gaps_are_runs_of_sessions_and_weekends_are_none(free_key: None) -> None:
    days = sessions(years_before(LAST, 2), LAST)
    lost = {date(2024, 7, 3), date(2024, 7, 5), date(2024, 9, 9)}
    stored("NVDA", [day for day in days[:-2] if day not in lost])
    found = coverage_of("NVDA")
    assert found.gaps == [
        GapDocument(first=date(2024, 7, 3), last=date(2024, 7, 5), sessions=2),  # the 4th is a holiday
        GapDocument(first=date(2024, 9, 9), last=date(2024, 9, 9), sessions=1),
        GapDocument(first=days[-2], last=days[-1], sessions=2),
    ]
    assert (found.sessions_missing, found.stale_sessions) == (5, 2)


def test_a_full_window_is_complete_and_a_stale_one_is_with_the_next_fetch() -> None:
    days = sessions(date(2022, 1, 1), LAST)
    stored("NVDA", days[:-1], provisional_from=days[-2])
    found = coverage_of("NVDA")
    assert found.sentence.endswith("complete with the next fetch")
    assert found.provisional_on == days[-2]
    stored("NVDA", days)
    found = coverage_of("NVDA")
    assert found.sentence.endswith("sessions, complete")
    assert (found.provisional_on, found.complete_on, found.gaps) == (None, None, [])
    assert found.bars == len(days)


def test_a_gap_longer_than_a_compact_answer_is_not_promised_to_the_next_fetch() -> None:
    days = sessions(date(2022, 1, 1), LAST)
    stored("NVDA", days[:-150])
    assert coverage_of("NVDA").sentence.endswith("a file or a premium key fills the gap")


def test_of_the_sample_its_own_span_is_expected() -> None:
    Instrument.objects.get(symbol="IBM").bars.filter(date__in=["2012-07-03", "2012-07-05"]).delete()
    found = coverage_of("IBM")
    assert (found.sessions_held, found.sessions_expected) == (3268, 3270)
    assert found.sentence == "3,268 of 3,270 sessions of the historical sample"


def test_an_exchange_without_a_calendar_is_said_and_the_others_stay_readable() -> None:
    Instrument.objects.filter(symbol="IBM").update(exchange="XXXX")
    found = coverage()
    assert "no calendar for the exchange XXXX" in found["IBM"].sentence
    assert found["IBM"].sessions_expected is None
    assert found["AAPL"].sessions_expected == 3270


def test_three_statements_tell_of_every_instrument(
    django_assert_num_queries: DjangoAssertNumQueries, free_key: None
) -> None:
    with django_assert_num_queries(3):
        assert len(coverage()) == 5


def test_the_last_error_and_the_next_attempt_are_told(free_key: None, user: User) -> None:
    days = sessions(date(2024, 1, 1), LAST)
    stored("NVDA", days, fetched_at=EVENING)
    assert coverage_of("NVDA").next_attempt_at is None  # nobody watches it
    watch(user, "NVDA")
    tomorrow = datetime(2024, 11, 26, 22, 30, tzinfo=UTC)
    assert coverage_of("NVDA").next_attempt_at == tomorrow
    Job.objects.create(kind="fetch_bars", subject="NVDA", state=JobState.FAILED, error="It said no.")
    assert coverage_of("NVDA").last_error == "It said no."
    waits = EVENING + timedelta(minutes=5)
    Job.objects.create(kind="fetch_bars", subject="NVDA", next_attempt_at=waits)
    found = coverage_of("NVDA")
    assert (found.last_error, found.next_attempt_at) == (None, waits)


def test_a_refresh_comes_some_time_after_the_first_session_without_a_final_bar(free_key: None) -> None:
    days = sessions(date(2024, 11, 1), date(2024, 11, 27))
    stored("NVDA", days, fetched_at=EVENING)
    share = Instrument.objects.get(symbol="NVDA")
    # The 28th is Thanksgiving, and the 29th closes early, at 13:00 in New York.
    assert next_refresh(share) == datetime(2024, 11, 29, 19, 30, tzinfo=UTC)
    asked = datetime(2024, 11, 29, 20, tzinfo=UTC)
    Instrument.objects.update(fetched_at=asked)
    share.refresh_from_db()
    assert next_refresh(share) == asked + timedelta(hours=4)


def test_nothing_refreshes_the_sample_or_anything_without_a_key(free_key: None, settings: Settings) -> None:
    assert next_refresh(Instrument.objects.get(symbol="IBM")) is None
    stored("NVDA", [LAST])
    settings.ALPHA_VANTAGE_API_KEY = None
    assert next_refresh(Instrument.objects.get(symbol="NVDA")) is None


def test_two_years_end_before_the_day_they_began() -> None:
    assert years_before(date(2024, 11, 25), 2) == date(2022, 11, 26)
    assert years_before(date(2024, 2, 29), 2) == date(2022, 3, 1)
    assert years_before(date(2024, 12, 31), 1) == date(2024, 1, 1)


def test_the_api_answers_with_it(reader: Client) -> None:
    answer = reader.get("/api/v1/instruments/ibm/coverage")
    assert answer.json()["sentence"] == "3,270 of 3,270 sessions of the historical sample"
    assert reader.get("/api/v1/instruments/NVDA/coverage").status_code == 404
    with pytest.raises(NotFound):
        coverage_of("NVDA")

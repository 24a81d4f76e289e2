"""The limiter: spacing, the day's count, and what the provider said about them."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from django.utils import timezone
from pytest_django import Settings

from ingestion.errors import DailyQuotaReached, RateLimited
from ingestion.limits import RequestLimiter, key_hash
from ingestion.models import ApiQuota

pytestmark = pytest.mark.django_db


@pytest.fixture
def limiter(settings: Settings) -> RequestLimiter:
    settings.ALPHA_VANTAGE_REQUESTS_PER_DAY = 3
    settings.ALPHA_VANTAGE_SECONDS_BETWEEN_REQUESTS = 0
    return RequestLimiter(key_hash("a key"))


def test_requests_are_spaced(limiter: RequestLimiter, settings: Settings) -> None:
    settings.ALPHA_VANTAGE_SECONDS_BETWEEN_REQUESTS = 0.1
    sent = []
    for _ in range(3):
        limiter.wait_for_turn()
        sent.append(timezone.now())
    assert all(later - earlier >= timedelta(seconds=0.09) for earlier, later in pairwise(sent))


def test_turns_are_given_in_advance_so_that_waiting_workers_do_not_send_together(
    limiter: RequestLimiter, settings: Settings
) -> None:
    settings.ALPHA_VANTAGE_SECONDS_BETWEEN_REQUESTS = 10
    turns = [limiter._reserve() for _ in range(3)]
    assert [later - earlier for earlier, later in pairwise(turns)] == [timedelta(seconds=10)] * 2


def test_a_turn_too_far_ahead_fails_at_once_and_is_not_counted(
    limiter: RequestLimiter, settings: Settings
) -> None:
    settings.ALPHA_VANTAGE_SECONDS_BETWEEN_REQUESTS = 31
    limiter.wait_for_turn()
    with pytest.raises(RateLimited, match="holds requests back until"):
        limiter.wait_for_turn()
    assert limiter.remaining() == 2


def test_the_days_requests_are_counted_before_they_are_sent(limiter: RequestLimiter) -> None:
    for left in (2, 1, 0):
        limiter.wait_for_turn()
        assert limiter.remaining() == left
    with pytest.raises(DailyQuotaReached, match="3 of the 3 requests a day"):
        limiter.wait_for_turn()
    assert RequestLimiter(key_hash("another key")).remaining() == 3


def test_work_of_several_requests_does_not_begin_when_it_cannot_end(limiter: RequestLimiter) -> None:
    limiter.wait_for_turn()
    limiter.require(2)
    with pytest.raises(DailyQuotaReached, match="3 more would be needed"):
        limiter.require(3)


def test_a_new_day_begins_with_a_new_count(limiter: RequestLimiter) -> None:
    for _ in range(3):
        limiter.wait_for_turn()
    ApiQuota.objects.update(day=datetime.now(UTC).date() - timedelta(days=1))
    limiter.wait_for_turn()
    assert limiter.remaining() == 2


def test_a_plan_without_a_daily_limit_is_not_held_back(limiter: RequestLimiter, settings: Settings) -> None:
    settings.ALPHA_VANTAGE_REQUESTS_PER_DAY = 0
    for _ in range(5):
        limiter.wait_for_turn()
    assert limiter.remaining() is None


def test_an_exhausted_key_rests_for_an_hour(limiter: RequestLimiter, monkeypatch: pytest.MonkeyPatch) -> None:
    limiter.wait_for_turn()
    limiter.note_exhausted()
    with pytest.raises(DailyQuotaReached, match="asks again after"):
        limiter.wait_for_turn()
    later = timezone.now() + timedelta(minutes=61)
    monkeypatch.setattr(timezone, "now", lambda: later)
    limiter.wait_for_turn()

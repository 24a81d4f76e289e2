"""The limiter: spacing, the day's count, and what the provider said about them."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from django.utils import timezone
from pytest_django import Settings

from ingestion.documents import QuotaDocument
from ingestion.errors import DailyQuotaReached, RateLimited
from ingestion.limits import RequestLimiter, key_hash, quota_left
from ingestion.models import ApiQuota

pytestmark = pytest.mark.django_db


@pytest.fixture
def limiter(settings: Settings) -> RequestLimiter:
    settings.ALPHA_VANTAGE_REQUESTS_PER_DAY = 3
    settings.ALPHA_VANTAGE_SECONDS_BETWEEN_REQUESTS = 0
    settings.ALPHA_VANTAGE_API_KEY = "a key"
    return RequestLimiter(key_hash("a key"))


def left() -> int | None:
    quota = quota_left()
    assert quota is not None
    return quota.requests_left


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
    assert left() == 2


def test_the_days_requests_are_counted_before_they_are_sent(limiter: RequestLimiter) -> None:
    for expected in (2, 1, 0):
        limiter.wait_for_turn()
        assert left() == expected
    with pytest.raises(DailyQuotaReached, match="3 of the 3 requests a day"):
        limiter.wait_for_turn()
    RequestLimiter(key_hash("another key")).require(3)


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
    assert left() == 2


def test_a_plan_without_a_daily_limit_is_not_held_back(limiter: RequestLimiter, settings: Settings) -> None:
    settings.ALPHA_VANTAGE_REQUESTS_PER_DAY = 0
    for _ in range(5):
        limiter.wait_for_turn()
    assert left() is None


def test_an_exhausted_key_rests_for_an_hour(limiter: RequestLimiter, monkeypatch: pytest.MonkeyPatch) -> None:
    limiter.wait_for_turn()
    limiter.note_exhausted()
    with pytest.raises(DailyQuotaReached, match="asks again after"):
        limiter.wait_for_turn()
    exhausted = quota_left()
    assert exhausted is not None
    assert (exhausted.requests_left, exhausted.requests_per_day) == (0, 3)
    assert exhausted.exhausted_until == ApiQuota.objects.get().exhausted_until
    later = timezone.now() + timedelta(minutes=61)
    monkeypatch.setattr(timezone, "now", lambda: later)
    limiter.wait_for_turn()


def test_what_is_left_is_told_without_a_trace_and_without_a_key_there_is_nothing_to_tell(
    limiter: RequestLimiter, settings: Settings
) -> None:
    assert quota_left() == QuotaDocument(
        requests_left=3, requests_per_day=3, exhausted_until=None, full_history=None
    )
    assert not ApiQuota.objects.exists()
    limiter.wait_for_turn()
    limiter.note_full_history(allowed=False)
    assert quota_left() == QuotaDocument(
        requests_left=2, requests_per_day=3, exhausted_until=None, full_history=False
    )
    settings.ALPHA_VANTAGE_API_KEY = None
    assert quota_left() is None

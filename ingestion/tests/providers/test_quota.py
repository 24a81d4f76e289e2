"""The limiter: spacing, the day's count, and what the provider said about them."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise

import pytest
from django.utils import timezone
from pytest_django import Settings

from ingestion.errors import DailyQuotaReached, RateLimited
from ingestion.models import ApiQuota
from ingestion.providers.quota import RequestLimiter, key_hash, quota_left
from ingestion.schemas import QuotaDocument

pytestmark = pytest.mark.django_db


@dataclass
class Clock:
    now: datetime


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
    pauses = [later - earlier for earlier, later in pairwise(sent)]
    assert min(pauses) >= timedelta(seconds=0.09)


def test_turns_are_given_in_advance_so_that_waiting_workers_do_not_send_together(
    limiter: RequestLimiter, settings: Settings
) -> None:
    settings.ALPHA_VANTAGE_SECONDS_BETWEEN_REQUESTS = 10
    turns = [limiter._reserve()[0] for _ in range(3)]
    assert [later - earlier for earlier, later in pairwise(turns)] == [timedelta(seconds=10)] * 2


def test_a_turn_too_far_ahead_fails_at_once_and_is_not_counted(
    limiter: RequestLimiter, settings: Settings
) -> None:
    settings.ALPHA_VANTAGE_SECONDS_BETWEEN_REQUESTS = 31
    limiter.wait_for_turn()
    with pytest.raises(RateLimited, match="holds requests back until"):
        limiter.wait_for_turn()
    assert left() == 2


def test_a_turn_given_before_the_clock_was_set_back_holds_nothing_up(limiter: RequestLimiter) -> None:
    limiter.wait_for_turn()
    ApiQuota.objects.update(next_request_at=timezone.now() + timedelta(hours=5))
    limiter.wait_for_turn()
    assert ApiQuota.objects.get().next_request_at <= timezone.now()


def test_the_days_requests_are_counted_before_they_are_sent(limiter: RequestLimiter) -> None:
    for expected in (2, 1, 0):
        limiter.wait_for_turn()
        assert left() == expected
    with pytest.raises(DailyQuotaReached, match="All 3 requests a day") as reached:
        limiter.wait_for_turn()
    tomorrow = datetime.now(UTC).date() + timedelta(days=1)
    assert reached.value.until == datetime.combine(tomorrow, time.min, tzinfo=UTC)
    RequestLimiter(key_hash("another key")).wait_for_turn()


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


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """A clock that stands until a test moves it."""
    clock = Clock(datetime(2024, 5, 3, 22, 0, tzinfo=UTC))
    monkeypatch.setattr(timezone, "now", lambda: clock.now)
    return clock


def test_of_an_exhausted_key_one_probe_an_hour_is_sent(clock: Clock, limiter: RequestLimiter) -> None:
    assert not limiter.wait_for_turn()
    assert limiter.note_exhausted() == clock.now + timedelta(hours=1)
    with pytest.raises(DailyQuotaReached, match="asks again after 2024-05-03 23:00 UTC"):
        limiter.wait_for_turn()
    exhausted = quota_left()
    assert exhausted is not None
    assert (exhausted.requests_left, exhausted.requests_per_day) == (0, 3)
    assert exhausted.exhausted_until == clock.now + timedelta(hours=1)
    clock.now += timedelta(minutes=61)
    assert limiter.wait_for_turn()
    with pytest.raises(DailyQuotaReached):  # of several processes one probes
        limiter.wait_for_turn()


def test_a_probe_is_sent_even_where_the_count_of_the_day_is_full(
    clock: Clock, limiter: RequestLimiter
) -> None:
    for _ in range(3):
        limiter.wait_for_turn()
    limiter.note_exhausted()
    clock.now += timedelta(minutes=61)
    assert limiter.wait_for_turn()


def test_a_successful_probe_tells_when_the_providers_day_begins(
    clock: Clock, limiter: RequestLimiter
) -> None:
    limiter.wait_for_turn()
    limiter.note_exhausted()
    clock.now = datetime(2024, 5, 4, 4, 10, tzinfo=UTC)
    assert limiter.wait_for_turn()
    limiter.note_available()
    told = quota_left()
    assert told is not None
    assert (told.requests_left, told.reset_is_known) == (2, True)
    assert told.resets_at == datetime(2024, 5, 5, 4, 10, tzinfo=UTC)

    # The count now goes from that time to that time, across midnight.
    clock.now = datetime(2024, 5, 5, 3, 0, tzinfo=UTC)
    for _ in range(2):
        limiter.wait_for_turn()
    with pytest.raises(DailyQuotaReached, match="next day begins at 2024-05-05 04:10 UTC"):
        limiter.wait_for_turn()
    clock.now = datetime(2024, 5, 5, 4, 10, tzinfo=UTC)
    limiter.wait_for_turn()
    assert left() == 2


def test_a_known_reset_is_probed_at_once(clock: Clock, limiter: RequestLimiter) -> None:
    limiter.wait_for_turn()
    limiter.note_exhausted()
    clock.now = datetime(2024, 5, 4, 4, 10, tzinfo=UTC)
    limiter.wait_for_turn()
    limiter.note_available()
    clock.now = datetime(2024, 5, 5, 3, 50, tzinfo=UTC)
    assert limiter.note_exhausted() == datetime(2024, 5, 5, 4, 10, tzinfo=UTC)


def test_a_burst_says_nothing_of_the_day_so_that_a_probe_is_repeated(
    clock: Clock, limiter: RequestLimiter
) -> None:
    limiter.wait_for_turn()
    limiter.note_exhausted()
    clock.now += timedelta(minutes=61)
    limiter.wait_for_turn()
    limiter.slow_down(timedelta(seconds=5))
    clock.now += timedelta(seconds=6)
    assert limiter.wait_for_turn()


def test_what_is_left_is_told_without_a_trace_and_without_a_key_there_is_nothing_to_tell(
    clock: Clock, limiter: RequestLimiter, settings: Settings
) -> None:
    unused = QuotaDocument(
        requests_left=3,
        requests_per_day=3,
        exhausted_until=None,
        resets_at=datetime(2024, 5, 4, tzinfo=UTC),
        reset_is_known=False,
        full_history=None,
    )
    assert quota_left() == unused
    assert not ApiQuota.objects.exists()
    limiter.wait_for_turn()
    limiter.note_full_history(allowed=False)
    assert quota_left() == unused.model_copy(update={"requests_left": 2, "full_history": False})
    settings.ALPHA_VANTAGE_API_KEY = None
    assert quota_left() is None

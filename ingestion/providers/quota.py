"""The provider's limits, kept in the database so that all processes together respect them."""

import hashlib
import time
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from datetime import time as time_of_day

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from ingestion.errors import DailyQuotaReached, RateLimited
from ingestion.models import ApiQuota
from ingestion.schemas import QuotaDocument

LONGEST_WAIT = timedelta(seconds=30)
"""A request that would have to wait longer gives its worker back instead of holding it."""


FARTHEST_TURN = timedelta(minutes=70)
"""No pause is longer: a provider that counts by the hour holds requests back to the end of one."""


@dataclass(frozen=True, kw_only=True)
class RequestPlan:
    """What a key may request. requests_per_day: 0: no limit. setting: the one that raises it."""

    requests_per_day: int
    seconds_between: float
    setting: str = "ALPHA_VANTAGE_REQUESTS_PER_DAY"


def key_hash(key: str) -> str:
    """Return what identifies a key in the database without being one."""
    return hashlib.sha256(key.encode()).hexdigest()


def quota_left() -> QuotaDocument | None:
    """Return what is left of the configured key's requests today; None without a key.

    It only reads: a key that was never used has all its requests left.
    """
    key: str | None = settings.ALPHA_VANTAGE_API_KEY
    if not key:
        return None
    now = timezone.now()
    limit: int | None = settings.ALPHA_VANTAGE_REQUESTS_PER_DAY or None
    quota = ApiQuota.objects.filter(key_hash=key_hash(key)).first() or _unused(key_hash(key), now)
    until = quota.exhausted_until
    left = max(0, limit - _used(quota, now)) if limit else None
    return QuotaDocument(
        requests_left=0 if until and until > now else left,
        requests_per_day=limit,
        exhausted_until=until if until and until > now else None,
        resets_at=_next_day(quota, now) if limit else None,
        reset_is_known=quota.day_begins_at is not None,
        full_history=quota.full_history,
    )


@dataclass(frozen=True)
class RequestLimiter:
    """Reserves requests for the key with this hash.

    A request is counted before it is sent and stays counted whatever becomes of it, so that no crash and no
    second process can send more than the plan allows.
    """

    key_hash: str
    plan: RequestPlan | None = None

    def wait_for_turn(self) -> bool:
        """Reserve a request and sleep until it may be sent; return whether it is a probe.

        A probe is the one request that is sent now and then after the provider said that the day is used
        up; where it brings data, `note_available` must be told.
        Raises DailyQuotaReached when none is left, RateLimited when it may not be sent soon.
        """
        turn, is_probe = self._reserve()
        delay = (turn - timezone.now()).total_seconds()
        if delay > 0:
            time.sleep(delay)
        return is_probe

    def slow_down(self, pause: timedelta) -> datetime:
        """Send nothing for `pause`: the provider said that requests came too fast. Return until when."""
        until = timezone.now() + pause
        ours = ApiQuota.objects.filter(key_hash=self.key_hash)
        ours.filter(next_request_at__lt=until).update(next_request_at=until)
        ours.filter(exhausted_until__gt=until).update(exhausted_until=until)  # a probe that told nothing
        return until

    def note_exhausted(self) -> datetime:
        """Remember that the provider counts the day as used up; return when a probe is due."""
        until = _next_probe(self._quota(), timezone.now())
        ApiQuota.objects.filter(key_hash=self.key_hash).update(exhausted_until=until)
        return until

    def note_available(self) -> None:
        """Remember that the provider's new day has begun, as the probe that was just sent has shown."""
        now = timezone.now()
        begins_at = now.astimezone(UTC).time()
        ApiQuota.objects.filter(key_hash=self.key_hash).update(
            exhausted_until=None, day_begins_at=begins_at, day=_day(begins_at, now), used=1
        )

    def full_history(self) -> bool | None:
        """Return whether the key may ask for full history; None when it was never tried."""
        return self._quota().full_history

    def note_full_history(self, *, allowed: bool) -> None:
        """Remember whether the key's plan includes full history."""
        ApiQuota.objects.filter(key_hash=self.key_hash).update(full_history=allowed)

    @transaction.atomic
    def _reserve(self) -> tuple[datetime, bool]:
        """Return when the request may be sent. Other processes wait here for each other, briefly."""
        self._quota()
        quota = ApiQuota.objects.select_for_update().get(key_hash=self.key_hash)
        now = timezone.now()
        is_probe = quota.exhausted_until is not None
        if is_probe:
            _require_probe_is_due(quota, now)
        else:
            _require_left(quota, now, self._plan)
        turn = _next_turn(quota, now)
        if turn - now > LONGEST_WAIT:
            raise RateLimited(
                f"The market data provider's rate limit holds requests back until {_clock(turn)}.", until=turn
            )
        if is_probe:
            quota.exhausted_until = _next_probe(quota, now)
        quota.used = _used(quota, now) + 1
        quota.day = _day(quota.day_begins_at, now)
        quota.next_request_at = turn + timedelta(seconds=self._plan.seconds_between)
        quota.save(update_fields=["used", "day", "next_request_at", "exhausted_until"])
        return turn, is_probe

    @property
    def _plan(self) -> RequestPlan:
        """The key's plan; without one that of Alpha Vantage, by the settings."""
        return self.plan or RequestPlan(
            requests_per_day=settings.ALPHA_VANTAGE_REQUESTS_PER_DAY,
            seconds_between=settings.ALPHA_VANTAGE_SECONDS_BETWEEN_REQUESTS,
        )

    def _quota(self) -> ApiQuota:
        new = _unused(self.key_hash, timezone.now())
        quota, _ = ApiQuota.objects.get_or_create(
            key_hash=self.key_hash, defaults={"day": new.day, "next_request_at": new.next_request_at}
        )
        return quota


def _next_turn(quota: ApiQuota, now: datetime) -> datetime:
    """Return when the next request may be sent; a turn that no pause can explain is of a clock set back."""
    turn = quota.next_request_at
    return turn if now < turn < now + FARTHEST_TURN else now


def _unused(hashed_key: str, now: datetime) -> ApiQuota:
    return ApiQuota(key_hash=hashed_key, day=_day(None, now), next_request_at=now)


def _require_probe_is_due(quota: ApiQuota, now: datetime) -> None:
    until = quota.exhausted_until
    if until is not None and until > now:
        raise DailyQuotaReached(
            "The market data provider says that this key's requests of the day are used up. "
            f"Hindcast asks again after {_clock(until)}; what is stored stays usable.",
            until=until,
        )


def _require_left(quota: ApiQuota, now: datetime, plan: RequestPlan) -> None:
    limit = plan.requests_per_day
    if limit and _used(quota, now) >= limit:
        until = _next_day(quota, now)
        raise DailyQuotaReached(
            f"All {limit} requests a day that this key allows are used. The next day begins at "
            f"{_clock(until)}; if the key's plan allows more, raise {plan.setting}.",
            until=until,
        )


def _next_probe(quota: ApiQuota, now: datetime) -> datetime:
    """Return when to ask again after a refusal: in a while, or where the provider's day is known to begin."""
    probe = now + timedelta(minutes=settings.ALPHA_VANTAGE_PROBE_MINUTES)
    return probe if quota.day_begins_at is None else min(probe, _next_day(quota, now))


def _next_day(quota: ApiQuota, now: datetime) -> datetime:
    """Return when the next day begins, by what is known of the provider's days."""
    begins_at = quota.day_begins_at or time_of_day.min
    return datetime.combine(_day(begins_at, now) + timedelta(days=1), begins_at, tzinfo=UTC)


def _day(begins_at: time_of_day | None, now: datetime) -> date:
    """Return the day that `now` belongs to where days begin at a time (UTC); None: at midnight."""
    now = now.astimezone(UTC)
    return now.date() if now.time() >= (begins_at or time_of_day.min) else now.date() - timedelta(days=1)


def _used(quota: ApiQuota, now: datetime) -> int:
    """Return the requests counted today: a count of an earlier day is over."""
    return quota.used if quota.day == _day(quota.day_begins_at, now) else 0


def _clock(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")

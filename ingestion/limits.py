"""The provider's limits, kept in the database so that all processes together respect them."""

import hashlib
import time
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from ingestion.documents import QuotaDocument
from ingestion.errors import DailyQuotaReached, RateLimited
from ingestion.models import ApiQuota

LONGEST_WAIT = timedelta(seconds=30)
"""A request that would have to wait longer fails instead of holding its worker."""

EXHAUSTED_PAUSE = timedelta(hours=1)
"""Time between two tries after the provider said that the day is used up: when its day begins is not
documented, so asking now and then is the only way to learn it."""


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
    quota = ApiQuota.objects.filter(key_hash=key_hash(key)).first()
    if quota is None:
        return QuotaDocument(
            requests_left=limit, requests_per_day=limit, exhausted_until=None, full_history=None
        )
    until = _exhausted_until(quota, now)
    left = max(0, limit - _used(quota, now)) if limit else None
    return QuotaDocument(
        requests_left=0 if until else left,
        requests_per_day=limit,
        exhausted_until=until,
        full_history=quota.full_history,
    )


@dataclass(frozen=True)
class RequestLimiter:
    """Reserves requests for the key with this hash."""

    key_hash: str

    def wait_for_turn(self) -> None:
        """Reserve one request, counted from now on, and sleep until it may be sent.

        Raises DailyQuotaReached or RateLimited, and reserves nothing, when it may not be sent soon.
        """
        delay = (self._reserve() - timezone.now()).total_seconds()
        if delay > 0:
            time.sleep(delay)

    def require(self, requests: int) -> None:
        """Raise DailyQuotaReached unless `requests` more are left today, before the first is spent."""
        self._require_left(self._quota(), requests, timezone.now())

    def slow_down(self, pause: timedelta) -> None:
        """Send nothing for `pause`: the provider said that requests came too fast."""
        until = timezone.now() + pause
        ApiQuota.objects.filter(key_hash=self.key_hash, next_request_at__lt=until).update(
            next_request_at=until
        )

    def note_exhausted(self) -> None:
        """Remember that the provider counts the day as used up."""
        ApiQuota.objects.filter(key_hash=self.key_hash).update(
            exhausted_until=timezone.now() + EXHAUSTED_PAUSE
        )

    def full_history(self) -> bool | None:
        """Return whether the key may ask for full history; None when it was never tried."""
        return self._quota().full_history

    def note_full_history(self, *, allowed: bool) -> None:
        """Remember whether the key's plan includes full history."""
        ApiQuota.objects.filter(key_hash=self.key_hash).update(full_history=allowed)

    @transaction.atomic
    def _reserve(self) -> datetime:
        """Return when the request may be sent. Other processes wait here for each other, briefly."""
        self._quota()
        quota = ApiQuota.objects.select_for_update().get(key_hash=self.key_hash)
        now = timezone.now()
        self._require_left(quota, 1, now)
        turn = max(now, quota.next_request_at)
        if turn - now > LONGEST_WAIT:
            raise RateLimited(
                f"The market data provider's rate limit holds requests back until {_clock(turn)}. "
                "Try again then."
            )
        quota.used = _used(quota, now) + 1
        quota.day = _day(now)
        quota.next_request_at = turn + timedelta(seconds=settings.ALPHA_VANTAGE_SECONDS_BETWEEN_REQUESTS)
        quota.save(update_fields=["used", "day", "next_request_at"])
        return turn

    def _quota(self) -> ApiQuota:
        now = timezone.now()
        quota, _ = ApiQuota.objects.get_or_create(
            key_hash=self.key_hash, defaults={"day": _day(now), "next_request_at": now}
        )
        return quota

    def _require_left(self, quota: ApiQuota, requests: int, now: datetime) -> None:
        if until := _exhausted_until(quota, now):
            raise DailyQuotaReached(
                "The market data provider says that this key's requests of the day are used up. "
                f"Hindcast asks again after {_clock(until)}; what is stored stays usable."
            )
        limit: int = settings.ALPHA_VANTAGE_REQUESTS_PER_DAY
        used = _used(quota, now)
        if limit and used + requests > limit:
            raise DailyQuotaReached(
                f"{used} of the {limit} requests a day that this key allows are used, and {requests} more "
                "would be needed. Try again tomorrow (UTC), or raise ALPHA_VANTAGE_REQUESTS_PER_DAY if the "
                "key's plan allows more."
            )


def _day(now: datetime) -> date:
    return now.astimezone(UTC).date()


def _exhausted_until(quota: ApiQuota, now: datetime) -> datetime | None:
    """Return when to ask again after the provider said that the day is used up; None: no need to wait."""
    until = quota.exhausted_until
    return until if until is not None and until > now else None


def _used(quota: ApiQuota, now: datetime) -> int:
    """Return the requests counted today: a count of an earlier day is over."""
    return quota.used if quota.day == _day(now) else 0


def _clock(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%H:%M UTC")

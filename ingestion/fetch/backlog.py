"""How long the fetches that wait will take with the requests that the key has left."""

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from ingestion.models import Instrument
from ingestion.providers.quota import quota_left
from ingestion.schemas import FetchBacklog, QuotaDocument
from jobs.models import ACTIVE_STATES, Job

REQUESTS_OF_A_NEW_SYMBOL = 3
"""Bars, splits and dividends; of a symbol that is stored mostly the bars alone."""


def fetch_backlog() -> FetchBacklog | None:
    """Return what is left of the key's requests and what waits for them; None without a key."""
    quota = quota_left()
    if quota is None:
        return None
    waiting = set(
        Job.objects.filter(kind="fetch_bars", state__in=ACTIVE_STATES).values_list("subject", flat=True)
    )
    stored = Instrument.objects.filter(symbol__in=waiting, actions_fetched_at__isnull=False).count()
    needed = stored + REQUESTS_OF_A_NEW_SYMBOL * (len(waiting) - stored)
    return FetchBacklog(
        **quota.model_dump(),
        fetches_waiting=len(waiting),
        requests_needed=needed,
        done_about=_done_about(quota, needed, timezone.now()) if waiting else None,
    )


def _done_about(quota: QuotaDocument, needed: int, now: datetime) -> datetime:
    """Return when `needed` requests are sent: as fast as they may, and those beyond today's on later days."""
    begins = quota.exhausted_until or now
    left, a_day = quota.requests_left, quota.requests_per_day
    if left is None or a_day is None or quota.resets_at is None or needed <= left:
        return begins + needed * timedelta(seconds=settings.ALPHA_VANTAGE_SECONDS_BETWEEN_REQUESTS)
    later_days = -(-(needed - left) // a_day)
    return quota.resets_at + timedelta(days=later_days - 1)

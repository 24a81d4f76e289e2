"""The schedule: watched instruments are fetched after each session of their exchange.

What is due follows from the bars that are stored, so that a restart loses nothing; a symbol has one active
job, so that no refresh overlaps another.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from ingestion.fetch.schedule import next_refresh
from ingestion.fetch.service import request_fetch
from ingestion.models import Instrument
from ingestion.watchlist import all_watched
from jobs.models import Job


def refresh_watched() -> list[Job]:
    """Queue a fetch of each watched instrument that is due, and return the jobs."""
    now = timezone.now()
    tried = _tried_lately()
    return [
        request_fetch(instrument.symbol, least_priority=0)
        for instrument in all_watched()
        if instrument.symbol not in tried and _is_due(instrument, now=now)
    ]


def _is_due(instrument: Instrument, *, now: datetime) -> bool:
    due = next_refresh(instrument)
    return due is not None and due <= now


def _tried_lately() -> set[str]:
    """Return the symbols whose fetch was tried since the pause between two tries began, or waits now."""
    pause = timedelta(minutes=settings.REFRESH_MINUTES_BETWEEN_TRIES)
    jobs = Job.objects.filter(kind="fetch_bars", created_at__gt=timezone.now() - pause)
    return set(jobs.values_list("subject", flat=True))

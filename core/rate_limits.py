"""Budgets: how often something may be done, as token buckets that all processes share.

A bucket holds `burst` units and refills at `per_minute`. Doing something takes a unit; an empty bucket
refuses, and says when it will hold a unit again.
"""

import math
from dataclasses import dataclass
from datetime import timedelta

from django.db import connection
from django.utils import timezone

from core.errors import TooManyRequests
from core.models import Bucket

KEPT_FOR = timedelta(days=2)
"""Buckets that were not touched for so long are full again and need no row."""

_NOW = "clock_timestamp()"
"""Not the time at which the statement began: it may have waited for others that took from the same bucket."""

_REFILLED = f"""
    CASE WHEN bucket.filled_at > {_NOW} + interval '1 minute' THEN %(burst)s ELSE LEAST(%(burst)s,
        bucket.level + %(rate)s * GREATEST(0, EXTRACT(EPOCH FROM {_NOW} - bucket.filled_at)::float8)) END
"""
"""The level now. After a clock was set back a bucket counts as full, rather than empty until then."""

# One statement, so that processes cannot take the same unit. Losing the last takes in a crash of the
# server is harmless, so it need not wait for the disk.
_TAKE = f"""
    WITH relaxed AS (SELECT set_config('synchronous_commit', 'off', true))
    INSERT INTO jobs_bucket AS bucket (key, level, filled_at)
    SELECT %(key)s, %(burst)s - 1.0, {_NOW} FROM relaxed
    ON CONFLICT (key) DO UPDATE SET level = {_REFILLED} - 1.0, filled_at = {_NOW}
    WHERE {_REFILLED} >= 1.0
    RETURNING bucket.level
"""  # noqa: S608 - put together from our own constants

_LEVEL = f"SELECT {_REFILLED} FROM jobs_bucket AS bucket WHERE key = %(key)s"  # noqa: S608 - as above


@dataclass(frozen=True, kw_only=True)
class Budget:
    """How often something may be done.

    name: names the bucket.
    action: what is limited, as it follows "Too many", in the plural: "backtests".
    burst: how many may come at once; 0: no limit.
    per_minute: how many come back in a minute.
    """

    name: str
    action: str
    burst: int
    per_minute: float

    def consume(self, owner: str) -> None:
        """Take one unit from the bucket of `owner`; raises TooManyRequests when there is none."""
        if self.burst == 0:
            return
        values = self._values(owner)
        with connection.cursor() as cursor:
            cursor.execute(_TAKE, values)
            if cursor.fetchone() is not None:
                return
            cursor.execute(_LEVEL, values)
            level = float((cursor.fetchone() or (0.0,))[0])
        raise self._refusal(math.ceil((1.0 - level) * 60 / self.per_minute))

    def reset(self, owner: str) -> None:
        """Fill the bucket of `owner` again."""
        Bucket.objects.filter(key=self._key(owner)).delete()

    def _key(self, owner: str) -> str:
        return f"{self.name}:{owner}"

    def _values(self, owner: str) -> dict[str, str | float]:
        return {"key": self._key(owner), "burst": float(self.burst), "rate": self.per_minute / 60}

    def _refusal(self, seconds: int) -> TooManyRequests:
        seconds = max(1, seconds)
        return TooManyRequests(
            f"Too many {self.action} in a short time. Try again in {_in_words(seconds)}.", retry_after=seconds
        )


def remove_full_buckets() -> None:
    """Delete the buckets that have refilled long ago."""
    Bucket.objects.filter(filled_at__lt=timezone.now() - KEPT_FOR).delete()


def _in_words(seconds: int) -> str:
    if seconds < 90:  # noqa: PLR2004 - where minutes become the plainer unit
        return "one second" if seconds == 1 else f"{seconds} seconds"
    return f"{math.ceil(seconds / 60)} minutes"

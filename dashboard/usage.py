"""What a user has stored, and how much they may."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.cache import cache
from django.db import connection
from django.dispatch import receiver

from core.errors import NotAllowed
from core.results import result_wanted

# The sizes as stored, which PostgreSQL knows without reading the documents. The sweeps of a universe are
# among the sweeps of who asked for it.
_COUNT = """
    SELECT count(*), coalesce(sum(size), 0) FROM (
        SELECT pg_column_size(document) AS size FROM strategies_backtest WHERE owner_id = %(user)s
        UNION ALL SELECT pg_column_size(document) FROM strategies_parametersweep WHERE owner_id = %(user)s
        UNION ALL SELECT pg_column_size(document) FROM forecasting_forecast WHERE owner_id = %(user)s
    ) AS stored
"""

MEGABYTE = 2**20
NEARLY_FULL = 0.9


@dataclass(frozen=True, kw_only=True)
class Usage:
    """Runs and bytes of a user, as the database stores them, and the most of each; 0: no limit."""

    runs: int
    stored_bytes: int
    most_runs: int
    most_bytes: int

    @property
    def fraction(self) -> float:
        """How much of what is allowed is used, by whichever is nearer its limit."""
        parts = ((self.runs, self.most_runs), (self.stored_bytes, self.most_bytes))
        return max((used / most for used, most in parts if most), default=0.0)

    @property
    def is_full(self) -> bool:
        """Whether nothing more may be stored."""
        return self.fraction >= 1


def usage_of(user: AbstractBaseUser) -> Usage:
    """Return what is stored for `user` now."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, {"user": user.pk})
        runs, stored_bytes = cursor.fetchone()
    return Usage(
        runs=runs,
        stored_bytes=int(stored_bytes),
        most_runs=settings.RUNS_OF_A_USER,
        most_bytes=settings.MEGABYTES_OF_A_USER * MEGABYTE,
    )


@receiver(result_wanted)
def refuse_where_full(sender: object, *, owner: AbstractBaseUser, **_: Any) -> None:
    """Raise NotAllowed where the owner has stored as much as they may."""
    if settings.LOCAL_USER:
        return
    key = f"room-of-user:{owner.pk}"
    if cache.get(key):
        return
    usage = usage_of(owner)
    if usage.is_full:
        raise NotAllowed(
            f"You have stored {usage.runs:,d} runs of {usage.stored_bytes / MEGABYTE:,.0f} MB, which is "
            "as much as you may. Delete some on the History page."
        )
    if usage.fraction < NEARLY_FULL:
        cache.set(key, "there is room", settings.ROOM_IS_KNOWN_FOR)

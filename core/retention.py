"""What is deleted after a while: each app says what of its tables, a daily job deletes it in batches."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone

BATCH = 500
"""Rows that one statement deletes: a transaction of a second, which holds nobody up."""

DeleteBatch = Callable[[], int]


@dataclass(frozen=True, kw_only=True)
class Expiry:
    """A kind of rows that expire.

    name: what they are, in the plural, as the job and the command list them.
    delete_batch: deletes up to BATCH of them and returns how many; 0: none is left.
    """

    name: str
    delete_batch: DeleteBatch


_registered: dict[str, Expiry] = {}


def expires(name: str) -> Callable[[DeleteBatch], DeleteBatch]:
    """Register a function that deletes the next batch of what has expired."""

    def register(delete_batch: DeleteBatch) -> DeleteBatch:
        _registered[name] = Expiry(name=name, delete_batch=delete_batch)
        return delete_batch

    return register


def expiries() -> list[Expiry]:
    """Return every registered kind of rows."""
    return list(_registered.values())


def runs_expire_before() -> datetime | None:
    """Return when unsaved runs must have been used last to be kept; None: they are kept for ever."""
    return _days_ago(settings.RUNS_KEPT_DAYS)


def records_expire_before() -> datetime | None:
    """Return the same of jobs, provider responses, revisions and revoked tokens."""
    return _days_ago(settings.RECORDS_KEPT_DAYS)


def audit_expires_before() -> datetime | None:
    """Return the same of the audit trail."""
    return _days_ago(settings.AUDIT_KEPT_DAYS)


def delete_some(expired: "models.QuerySet[models.Model]") -> int:
    """Delete up to BATCH of these rows, with what belongs to them; return how many of them there were."""
    keys = list(expired.order_by().values_list("pk", flat=True)[:BATCH])
    if keys:
        expired.model._default_manager.filter(pk__in=keys).delete()  # noqa: SLF001 - Django's documented API
    return len(keys)


def _days_ago(days: int) -> datetime | None:
    return timezone.now() - timedelta(days=days) if days else None

"""The daily job that deletes what has expired, in all apps, and what expires of the queue itself."""

from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from core.models import AuditEntry
from core.retention import (
    BATCH,
    audit_expires_before,
    delete_some,
    expires,
    expiries,
    records_expire_before,
)
from jobs.models import ACTIVE_STATES, Job
from jobs.periodic import periodic
from jobs.queue import enqueue
from jobs.registry import Progress, job_kind

DELETE_EXPIRED = "delete_expired"
EVERY = timedelta(days=1)
BACKGROUND = 100
"""Less urgent than whatever somebody waits for."""


@job_kind(DELETE_EXPIRED)
def delete_expired(*, progress: Progress) -> dict[str, Any]:
    """Delete what has expired, a batch at a time; begun again it goes on where it was."""
    deleted: dict[str, int] = {}
    kinds = expiries()
    for place, expiry in enumerate(kinds):
        deleted[expiry.name] = 0
        progress(place / len(kinds), f"Deleting expired {expiry.name}")
        while number := expiry.delete_batch():
            deleted[expiry.name] += number
            progress(place / len(kinds), f"Deleted {deleted[expiry.name]:,d} expired {expiry.name}")
    return {"deleted": deleted}


@periodic("request_retention", every=timedelta(hours=1))
def request_retention() -> None:
    """Queue the job once a day."""
    recent = Job.objects.filter(kind=DELETE_EXPIRED, created_at__gt=timezone.now() - EVERY)
    if not recent.exists():
        enqueue(DELETE_EXPIRED, subject="what has expired", priority=BACKGROUND)


@expires("finished jobs")
def _delete_jobs() -> int:
    before = records_expire_before()
    if before is None:
        return 0
    return delete_some(Job.objects.filter(finished_at__lt=before).exclude(state__in=ACTIVE_STATES))


@expires("messages and results of django-q2")
def _delete_of_django_q() -> int:
    """Empty the tables that earlier versions filled; no row is read, as they hold pickles."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_q_schedule")
        cursor.execute(
            "DELETE FROM django_q_task WHERE id IN (SELECT id FROM django_q_task LIMIT %s)", [BATCH]
        )
        return int(cursor.rowcount)


@expires("audit entries")
def _delete_audit_entries() -> int:
    """Delete what the setting AUDIT_KEPT_DAYS no longer keeps; nothing else may delete from the trail."""
    before = audit_expires_before()
    if before is None:
        return 0
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL hindcast.audit_retention = 'on'")
        keys = AuditEntry.objects.filter(at__lt=before).order_by("pk").values("pk")[:BATCH]
        number, _ = AuditEntry.objects.filter(pk__in=list(keys.values_list("pk", flat=True))).delete()
        return number

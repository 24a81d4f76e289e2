"""The tables of rate limits and of the audit trail."""

from typing import Any

from django.db import models
from django.db.models.functions import Now


class Bucket(models.Model):
    """What is left of one budget of one user (or address), as a token bucket.

    `key` names budget and owner; `level` is what was left at `filled_at`, and refills from then on.
    """

    key = models.CharField(primary_key=True, max_length=100)
    level = models.FloatField()
    filled_at = models.DateTimeField()

    class Meta:
        """Found by age, since buckets that are full again are deleted."""

        db_table = "jobs_bucket"
        indexes = (models.Index(fields=("filled_at",), name="bucket_oldest_first"),)

    def __str__(self) -> str:
        """Return the key."""
        return self.key


class AuditEntry(models.Model):
    """Who did what, from where; the database refuses to change or delete an entry.

    `username` and `user_id` are copied, so that an entry outlives its user. `subject` names what it was done
    to. `request_id` ties the entry to those of the request log.
    """

    at = models.DateTimeField(db_default=Now(), db_index=True)
    action = models.CharField(max_length=30)
    user_id = models.BigIntegerField(null=True)
    username = models.CharField(max_length=150, blank=True)
    address = models.CharField(max_length=45, blank=True)
    request_id = models.CharField(max_length=16, blank=True)
    subject = models.CharField(max_length=200, blank=True)
    details: "models.JSONField[dict[str, Any]]" = models.JSONField(default=dict)

    class Meta:
        """Newest first."""

        ordering = ("-pk",)
        verbose_name_plural = "audit entries"

    def __str__(self) -> str:
        """Return user and action, as lists show it."""
        return f"{self.username} {self.action} {self.subject}".strip()

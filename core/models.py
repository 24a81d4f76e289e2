"""The table of rate limits."""

from django.db import models


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

"""In which order jobs are taken, so that no user's work keeps another's waiting for long."""

from datetime import timedelta

from django.db.models import Count, IntegerField, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from jobs.models import Job, JobQuerySet, JobState
from jobs.worker.liveness import living_workers

RECENT = timedelta(hours=1)
"""Users who asked for a job within this time share the workers."""


def in_turn(candidates: JobQuerySet) -> JobQuerySet:
    """Return the jobs that may be taken, the one whose turn it is first.

    Among equally urgent ones it is the turn of whoever has the fewest running, then of the oldest. While
    several users want work, one of them never has all the workers: whatever the others ask for begins at
    once.
    """
    running = (
        Job.objects.order_by()
        .filter(state=JobState.RUNNING, requested_by=OuterRef("requested_by"))
        .values("requested_by")
        .annotate(number=Count("pk"))
        .values("number")
    )
    counted = candidates.annotate(
        running_of_user=Coalesce(Subquery(running, output_field=IntegerField()), Value(0))
    )
    most = _most_of_one_user()
    if most is not None:
        counted = counted.filter(Q(requested_by=None) | Q(running_of_user__lt=most))
    return counted.order_by("-priority", "running_of_user", "created_at")


def _most_of_one_user() -> int | None:
    """Return how many jobs of one user may run at once; None: as many as there are workers."""
    recent = Job.objects.filter(created_at__gt=timezone.now() - RECENT).exclude(requested_by=None)
    if recent.order_by().values("requested_by").distinct()[:2].count() < 2:  # noqa: PLR2004 - more than one
        return None
    return max(1, living_workers() - 1)

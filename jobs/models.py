"""The table of background jobs."""

import uuid
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone

LEASE = timedelta(seconds=settings.JOB_LEASE_SECONDS)
"""How long a running job may be silent before it counts as abandoned by its worker."""

MAX_ATTEMPTS = 3
"""Workers that may die of one job before it is given up."""

DEFAULT_PRIORITY = 1000
"""Of work that somebody waits for. Workers take the highest first, among equals the oldest."""

BULK_PRIORITY = 500
"""Of the pieces of large work, which let whatever somebody waits for go first."""


class JobState(models.TextChoices):
    """Where a job stands."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


ACTIVE_STATES = (JobState.QUEUED, JobState.RUNNING)


class JobQuerySet(models.QuerySet["Job"]):
    """Jobs, and what a lost worker left of them."""

    def abandoned(self) -> "JobQuerySet":
        """Return the running jobs whose worker has not been heard of for longer than the lease.

        A sign of life from the future was written before a clock was set back, and counts as old.
        """
        now = timezone.now()
        return self.filter(state=JobState.RUNNING).exclude(heartbeat__range=(now - LEASE, now + LEASE))

    def due(self) -> "JobQuerySet":
        """Return the jobs that a worker may take now: waiting and not parked, or abandoned."""
        waits = models.Q(next_attempt_at=None) | models.Q(next_attempt_at__lte=timezone.now())
        return self.filter(waits, state=JobState.QUEUED) | self.abandoned()

    def fail_exhausted(self) -> int:
        """Fail the abandoned jobs that too many workers died of; return how many there were."""
        return (
            self.abandoned()
            .filter(attempts__gte=MAX_ATTEMPTS)
            .update(
                state=JobState.FAILED,
                finished_at=timezone.now(),
                error=f"The worker died {MAX_ATTEMPTS} times while doing this, so it is not tried again.",
            )
        )


class Job(models.Model):
    """One piece of background work and how far it has come.

    `subject` is what the work is about, mostly a symbol; no two active jobs share kind and subject.
    `arguments` and `result` are plain JSON: a worker gets values, never objects.
    `heartbeat` is the lease: a running job whose heartbeat is old has lost its worker.
    `requested_by` asked for it first; null: nobody by name. Users share the workers fairly.
    `next_attempt_at`: a queued job that has one is parked until then, for the reason that `step` gives.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=40)
    subject = models.CharField(max_length=80, blank=True)
    arguments: "models.JSONField[dict[str, Any]]" = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=JobState, default=JobState.QUEUED)
    progress = models.FloatField(default=0)
    step = models.CharField(max_length=200, blank=True)
    error = models.TextField(blank=True)
    result: "models.JSONField[dict[str, Any] | None]" = models.JSONField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    priority = models.SmallIntegerField(default=DEFAULT_PRIORITY)
    next_attempt_at = models.DateTimeField(null=True)
    cancel_requested = models.BooleanField(default=False)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(db_default=Now())
    started_at = models.DateTimeField(null=True)
    heartbeat = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        """Constraints: what an interrupted worker must not be able to break."""

        ordering = ("-created_at",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(progress__gte=0, progress__lte=1), name="job_progress_is_a_fraction"
            ),
            models.CheckConstraint(condition=models.Q(state__in=JobState.values), name="job_state_is_known"),
            models.UniqueConstraint(
                fields=("kind", "subject"),
                condition=models.Q(state__in=ACTIVE_STATES) & ~models.Q(subject=""),
                name="one_active_job_for_each_subject",
            ),
        )
        indexes = (
            models.Index(fields=("-created_at",), name="job_newest_first"),
            models.Index(
                fields=("requested_by",),
                condition=models.Q(state=JobState.RUNNING),
                name="job_running_of_user",
            ),
            models.Index(
                fields=("-priority", "created_at"),
                condition=models.Q(state__in=ACTIVE_STATES),
                name="job_most_urgent_first",
            ),
        )

    def __str__(self) -> str:
        """Return the kind and subject, as lists show it."""
        return f"{self.kind} {self.subject}".strip()

    @property
    def is_active(self) -> bool:
        """Whether the job still waits or runs."""
        return self.state in ACTIVE_STATES

    @property
    def is_parked(self) -> bool:
        """Whether the job waits for a time and not for a worker."""
        return self.state == JobState.QUEUED and self.next_attempt_at is not None

    @property
    def can_be_resumed(self) -> bool:
        """Return True if the job is parked, failed or cancelled and can be resumed."""
        return self.is_parked or self.state in {JobState.FAILED, JobState.CANCELLED}


class Worker(models.Model):
    """A process that does jobs, and when it was last heard of."""

    name = models.CharField(primary_key=True, max_length=100)
    seen_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        """Return the name."""
        return self.name

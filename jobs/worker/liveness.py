"""The sign of life of the task workers, which the web server reads."""

import os
import socket
from datetime import timedelta

from django.utils import timezone

from jobs.models import Worker

HEARTBEAT_INTERVAL = timedelta(seconds=10)
SILENT_AFTER = 45.0
"""Seconds without a beat from which no worker counts as alive."""

FORGOTTEN_AFTER = timedelta(hours=1)


def record_heartbeat() -> None:
    """Write that this process lives, and forget workers that are long gone."""
    now = timezone.now()
    name = f"{socket.gethostname()[:80]}:{os.getpid()}"
    Worker.objects.update_or_create(name=name, defaults={"seen_at": now})
    Worker.objects.exclude(seen_at__range=(now - FORGOTTEN_AFTER, now + FORGOTTEN_AFTER)).delete()


def seconds_since_heartbeat() -> float | None:
    """Return how long ago the last worker was heard of; None when none ever was, or only long ago."""
    now = timezone.now()
    # A beat of the future was written before a clock was set back, maybe by a worker that is gone.
    beats = Worker.objects.filter(seen_at__lte=now + HEARTBEAT_INTERVAL).order_by("-seen_at")
    last = beats.values_list("seen_at", flat=True).first()
    return None if last is None else max(0.0, (now - last).total_seconds())


def living_workers() -> int:
    """Return how many worker processes were heard of lately."""
    now = timezone.now()
    since = now - timedelta(seconds=SILENT_AFTER)
    return Worker.objects.filter(seen_at__range=(since, now + HEARTBEAT_INTERVAL)).count()

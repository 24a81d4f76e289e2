"""`manage.py qcluster`: the background worker, in place of django-q2's command of this name."""

from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand
from django_q.cluster import Cluster

from jobs.worker import allowed_functions, sentinel, shutdown


class HandingBackCluster(Cluster):  # type: ignore[misc]  # the library has no types
    """django-q2's cluster, which hands running jobs back when it is told to stop."""

    def sig_handler(self, signum: int, frame: FrameType | None) -> None:
        """Tell the jobs first, then stop as django-q2 does: when the last of them has returned."""
        shutdown.begin()
        super().sig_handler(signum, frame)


class Command(BaseCommand):
    """Runs background jobs until SIGTERM or SIGINT."""

    help = "Run background jobs until told to stop; jobs that are running then go back to the queue."

    def handle(self, *args: Any, **options: Any) -> None:
        """Start the processes; they end with this one."""
        sentinel.install()
        allowed_functions.install()
        HandingBackCluster().start()

"""The app of background work."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """Background work: one model, one way to enqueue, progress and cancelling."""

    name = "jobs"
    verbose_name = "Background work"

    def ready(self) -> None:
        """Let each worker process look after the queue."""
        from django_q.signals import post_spawn

        from jobs import retention, tasks  # noqa: F401
        from jobs.periodic import start_keeping_time

        post_spawn.connect(start_keeping_time, dispatch_uid="periodic")

"""The app of background work."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """Background work: one model, one way to enqueue, progress and cancelling."""

    name = "jobs"
    verbose_name = "Background work"

"""The app of dashboard."""

from django.apps import AppConfig


class DashboardConfig(AppConfig):
    """Dashboard."""

    name = "dashboard"
    verbose_name = "Dashboard"

    def ready(self) -> None:
        """Register background work, what expires, and what keeps the history."""
        from dashboard import confirmation, retention, tasks, usage  # noqa: F401
        from dashboard.history import changes, recorder  # noqa: F401

"""The app of dashboard."""

from django.apps import AppConfig


class DashboardConfig(AppConfig):
    """Dashboard."""

    name = "dashboard"
    verbose_name = "Dashboard"

    def ready(self) -> None:
        """Register the kinds of background work."""
        from dashboard import retention, tasks  # noqa: F401

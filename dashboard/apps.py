"""The app of dashboard."""

from django.apps import AppConfig


class DashboardConfig(AppConfig):
    """Dashboard."""

    name = "dashboard"
    verbose_name = "Dashboard"

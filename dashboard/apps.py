"""The app of dashboard."""

import os

from django.apps import AppConfig
from django.conf import settings


class DashboardConfig(AppConfig):
    """Dashboard."""

    name = "dashboard"
    verbose_name = "Dashboard"

    def ready(self) -> None:
        """Tell matplotlib where to keep its list of fonts: the user who runs the site may have no home."""
        os.environ.setdefault("MPLCONFIGDIR", str(settings.DATA_DIR / "matplotlib"))

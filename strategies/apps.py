"""The app of strategies."""

from django.apps import AppConfig


class StrategiesConfig(AppConfig):
    """Strategies."""

    name = "strategies"
    verbose_name = "Strategies"

    def ready(self) -> None:
        """Register the background work."""
        from strategies import tasks  # noqa: F401

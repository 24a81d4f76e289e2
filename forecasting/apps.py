"""The app of forecasting."""

from django.apps import AppConfig


class ForecastingConfig(AppConfig):
    """Forecasting."""

    name = "forecasting"
    verbose_name = "Forecasting"

    def ready(self) -> None:
        """Register the kinds of background work."""
        from forecasting import tasks  # noqa: F401

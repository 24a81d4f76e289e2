"""The app of market data."""

from django.apps import AppConfig


class IngestionConfig(AppConfig):
    """Daily bars: providers, limits, storage, adjustment."""

    name = "ingestion"
    verbose_name = "Market data"

    def ready(self) -> None:
        """Register the kinds of background work."""
        from ingestion import retention, tasks  # noqa: F401

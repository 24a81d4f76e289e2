"""The app of market data."""

from django.apps import AppConfig


class IngestionConfig(AppConfig):
    """Market data."""

    name = "ingestion"
    verbose_name = "Market data"

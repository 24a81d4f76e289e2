"""The app of forecasting."""

from django.apps import AppConfig


class ForecastingConfig(AppConfig):
    """Forecasting."""

    name = "forecasting"
    verbose_name = "Forecasting"

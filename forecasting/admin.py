"""Trained models and forecasts in the administration: to look at, not to edit."""

from django.contrib import admin
from django.db import models
from django.http import HttpRequest

from forecasting.models import Forecast, TrainedModel


class _ReadOnlyAdmin[Row: models.Model](admin.ModelAdmin[Row]):
    def has_add_permission(self, request: HttpRequest) -> bool:
        """Training and forecasting make the rows."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Row | None = None) -> bool:
        """A changed model is refused, and a changed forecast would be a lie."""
        return False


@admin.register(TrainedModel)
class TrainedModelAdmin(_ReadOnlyAdmin[TrainedModel]):
    """A read-only list of trained models."""

    list_display = ("version", "kind", "symbol", "trained_from", "trained_through", "trained_at")
    list_filter = ("kind",)
    search_fields = ("symbol", "version")
    exclude = ("artefact",)


@admin.register(Forecast)
class ForecastAdmin(_ReadOnlyAdmin[Forecast]):
    """A read-only list of issued forecasts."""

    list_display = ("id", "symbol", "issued_on", "last_session", "low_80", "high_80", "model", "created_at")
    search_fields = ("id", "symbol")
    list_select_related = ("model",)

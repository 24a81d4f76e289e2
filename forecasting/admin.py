"""Trained models and forecasts in the administration: to look at, not to edit."""

from django.contrib import admin, messages
from django.db import models
from django.http import HttpRequest

from core.errors import HindcastError
from forecasting.models import Forecast, TrainedModel
from forecasting.training.versions import use_version


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

    list_display = (
        "version",
        "kind",
        "symbol",
        "trained_from",
        "trained_through",
        "trained_at",
        "withdrawn_at",
    )
    list_filter = ("kind",)
    search_fields = ("symbol", "version")
    exclude = ("artefact",)
    actions = ("use_this_version",)

    def has_delete_permission(self, request: HttpRequest, obj: TrainedModel | None = None) -> bool:
        """Old versions stay, so that one can go back to them."""
        return False

    @admin.action(description="Use this version for new forecasts", permissions=["view"])
    def use_this_version(self, request: HttpRequest, chosen: models.QuerySet[TrainedModel]) -> None:
        """Withdraw newer versions than the chosen one."""
        records = list(chosen)
        if len(records) != 1:
            self.message_user(request, "Choose exactly one version.", messages.ERROR)
            return
        try:
            record = use_version(records[0].version)
        except HindcastError as error:
            self.message_user(request, error.message, messages.ERROR)
            return
        self.message_user(request, f"New forecasts are made by {record.version}.")


@admin.register(Forecast)
class ForecastAdmin(_ReadOnlyAdmin[Forecast]):
    """A read-only list of issued forecasts."""

    list_display = ("id", "symbol", "issued_on", "last_session", "low_80", "high_80", "model", "created_at")
    search_fields = ("id", "symbol")
    list_select_related = ("model",)

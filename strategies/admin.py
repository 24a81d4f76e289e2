"""Backtests and sweeps in the administration: to look at and to remove, not to edit."""

from django.contrib import admin
from django.http import HttpRequest

from strategies.models import Backtest, ParameterSweep


@admin.register(Backtest)
class BacktestAdmin(admin.ModelAdmin[Backtest]):
    """A list of stored runs; their documents are read on their own pages."""

    list_display = ("id", "symbol", "total_return", "benchmark_total_return", "engine_version", "created_at")
    list_filter = ("symbol", "engine_version")
    search_fields = ("id", "symbol")
    fields = ("id", "symbol", "summary", "parameters", "data_sha256", "engine_version", "created_at")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Runs come from `run_backtest` alone."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Backtest | None = None) -> bool:
        """A stored run is what was computed."""
        return False


@admin.register(ParameterSweep)
class ParameterSweepAdmin(admin.ModelAdmin[ParameterSweep]):
    """A list of stored sweeps; their documents are read on their own pages."""

    list_display = ("id", "symbol", "trials", "engine_version", "created_at")
    list_filter = ("symbol", "engine_version")
    search_fields = ("id", "symbol")
    fields = ("id", "symbol", "summary", "parameters", "data_sha256", "engine_version", "created_at")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Sweeps come from `run_sweep` alone."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: ParameterSweep | None = None) -> bool:
        """A stored sweep is what was computed."""
        return False

"""Market data in the administration. Workers write it; here one corrects a name or removes an instrument."""

from django import forms
from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from ingestion.exchange_calendar import known_exchanges
from ingestion.models import (
    ApiQuota,
    BarRevision,
    CorporateAction,
    Instrument,
    QuarantinedBar,
    WatchedInstrument,
)


class _NotAddedByHand[Row: Model](admin.ModelAdmin[Row]):
    def has_add_permission(self, request: HttpRequest) -> bool:
        """Rows come from a source of market data alone."""
        return False


class _ReadOnly[Row: Model](_NotAddedByHand[Row]):
    def has_change_permission(self, request: HttpRequest, obj: Row | None = None) -> bool:
        """Rows are what a source sent."""
        return False


class InstrumentForm(forms.ModelForm[Instrument]):
    """Checks what a person types."""

    def clean_exchange(self) -> str:
        """Return the code in capitals; one without a calendar would leave sessions unknown."""
        code: str = self.cleaned_data["exchange"].strip().upper()
        if code not in known_exchanges():
            raise forms.ValidationError(
                f"There is no calendar for “{code}”. Give an ISO 10383 code such as XNYS, XNAS or XLON."
            )
        return code


@admin.register(Instrument)
class InstrumentAdmin(_NotAddedByHand[Instrument]):
    """Instruments. Removing one removes its bars; they can be fetched or loaded again."""

    form = InstrumentForm
    list_display = ("symbol", "name", "exchange", "currency", "source", "fetched_at")
    list_filter = ("source", "exchange")
    search_fields = ("symbol", "name")
    readonly_fields = ("symbol", "source", "fetched_at", "actions_fetched_at", "full_history_at")


@admin.register(CorporateAction)
class CorporateActionAdmin(_ReadOnly[CorporateAction]):
    """Splits and dividends."""

    list_display = ("instrument", "date", "kind", "value")
    list_filter = ("kind",)
    list_select_related = ("instrument",)
    search_fields = ("instrument__symbol",)
    date_hierarchy = "date"


@admin.register(BarRevision)
class BarRevisionAdmin(_ReadOnly[BarRevision]):
    """Values of finished sessions that a later fetch found changed."""

    list_display = ("instrument", "date", "column", "old_value", "new_value", "recorded_at")
    list_select_related = ("instrument",)
    search_fields = ("instrument__symbol",)


@admin.register(ApiQuota)
class ApiQuotaAdmin(_NotAddedByHand[ApiQuota]):
    """Use of the provider's keys. After an upgrade of a plan, clear `full history` to have it tried again."""

    list_display = ("__str__", "day", "used", "next_request_at", "exhausted_until", "full_history")
    readonly_fields = ("key_hash", "day", "used", "next_request_at")


@admin.register(QuarantinedBar)
class QuarantinedBarAdmin(_ReadOnly[QuarantinedBar]):
    """Bars that are kept out of the prices."""

    list_display = ("instrument", "date", "reason", "row", "recorded_at")
    list_select_related = ("instrument",)
    search_fields = ("instrument__symbol",)


@admin.register(WatchedInstrument)
class WatchedInstrumentAdmin(admin.ModelAdmin[WatchedInstrument]):
    """What users watch."""

    list_display = ("user", "instrument", "added_at")
    list_select_related = ("user", "instrument")
    search_fields = ("user__username", "instrument__symbol")

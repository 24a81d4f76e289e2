"""The audit trail in the administration: to look at."""

from django.contrib import admin
from django.http import HttpRequest

from core.models import AuditEntry


@admin.register(AuditEntry)
class AuditEntryAdmin(admin.ModelAdmin[AuditEntry]):
    """A read-only list of who did what."""

    list_display = ("at", "username", "action", "subject", "address", "request_id")
    list_filter = ("action",)
    search_fields = ("username", "subject", "address")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Entries come from what people do."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: AuditEntry | None = None) -> bool:
        """Nobody changes what was done."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: AuditEntry | None = None) -> bool:
        """Nobody deletes it either."""
        return False

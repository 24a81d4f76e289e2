"""Jobs in the administration: to look at, not to edit."""

from django.contrib import admin
from django.http import HttpRequest

from jobs.models import Job


@admin.register(Job)
class JobAdmin(admin.ModelAdmin[Job]):
    """A read-only list of background work."""

    list_display = ("kind", "subject", "state", "progress", "attempts", "created_at", "finished_at")
    list_filter = ("kind", "state")
    search_fields = ("subject",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Jobs come from `enqueue` alone."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Job | None = None) -> bool:
        """A worker writes jobs; nobody else does."""
        return False

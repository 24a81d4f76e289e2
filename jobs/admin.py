"""Jobs in the administration: to look at, not to edit."""

from django.contrib import admin
from django.http import HttpRequest
from django_q import admin as of_the_library  # registers its models, which the lines below undo
from django_q.models import Failure, OrmQ, Schedule, Success

from jobs.models import Job

# Its tables hold pickles and names of functions: reading one there would run what somebody wrote into it.
for _model in (Schedule, Success, Failure, OrmQ):
    if of_the_library.admin.site.is_registered(_model):
        admin.site.unregister(_model)


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

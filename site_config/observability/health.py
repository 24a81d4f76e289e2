"""Whether the process lives, and whether it can do its work."""

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from jobs.worker.liveness import SILENT_AFTER, seconds_since_heartbeat
from site_config.observability import database_watch
from site_config.server import draining


@require_safe
@never_cache
@login_not_required
def livez(request: HttpRequest) -> JsonResponse:
    """Return 200 while the process responds at all."""
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
@login_not_required
def readyz(request: HttpRequest) -> JsonResponse:
    """Return 200 when the database responds and every migration is applied, otherwise 503.

    A server that is about to stop returns 503 as well, while it still serves.

    A worker that stopped responding is reported, but does not take the pages away, which do without it;
    `?worker=required` gets 503 for that as well.
    """
    if draining.has_begun():
        return _unready(server="stopping")
    if database_watch.watch.is_overdue:
        return _unready(database="no answer")
    try:
        executor = MigrationExecutor(connection)
        pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if pending:
            return _unready(database="ok", migrations="pending")
        silence = seconds_since_heartbeat()
    except DatabaseError:
        return _unready(database="no answer")
    worker = "ok" if silence is not None and silence <= SILENT_AFTER else "silent"
    if worker == "silent" and request.GET.get("worker") == "required":
        return _unready(database="ok", migrations="ok", worker=worker)
    return JsonResponse({"status": "ok", "database": "ok", "migrations": "ok", "worker": worker})


def _unready(**findings: str) -> JsonResponse:
    return JsonResponse({"status": "unavailable", **findings}, status=503)

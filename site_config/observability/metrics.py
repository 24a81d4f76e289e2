"""Serve Prometheus at `/metrics`, where METRICS_TOKEN is set and sent."""

import hmac
import os
import time
from collections.abc import Callable, Iterable
from functools import cache
from http import HTTPStatus
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import MiddlewareNotUsed
from django.db.models import Count, Min
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from jobs.models import Job, JobState
from jobs.worker.liveness import seconds_since_heartbeat
from site_config.errors import problem

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry, Histogram
    from prometheus_client.metrics_core import Metric

SECONDS = (0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 0.8, 1.2, 2.0, 5.0, 10.0)
"""Upper bounds of the histogram's buckets, the promised 0.3 and 0.8 among them."""


METHODS = {"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"}
"""What is measured by name: a client may write anything, and each name is kept until the server stops."""


class MeasureMiddleware:
    """Measures how long each route takes."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        if not settings.METRICS_TOKEN:
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Handle the request and count it under its route: URLs would be too many."""
        began = time.perf_counter()
        response = self.get_response(request)
        route = request.resolver_match.route if request.resolver_match else "none"
        method = request.method if request.method in METHODS else "OTHER"
        _durations().labels(method, f"/{route}", response.status_code).observe(time.perf_counter() - began)
        return response


@require_safe
@never_cache
@login_not_required
def metrics(request: HttpRequest) -> HttpResponse:
    """Return the metrics of all web processes and the state of the queue."""
    if not settings.METRICS_TOKEN:
        raise Http404
    sent = request.headers.get("Authorization", "")
    if not hmac.compare_digest(sent.encode(), f"Bearer {settings.METRICS_TOKEN}".encode()):
        refusal = problem(HTTPStatus.UNAUTHORIZED, "Send METRICS_TOKEN as “Authorization: Bearer …”.")
        refusal["WWW-Authenticate"] = "Bearer"
        return refusal
    from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

    return HttpResponse(generate_latest(_registry()), content_type=CONTENT_TYPE_LATEST)


@cache
def _durations() -> "Histogram":
    from prometheus_client import Histogram

    return Histogram(
        "hindcast_request_seconds",
        "Time from request to answer.",
        ("method", "route", "status"),
        buckets=SECONDS,
    )


def _registry() -> "CollectorRegistry":
    from prometheus_client import CollectorRegistry
    from prometheus_client.multiprocess import MultiProcessCollector

    _durations()
    registry = CollectorRegistry()
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    else:
        registry.register(_durations())
    registry.register(_Queue())
    return registry


class _Queue:
    """The queue as the database knows it, whichever process is asked."""

    def collect(self) -> Iterable["Metric"]:
        """Yield the measurements."""
        from prometheus_client.metrics_core import GaugeMetricFamily

        jobs = GaugeMetricFamily("hindcast_jobs", "Jobs by state.", labels=["state"])
        counted = dict(Job.objects.order_by().values_list("state").annotate(Count("pk")))
        for state in JobState.values:
            jobs.add_metric([state], counted.get(state, 0))
        yield jobs
        oldest = Job.objects.filter(state=JobState.QUEUED).aggregate(oldest=Min("created_at"))["oldest"]
        waiting = (timezone.now() - oldest).total_seconds() if oldest else 0
        yield GaugeMetricFamily(
            "hindcast_oldest_queued_job_seconds", "Age of the job that waits longest.", waiting
        )
        silence = seconds_since_heartbeat()
        yield GaugeMetricFamily(
            "hindcast_worker_silence_seconds",
            "Time since a task worker was last heard of; -1: never.",
            -1 if silence is None else silence,
        )

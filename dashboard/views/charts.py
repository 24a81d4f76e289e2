"""The skeletons of charts, kept by the browser for as long as they are the same."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from dashboard.charts.registry import SKELETONS


@require_safe
def chart_skeleton(request: HttpRequest, kind: str, version: str) -> HttpResponse:
    """Answer with the skeleton; its version stands in the URL, so it never goes stale."""
    if kind not in SKELETONS:
        raise Http404
    skeleton = SKELETONS[kind]()
    response = HttpResponse(skeleton.json, content_type="application/json")
    is_current = skeleton.version == version
    response["Cache-Control"] = "private, max-age=31536000, immutable" if is_current else "no-store"
    return response

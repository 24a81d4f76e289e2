"""Who may change something: only staff spend the provider's quota, train models and stop jobs."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate

from django.http import HttpResponse

from core.permissions import require_staff
from dashboard.views.htmx import HtmxRequest


def staff_required[**P](
    view: Callable[Concatenate[HtmxRequest, P], HttpResponse],
) -> Callable[Concatenate[HtmxRequest, P], HttpResponse]:
    """Make `view` raise NotAllowed for everybody but staff."""

    @wraps(view)
    def guarded(request: HtmxRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        require_staff(request)
        return view(request, *args, **kwargs)

    return guarded

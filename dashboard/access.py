"""Who may change something: only staff spend the provider's quota, train models and stop jobs."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate

from django.http import HttpResponse

from dashboard.requests import HtmxRequest
from jobs.errors import NotAllowed


def staff_required[**P](
    view: Callable[Concatenate[HtmxRequest, P], HttpResponse],
) -> Callable[Concatenate[HtmxRequest, P], HttpResponse]:
    """Make `view` raise NotAllowed for everybody but staff."""

    @wraps(view)
    def guarded(request: HtmxRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not getattr(request.user, "is_staff", False):
            raise NotAllowed("Only staff may do this. Ask an administrator of this site to do it for you.")
        return view(request, *args, **kwargs)

    return guarded

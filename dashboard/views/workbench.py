"""Show a form on the left and its result on the right, each result at a URL of its own."""

from http import HTTPStatus
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.cache import patch_vary_headers
from django_htmx.http import push_url, reswap, retarget
from pydantic import BaseModel

from dashboard.forms.base import ParametersForm
from dashboard.views.htmx import HtmxRequest, render_page, wants_partial


def nothing_stored(request: HtmxRequest) -> HttpResponse:
    """Answer while there is nothing to ask about."""
    return render_page(request, "partials/no_bars.html", {}, partial="content")


def to_own_url(request: HtmxRequest, url: str) -> HttpResponse:
    """Redirect a browser to the result's own URL."""
    response = redirect(url)
    patch_vary_headers(response, ["HX-Request"])
    return response


def result_beside_form(
    request: HtmxRequest, template: str, context: dict[str, Any], url: str
) -> HttpResponse:
    """Answer htmx with the result, whose URL becomes the page's; the form keeps what is typed.

    A form that shows errors targets the whole workbench, so that they go.
    """
    partial = "workbench" if request.htmx.target == "workbench" else "result"
    return push_url(render_page(request, template, context, partial=partial), url)


def form_with_errors[Parameters: BaseModel](
    request: HtmxRequest, template: str, form: ParametersForm[Parameters]
) -> HttpResponse:
    """Answer with the form and its messages; to htmx without the result, so that the old one stays."""
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    response = render_page(request, template, {"form": form}, partial="form", status=status)
    if not wants_partial(request):
        return response
    return reswap(retarget(response, "#question-form"), "outerHTML")

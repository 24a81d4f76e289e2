"""What a view knows of its request, and how it answers a page or a part of one."""

from typing import Any

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.html import escape
from django_htmx.middleware import HtmxDetails

from core.errors import NotAllowed


class HtmxRequest(HttpRequest):
    """A request after django-htmx's middleware."""

    htmx: HtmxDetails


def user_of(request: HttpRequest) -> User:
    """Return the logged-in user; raises NotAllowed where there is none."""
    if not isinstance(request.user, User):
        raise NotAllowed("Log in first.")
    return request.user


def wants_partial(request: HtmxRequest) -> bool:
    """Whether htmx asks for a part of the page; going back in the history asks for all of it."""
    return bool(request.htmx) and not request.htmx.history_restore_request


def render_page(
    request: HtmxRequest, template: str, context: dict[str, Any], *, partial: str, status: int = 200
) -> HttpResponse:
    """Return the page, or to htmx only its partial of that name; caches keep the two apart."""
    name = f"{template}#{partial}" if wants_partial(request) else template
    response = render(request, name, context, status=status)
    if wants_partial(request) and (title := getattr(context.get("result"), "title", "")):
        # htmx takes the first title for that of the page; drawings in the partial have titles too.
        response.content = f"<title>{escape(title)} · Hindcast</title>".encode() + response.content
    patch_vary_headers(response, ["HX-Request"])
    return response

"""Refusing what is no text before anything tries to store it: PostgreSQL keeps no NUL character."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase

from site_config.errors import error_response

NUL = "\x00"
FORMS = {"application/x-www-form-urlencoded", "multipart/form-data"}


class PlainTextMiddleware:
    """Responds with 422 to a form or URL with a NUL character, which no keyboard types."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Handle the request; its content is checked once its URL is resolved."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *view: Any) -> HttpResponseBase | None:
        """Refuse the request where a name or a value holds a NUL."""
        # The API takes files and JSON, whose bodies are not to be read before it does.
        is_form = request.content_type in FORMS and not request.path_info.startswith("/api/")
        form = request.POST if is_form else QueryDict()
        if NUL in request.path or _holds_nul(request.GET) or _holds_nul(form):
            message = "The request holds a character that is no text. Type it again."
            return error_response(request, HTTPStatus.UNPROCESSABLE_ENTITY, message)
        return None


def _holds_nul(query: QueryDict) -> bool:
    return any(NUL in name or any(NUL in value for value in values) for name, values in query.lists())

"""One line in the log for each request, and an id that ties its entries together."""

import logging
import time
import uuid
from collections.abc import Callable
from contextvars import ContextVar

from django.http import HttpRequest
from django.http.response import HttpResponseBase

logger = logging.getLogger(__name__)

_request_id: ContextVar[str] = ContextVar("request_id", default="")


def current_request_id() -> str:
    """Return the id of the request being answered; empty outside of one."""
    return _request_id.get()


class RequestLogMiddleware:
    """Gives each request an id, returns it as X-Request-ID and logs the outcome."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request under its own id. The query string is not logged."""
        token = _request_id.set(uuid.uuid4().hex[:8])
        began = time.perf_counter()
        try:
            response = self.get_response(request)
            milliseconds = (time.perf_counter() - began) * 1000
            _log(request, response.status_code, milliseconds)
            response["X-Request-ID"] = current_request_id()
            return response
        finally:
            _request_id.reset(token)


def _log(request: HttpRequest, status: int, milliseconds: float) -> None:
    facts = {"method": request.method, "path": request.path, "status": status, "milliseconds": milliseconds}
    logger.info("%s %s %d %.0f ms", *facts.values(), extra={**facts, "milliseconds": round(milliseconds)})

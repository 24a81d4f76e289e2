"""One line in the log for each request, and an id that ties its entries together."""

import logging
import time
import uuid
from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from core.context import (
    client_address_set,
    current_client_address,
    current_request_id,
    request_id_set,
    user_id_set,
)
from site_config.access.client_ip import client_address

logger = logging.getLogger(__name__)


class RequestLogMiddleware:
    """Gives each request an id, returns it as X-Request-ID and logs the outcome."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Handle the request under its own id. The query string is not logged."""
        request_id = uuid.uuid4().hex[:8]
        with request_id_set(request_id), client_address_set(client_address(request)), user_id_set(None):
            began = time.perf_counter()
            response = self.get_response(request)
            milliseconds = (time.perf_counter() - began) * 1000
            _log(request, response.status_code, milliseconds)
            response["X-Request-ID"] = current_request_id()
            return response


def _log(request: HttpRequest, status: int, milliseconds: float) -> None:
    facts = {
        "method": request.method,
        "path": request.path,
        "status": status,
        "milliseconds": round(milliseconds),
        "user": getattr(request, "known_username", "-"),
        "address": current_client_address(),
    }
    logger.info("%s %s %d %d ms by %s from %s", *facts.values(), extra=facts)

"""Limit the requests of a process: a few wait, the rest are told to retry.

Every request that waits holds a thread and its visitor's patience. Beyond a bound it is kinder to say so at
once: the process stays quick for those it takes on, and is itself again as soon as the crowd is gone.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from threading import BoundedSemaphore

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from site_config.errors import unavailable_answer

ALWAYS_ANSWERED = ("/livez", "/readyz", "/metrics", "/static/")
PATIENCE = 10.0
"""Seconds that a request waits for its turn at most."""


class Overloaded(Exception):
    """There is no room for one more request."""


class Gate:
    """Lets `places` through at once and lets `queue` more wait."""

    def __init__(self, *, places: int, queue: int, patience: float = PATIENCE) -> None:
        self._free = BoundedSemaphore(places)
        self._room = BoundedSemaphore(places + queue)
        self._patience = patience

    @contextmanager
    def passed(self) -> Iterator[None]:
        """Hold a place within the block; raises Overloaded when there is none and no room to wait."""
        if not self._room.acquire(blocking=False):
            raise Overloaded
        try:
            if not self._free.acquire(timeout=self._patience):
                raise Overloaded
            try:
                yield
            finally:
                self._free.release()
        finally:
            self._room.release()


@cache
def _gate(places: int, queue: int) -> Gate:
    """Return the one gate of this process, however many handlers are built in it."""
    return Gate(places=places, queue=queue)


class SheddingMiddleware:
    """Responds with 503 and Retry-After to excess requests. Health checks always do."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        if not settings.REQUESTS_AT_ONCE:
            raise MiddlewareNotUsed
        self.get_response = get_response
        self.gate = _gate(settings.REQUESTS_AT_ONCE, settings.REQUESTS_WAITING)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Handle the request when its turn comes."""
        if request.path_info.startswith(ALWAYS_ANSWERED):
            return self.get_response(request)
        try:
            with self.gate.passed():
                return self.get_response(request)
        except Overloaded:
            return unavailable_answer(request, "The site is overloaded. Try again in a few seconds.")

"""Receive the body of a request before the request takes one of the site's places.

A place is held while a request is worked on. A body that drips in would hold one for as long as its sender
likes, so bodies are received here, bounded in size, time and number: small ones into memory, files that staff
import into a temporary file.
"""

import socket
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from tempfile import TemporaryFile
from threading import Lock
from typing import IO

from django.conf import settings
from django.http import HttpRequest
from django.http.request import UnreadablePostError
from django.http.response import HttpResponseBase
from django.urls import Resolver404, resolve

from site_config.access.client_ip import client_address
from site_config.access.identity import may_send_files
from site_config.access.policies import policy_for
from site_config.errors import error_response, unavailable_answer
from site_config.server import slow_clients

MOST_BYTES = 64 * 1024
"""Of any body but a file that is imported."""

WITHIN = 10.0
"""Seconds in which such a body, or the next piece of a file, must be here."""

PIECE = 256 * 1024
LEAST_RATE = 25_000
"""Bytes a second at which a file must come."""

FORM_AROUND_A_FILE = 64 * 1024

RECEIVED_AT_ONCE = 16
FROM_ONE_ADDRESS = 4
FILES_AT_ONCE = 2
"""Bodies that a process receives at the same time; deploy/gunicorn.conf.py has a thread for each."""


class BodyRefused(Exception):
    """A body that is not received: the status and the sentence for its sender."""

    def __init__(self, status: HTTPStatus, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence


class Reception:
    """Counts the bodies that are being received, of all clients and of each address."""

    def __init__(self, *, most: int, of_one: int) -> None:
        self._most = most
        self._of_one = of_one
        self._lock = Lock()
        self._under_way: Counter[str] = Counter()

    @contextmanager
    def admitted(self, address: str) -> Iterator[None]:
        """Count a body within the block; raises BodyRefused when there are too many."""
        with self._lock:
            if self._under_way.total() >= self._most or self._under_way[address] >= self._of_one:
                raise BodyRefused(
                    HTTPStatus.SERVICE_UNAVAILABLE,
                    "Too many requests are coming in. Try again in a moment.",
                )
            self._under_way[address] += 1
        try:
            yield
        finally:
            with self._lock:
                self._under_way[address] -= 1
                self._under_way += Counter()  # drops what is zero


_bodies = Reception(most=RECEIVED_AT_ONCE, of_one=FROM_ONE_ADDRESS)
_files = Reception(most=FILES_AT_ONCE, of_one=FILES_AT_ONCE)


class RequestBodyMiddleware:
    """Hands on requests whose bodies are here, and refuses the others."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Handle the request once its body is received."""
        try:
            length = _announced_length(request)
            if length > MOST_BYTES:
                return self._with_file(request, length)
            if length:
                _receive(request, length)
        except BodyRefused as refusal:
            return _refused(request, refusal)
        return self.get_response(request)

    def _with_file(self, request: HttpRequest, length: int) -> HttpResponseBase:
        _require_room_and_right(request, length)
        with TemporaryFile() as file:
            with _files.admitted(client_address(request)):
                _receive_file(request, length, file)
            request._stream = file  # noqa: SLF001 - what Django reads the body from
            # Else Django takes a form's fields for lost.
            request._read_started = False  # type: ignore[attr-defined]  # noqa: SLF001
            return self.get_response(request)


def _announced_length(request: HttpRequest) -> int:
    if "chunked" in request.headers.get("Transfer-Encoding", "").lower():
        raise BodyRefused(HTTPStatus.LENGTH_REQUIRED, "Announce the length of the body (Content-Length).")
    length = request.headers.get("Content-Length") or "0"
    return int(length) if length.isascii() and length.isdigit() else 0


def _require_room_and_right(request: HttpRequest, length: int) -> None:
    """Raise BodyRefused unless this is a file that its sender may import, and not too large."""
    try:
        policy = policy_for(request.method, resolve(request.path_info))
    except Resolver404:
        policy = None
    if policy is None or not policy.file:
        raise BodyRefused(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            f"The body is larger than any request needs: {MOST_BYTES // 1024} KB.",
        )
    if length > settings.IMPORT_MEGABYTES * 2**20 + FORM_AROUND_A_FILE:
        raise BodyRefused(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            f"The file is larger than {settings.IMPORT_MEGABYTES} MB. Import it in parts.",
        )
    if not may_send_files(request):
        raise BodyRefused(
            HTTPStatus.UNAUTHORIZED, "Log in as staff, or send a token with the scope “manage”."
        )


def _receive(request: HttpRequest, length: int) -> None:
    """Read a body into memory, where Django takes it from."""
    with _bodies.admitted(client_address(request)):
        slow_clients.expect(_socket(request), within=WITHIN)
        try:
            received = len(request.body)
        except UnreadablePostError:
            received = 0
    _require_all(received, length)


def _receive_file(request: HttpRequest, length: int, file: IO[bytes]) -> None:
    """Write a body into `file`; raises BodyRefused where it stops or comes too slowly."""
    client = _socket(request)
    began = time.monotonic()
    received = 0
    while received < length:
        slow_clients.expect(client, within=WITHIN + PIECE / LEAST_RATE)
        try:
            piece = request.read(min(PIECE, length - received))
        except (UnreadablePostError, OSError):
            piece = b""
        received += len(piece)
        too_slow = received < LEAST_RATE * (time.monotonic() - began - WITHIN)
        if not piece or too_slow:
            break
        file.write(piece)
    _require_all(received, length)
    file.seek(0)


def _require_all(received: int, length: int) -> None:
    if received < length:
        raise BodyRefused(HTTPStatus.REQUEST_TIMEOUT, "The body did not arrive in time. Send it again.")


def _refused(request: HttpRequest, refusal: BodyRefused) -> HttpResponseBase:
    slow_clients.stop_reading(_socket(request))
    if refusal.status == HTTPStatus.SERVICE_UNAVAILABLE:
        return unavailable_answer(request, refusal.sentence)
    return error_response(request, refusal.status, refusal.sentence)


def _socket(request: HttpRequest) -> socket.socket | None:
    """Return the client's connection; None under another server."""
    return request.META.get("gunicorn.socket")

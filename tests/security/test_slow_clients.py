"""Clients that send or read a byte at a time, as many as would hold every thread of the site."""

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from urllib.parse import urlsplit

import pytest
import requests

from site_config.middleware.request_bodies import MOST_BYTES
from site_config.server.gunicorn_worker import HEAD_WITHIN
from tests.site import RunningSite

MORE_THAN_THREADS = 40
HEAD = b"POST /login/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
UPLOAD = HEAD.replace(b"application/x-www-form-urlencoded", b"multipart/form-data; boundary=b")


def _connect(site: RunningSite) -> socket.socket:
    address = urlsplit(site.address)
    return socket.create_connection((str(address.hostname), int(address.port or 0)), timeout=3 * HEAD_WITHIN)


@contextmanager
def _clients(
    site: RunningSite, sent: bytes, number: int = MORE_THAN_THREADS
) -> Iterator[list[socket.socket]]:
    """Connect, send the beginning of a request, and no more."""
    with ExitStack() as stack:
        clients = [stack.enter_context(_connect(site)) for _ in range(number)]
        for client in clients:
            client.sendall(sent)
        yield clients


def _announcing(length: int, head: bytes = HEAD) -> bytes:
    return head + f"Content-Length: {length}\r\n\r\n".encode() + b"a=b"


def test_clients_that_never_finish_their_headers_do_not_hold_the_site(site: RunningSite) -> None:
    with _clients(site, HEAD + b"X-Endless: ") as clients:
        began = time.monotonic()
        answer = requests.get(f"{site.address}/jobs/", timeout=3 * HEAD_WITHIN)
        while answer.status_code == 503:  # as long as they hold its places, the site says to come again
            assert time.monotonic() - began < 3 * HEAD_WITHIN
            time.sleep(0.5)
            answer = requests.get(f"{site.address}/jobs/", timeout=3 * HEAD_WITHIN)
        assert answer.status_code == 200
        clients[0].recv(1)  # an answer or the end; without either this raises TimeoutError


@pytest.mark.parametrize("length", [1000, MOST_BYTES], ids=["short", "as long as may be"])
def test_clients_that_never_finish_a_body_take_no_place(site: RunningSite, length: int) -> None:
    with _clients(site, _announcing(length, UPLOAD)) as clients:
        statuses = [requests.get(f"{site.address}/jobs/", timeout=HEAD_WITHIN).status_code for _ in range(10)]
        assert statuses == [200] * 10
        # A few are waited for until their time is up; the rest are told at once that there are too many.
        assert {_status(client) for client in clients} == {408, 503}


def test_a_body_too_large_for_a_form_is_refused_before_it_comes(site: RunningSite) -> None:
    with _clients(site, _announcing(30_000_000, UPLOAD)) as clients:
        assert {_status(client) for client in clients} == {413}


def test_a_body_that_announces_no_length_is_refused(site: RunningSite) -> None:
    with _clients(site, HEAD + b"Transfer-Encoding: chunked\r\n\r\n", number=1) as (client,):
        assert _status(client) == 411


def _status(client: socket.socket) -> int:
    return int(client.recv(4096).split(b" ", 2)[1])

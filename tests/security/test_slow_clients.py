"""Clients that send their request a byte at a time, as many as hold every thread of the site."""

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from urllib.parse import urlsplit

import pytest
import requests

from site_config.server.gunicorn_worker import HEAD_WITHIN
from tests.site import RunningSite

MORE_THAN_THREADS = 40
HEAD = b"POST /login/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"


@contextmanager
def _clients(site: RunningSite, sent: bytes) -> Iterator[list[socket.socket]]:
    """Connect, send the beginning of a request, and no more."""
    address = urlsplit(site.address)
    with ExitStack() as stack:
        clients = [
            stack.enter_context(socket.create_connection((str(address.hostname), int(address.port or 0))))
            for _ in range(MORE_THAN_THREADS)
        ]
        for client in clients:
            client.sendall(sent)
        yield clients


@pytest.mark.parametrize(
    "sent", [HEAD + b"X-Endless: ", HEAD + b"Content-Length: 1000\r\n\r\na=b"], ids=["headers", "body"]
)
def test_clients_that_never_finish_their_request_do_not_hold_the_site(site: RunningSite, sent: bytes) -> None:
    with _clients(site, sent) as clients:
        began = time.monotonic()
        answer = requests.get(f"{site.address}/jobs/", timeout=3 * HEAD_WITHIN)
        while answer.status_code == 503:  # as long as they hold its places, the site says to come again
            assert time.monotonic() - began < 3 * HEAD_WITHIN
            time.sleep(0.5)
            answer = requests.get(f"{site.address}/jobs/", timeout=3 * HEAD_WITHIN)
        assert answer.status_code == 200
        clients[0].settimeout(3 * HEAD_WITHIN)
        clients[0].recv(1)  # an answer or the end; without either this raises TimeoutError

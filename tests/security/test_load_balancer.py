"""Slow and large requests from one client, through the load balancer as it is shipped."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit

import pytest
import requests

from tests import haproxy
from tests.haproxy import load_balancer
from tests.site import RunningSite

pytestmark = pytest.mark.skipif(haproxy.PROGRAM is None, reason="Install haproxy (apt-get install haproxy).")

MORE_THAN_THREADS = 40
HEAD = "POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=b\r\n"
LARGE = 30_000_000
SMALL = 60_000


@pytest.fixture(scope="module")
def url(site: RunningSite, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The load balancer in front of the site."""
    with load_balancer(site.address, tmp_path_factory.mktemp("haproxy")) as url:
        yield url


def _connect(url: str) -> socket.socket:
    parts = urlsplit(url)
    return socket.create_connection((str(parts.hostname), int(parts.port or 0)), timeout=30)


@contextmanager
def slow_uploads(url: str, length: int) -> Iterator[list[socket.socket]]:
    """Announce bodies of so many bytes to the login page, over many connections, and send a few of them."""
    sent = (
        f"{HEAD.format(path='/login/')}Content-Length: {length}\r\n\r\n--b\r\nContent-Disposition: form-data;"
    )
    with ExitStack() as stack:
        clients = [stack.enter_context(_connect(url)) for _ in range(MORE_THAN_THREADS)]
        for client in clients:
            client.sendall(sent.encode())
        yield clients


def status_of(client: socket.socket) -> int:
    return int(client.recv(4096).split(b" ", 2)[1])


def test_a_large_body_for_the_login_is_refused_before_it_comes(url: str) -> None:
    with slow_uploads(url, LARGE) as clients:
        assert {status_of(client) for client in clients} <= {413, 429}
        assert requests.get(f"{url}/jobs/", timeout=30).status_code == 200


def test_slow_uploads_reach_no_server_and_pages_answer_meanwhile(url: str) -> None:
    with slow_uploads(url, SMALL) as clients:
        statuses = [requests.get(f"{url}/jobs/", timeout=30).status_code for _ in range(10)]
        assert statuses == [200] * 10
        # Whoever sends too many at once is told so; the others end when their time is up.
        assert {status_of(client) for client in clients} == {408, 429}


def test_a_body_without_a_length_is_refused(url: str) -> None:
    with _connect(url) as client:
        client.sendall(f"{HEAD.format(path='/login/')}Transfer-Encoding: chunked\r\n\r\n".encode())
        assert status_of(client) == 411


def test_a_file_of_prices_may_be_larger_than_a_form(url: str) -> None:
    body = requests.get(f"{url}/api/v1/instruments/AAPL/bars.csv", timeout=60).content
    assert len(body) > SMALL
    answer = requests.post(
        f"{url}/api/v1/instruments/LARGER/import",
        data=body,
        headers={"Content-Type": "text/csv"},
        timeout=60,
    )
    assert answer.status_code == 201, answer.text


class _Static(BaseHTTPRequestHandler):
    """Answers like WhiteNoise, and counts how often it is asked for a file."""

    asked = 0

    def do_GET(self) -> None:
        body = b"ok" * 500_000
        type(self).asked += self.path.startswith("/static/")
        self.send_response(200)
        self.send_header("Cache-Control", "max-age=315360000, public, immutable")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        with suppress(ConnectionError):
            self.wfile.write(body)

    def log_message(self, *what: object) -> None:
        """Write nothing."""


def test_slow_readers_of_a_static_file_occupy_no_server(tmp_path: Path) -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Static)
    Thread(target=server.serve_forever, daemon=True).start()
    with load_balancer(f"http://127.0.0.1:{server.server_port}", tmp_path) as url, ExitStack() as stack:
        assert requests.get(f"{url}/static/bokeh.js", headers={"Host": "localhost"}, timeout=30).ok
        for _ in range(MORE_THAN_THREADS):
            client = stack.enter_context(_connect(url))
            client.sendall(b"GET /static/bokeh.js HTTP/1.1\r\nHost: localhost\r\n\r\n")
            client.recv(100)
    server.shutdown()
    server.server_close()
    assert _Static.asked == 1

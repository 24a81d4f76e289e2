"""How long the API takes: a new backtest, a stored one, an unchanged one, beside a bare Django JSON view.

    python benchmarks/api_speed.py

Starts gunicorn with two workers on a database of its own and measures over loopback. Server time is that of
one request at a time; requests a second are those of eight clients at once for a few seconds.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PORT = int(os.environ.get("PORT", "8197"))
REPEATS, CLIENTS, SECONDS = 60, 8, 5.0

BARE = """
import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import JsonResponse
from django.urls import path
settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"], SECRET_KEY="bench")
django.setup()
urlpatterns = [path("", lambda request: JsonResponse({"ok": True}))]
application = get_wsgi_application()
"""


def main() -> None:
    """Print a line for each kind of request."""
    with tempfile.TemporaryDirectory() as folder:
        print(f"{'request':<34}{'p50 ms':>8}{'p95 ms':>8}{'req/s':>8}")
        with _bare_site(Path(folder)):
            _measure("bare Django JSON view", lambda _: ("GET", "/", None, {}))
        with _hindcast(Path(folder)):
            _measure_hindcast()


def _measure_hindcast() -> None:
    counter = iter(range(10**9))

    def new(_: int) -> tuple[str, str, str | None, dict[str, str]]:
        number = next(counter)
        question = {
            "symbol": "AAPL",
            "start": "2003-03-01",
            "fast": 5 + number % 150,
            "slow": 160 + number // 150,
        }
        return "POST", "/api/v1/backtests", json.dumps(question), {"Content-Type": "application/json"}

    connection = HTTPConnection("127.0.0.1", PORT, timeout=60)
    stored, headers = _ask(connection, *new(0))
    address = headers["Location"]
    etag = _ask(connection, "GET", address, None, {})[1]["ETag"]
    question = json.dumps(json.loads(stored)["parameters"])
    _measure("POST a new backtest, ten years", new)
    _measure(
        "POST one that is stored",
        lambda _: ("POST", "/api/v1/backtests", question, {"Content-Type": "application/json"}),
    )
    _measure("GET a stored backtest", lambda _: ("GET", address, None, {}))
    _measure("GET a stored backtest, gzip", lambda _: ("GET", address, None, {"Accept-Encoding": "gzip"}))
    _measure("GET an unchanged one (304)", lambda _: ("GET", address, None, {"If-None-Match": etag}))


def _measure(name: str, request: Callable[[int], tuple[str, str, str | None, dict[str, str]]]) -> None:
    connection = HTTPConnection("127.0.0.1", PORT, timeout=60)
    for number in range(10):
        _ask(connection, *request(number))
    times = []
    for number in range(REPEATS):
        began = time.perf_counter()
        _ask(connection, *request(number))
        times.append(1000 * (time.perf_counter() - began))
    each = statistics.quantiles(times, n=20)
    print(
        f"{name:<34}{statistics.median(times):>8.1f}{each[-1]:>8.1f}{_sustained(request):>8.0f}", flush=True
    )


def _sustained(request: Callable[[int], tuple[str, str, str | None, dict[str, str]]]) -> float:
    answered, deadline = [0] * CLIENTS, time.perf_counter() + SECONDS

    def ask_on(client: int) -> None:
        connection = HTTPConnection("127.0.0.1", PORT, timeout=60)
        while time.perf_counter() < deadline:
            _ask(connection, *request(client))
            answered[client] += 1

    threads = [threading.Thread(target=ask_on, args=(client,)) for client in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(answered) / SECONDS


def _ask(
    connection: HTTPConnection, method: str, path: str, body: str | None, headers: dict[str, str]
) -> tuple[bytes, dict[str, str]]:
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    content = answer.read()
    if answer.status >= HTTPStatus.BAD_REQUEST:
        raise SystemExit(f"{method} {path}: {answer.status} {content[:300]!r}")
    return content, dict(answer.getheaders())


@contextmanager
def _bare_site(folder: Path) -> Iterator[None]:
    (folder / "bare.py").write_text(BARE)
    with _gunicorn("bare:application", cwd=folder, env=dict(os.environ)):
        yield


@contextmanager
def _hindcast(folder: Path) -> Iterator[None]:
    unlimited = {f"{name}_PER_MINUTE": "0" for name in ("RUNS", "REPORTS", "API_REQUESTS")}
    env = {
        **os.environ,
        **unlimited,
        "DATA_DIR": str(folder / "var"),
        "LOCAL_USER": "True",
        "LOG_LEVEL": "WARNING",
    }
    subprocess.run(
        [sys.executable, "manage.py", "prepare"], cwd=ROOT, env=env, check=True, capture_output=True
    )
    with _gunicorn("site_config.wsgi", cwd=ROOT, env=env):
        yield


@contextmanager
def _gunicorn(application: str, *, cwd: Path, env: dict[str, str]) -> Iterator[None]:
    command = [
        sys.executable, "-m", "gunicorn", application, "--workers", "2", "--threads", "4",
        "--bind", f"127.0.0.1:{PORT}", "--log-level", "error", "--keep-alive", "60",
    ]  # fmt: skip
    process = subprocess.Popen(command, cwd=cwd, env=env)  # noqa: S603 - our own
    try:
        _wait()
        yield
    finally:
        process.terminate()
        process.wait(30)


def _wait() -> None:
    for _ in range(300):
        try:
            connection = HTTPConnection("127.0.0.1", PORT, timeout=60)
            connection.request("GET", "/")
            connection.getresponse().read()
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise SystemExit("gunicorn did not start")


if __name__ == "__main__":
    main()

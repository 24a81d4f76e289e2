"""Measure the backtest page: server, browser, and what its first load transfers.

    python benchmarks/page_speed.py

Starts a site of its own with two gunicorn workers. A tuned result is what htmx asks for after a change
of a field, on the last 2,518 bars of AAPL in the sample: never computed before, then again from the
stored document. Times are of whole requests over loopback, one after the other, compressed. The browser
is a headless Chromium; its time runs from the request, after the debounce, to the frame after the
redrawn chart. The rebuilt figure is what a page costs that makes its chart anew for each request.
"""

import gzip
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import requests

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
from playwright.sync_api import Page, sync_playwright  # noqa: E402 - the path must come first

from tests.browser import installed_browser  # noqa: E402 - the path must come first
from tests.site import RunningSite, running_site  # noqa: E402 - the path must come first

QUESTION = {"symbol": "AAPL", "start": "2003-03-03"}
BARS = 2_518
HTMX = {"HX-Request": "true", "HX-Target": "result", "Accept-Encoding": "gzip"}
REQUESTS = 120
WARM_UP = 20
CHANGES = 60
REBUILDS = 15

REDRAWN = """() => new Promise((resolve) => {
    let asked = null;
    document.addEventListener("htmx:beforeRequest", () => { asked = performance.now(); }, { once: true });
    document.addEventListener("hindcast:shown", () => requestAnimationFrame(() => requestAnimationFrame(
        () => resolve(performance.now() - asked))), { once: true });
    const field = document.getElementById("id_fast");
    field.value = String(5 + Math.floor(Math.random() * 40));
    field.dispatchEvent(new Event("change", { bubbles: true }));
})"""


def say(label: str, seconds: list[float], limit: str) -> None:
    """Print median and 95 % quantile in milliseconds beside the limit."""
    p50, p95 = statistics.median(seconds), statistics.quantiles(seconds, n=20)[-1]
    sys.stdout.write(f"{label:46} p50 {1000 * p50:7.1f} ms   p95 {1000 * p95:7.1f} ms   {limit}\n")


def timed(work: Callable[[], object]) -> float:
    """Return how long `work` takes, in seconds."""
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def connected_to(address: str) -> HTTPConnection:
    """Return a connection to a site; Python's plain client adds least to what it measures."""
    return HTTPConnection(urlsplit(address).netloc, timeout=60)


def ask(connection: HTTPConnection, number: int) -> float:
    """Ask for the tuned result of that number; return the seconds until its last byte was there."""
    fast = 5 + number % 45
    rule_parameters = {
        "fast": str(fast),
        "slow": str(60 + number),
        "initial_investment": str(10_000 + number),
    }
    begin = time.perf_counter()
    connection.request("GET", f"/backtests/?{urlencode(QUESTION | rule_parameters)}", headers=HTMX)
    response = connection.getresponse()
    packed = response.read()
    taken = time.perf_counter() - begin
    if response.status != HTTPStatus.OK:
        raise SystemExit(f"The site answers {response.status}.")
    if f"{BARS:,} bars".encode() not in gzip.decompress(packed):
        raise SystemExit(f"The answer is not about {BARS:,} bars.")
    return taken


def measure_server(address: str) -> None:
    """Print the time of tuned results, computed and stored."""
    connection = connected_to(address)
    for number in range(-WARM_UP, 0):
        ask(connection, number)
    computed = [ask(connection, number) for number in range(REQUESTS)]
    stored = [ask(connection, number) for number in range(REQUESTS)]
    say("tuned result, computed", computed, "at most 30 / 60 ms")
    say("the same from the stored document", stored, "at most 12 ms p50")


def measure_after_a_restart(address: str) -> None:
    """Print the time of stored results that no process has in memory as HTML."""
    connection = connected_to(address)
    for number in range(-WARM_UP, 0):
        ask(connection, number)
    say("  rendered anew, after a restart", [ask(connection, number) for number in range(50)], "")


def measure_rebuilt_figure() -> None:
    """Print what building the figure and its JSON for each request would cost."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "site_config.settings")
    django.setup()
    from dashboard.charts.backtest import skeleton

    build = skeleton.__wrapped__  # type: ignore[attr-defined]
    build()
    say(
        "figure and JSON rebuilt, without any data", [timed(build) for _ in range(REBUILDS)], "for comparison"
    )


def measure_browser(address: str) -> None:
    """Print the time to a redrawn chart, and what the first load transfers."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=installed_browser(), args=["--no-sandbox"])
        page = browser.new_page(base_url=address, viewport={"width": 1280, "height": 1000})
        page.goto("/backtests/?symbol=AAPL&start=2003-03-03")
        page.locator("#backtest-chart:not([aria-busy]) canvas").first.wait_for()
        measure_transfer(page)
        changes = [page.evaluate(REDRAWN) / 1000 for _ in range(CHANGES)]
        say("browser: field changed to chart redrawn", changes[5:], "at most 200 ms p50")
        browser.close()


def measure_transfer(page: Page) -> None:
    """Print the size of the page, its columns and files, compressed as production serves them."""
    from whitenoise.compress import Compressor

    compressor = Compressor(quiet=True)
    documents = [len(gzip_1(page.content().encode()))]
    addresses = page.evaluate("performance.getEntriesByType('resource').map((entry) => entry.name)")
    for address in addresses:
        body = requests.get(address, timeout=60).content
        packed = min(len(compressor.compress_gzip(body)), len(best(compressor, body)), len(body))
        documents.append(packed)
    label = f"first load: {len(documents)} files"
    sys.stdout.write(f"{label:46} {sum(documents) / 1000:7.0f} KB   at most 500 KB\n")


def gzip_1(body: bytes) -> bytes:
    """Return the body as the site's middleware compresses it."""
    from site_config.middleware.fast_gzip import compressed_quickly

    return compressed_quickly(body)


def best(compressor: object, body: bytes) -> bytes:
    """Return the body as brotli where that is installed."""
    import brotli

    packed: bytes = brotli.compress(body)
    return packed


def main() -> None:
    """Start the site, twice, and print every figure."""
    with tempfile.TemporaryDirectory() as folder:
        with started(folder) as site:
            measure_server(site.address)
            measure_rebuilt_figure()
            measure_browser(site.address)
        with started(folder) as site:
            measure_after_a_restart(site.address)


def started(folder: str) -> AbstractContextManager[RunningSite]:
    """Run a site on the folder, with two processes and no budget of runs."""
    return running_site(Path(folder) / "var", WEB_CONCURRENCY="2", LOG_LEVEL="ERROR", RUNS_PER_MINUTE="0")


if __name__ == "__main__":
    main()

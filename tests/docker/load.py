"""Visitors who read and compute without a pause while something happens to the site."""

import itertools
import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

import requests

from tests.docker.deployment import Deployment

VISITORS = 4
PAUSE = 0.05
"""Seconds between two requests of a visitor: the load is bounded, and is no test of speed."""
_windows = itertools.count(5)


@dataclass
class Load:
    """What the visitors met: seconds for each answer, and everything that was not a proper answer."""

    seconds: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        """Return the figures in one line."""
        ordered = sorted(self.seconds)
        median, late, longest = (
            1000 * value
            for value in (statistics.median(ordered), ordered[int(0.99 * len(ordered))], ordered[-1])
        )
        return (
            f"{len(ordered)} requests, {len(self.failures)} lost, "
            f"median {median:.0f} ms, p99 {late:.0f} ms, longest {longest:.0f} ms"
        )


@contextmanager
def load_on(deployment: Deployment) -> Iterator[Load]:
    """Let visitors come until the block ends: half keep their connection, half make one for each request."""
    load, stop = Load(), threading.Event()
    visitors = [
        threading.Thread(target=_visit, args=(deployment, load, stop), kwargs={"keep": bool(number % 2)})
        for number in range(VISITORS)
    ]
    for visitor in visitors:
        visitor.start()
    try:
        yield load
    finally:
        stop.set()
        for visitor in visitors:
            visitor.join()


def _visit(deployment: Deployment, load: Load, stop: threading.Event, *, keep: bool) -> None:
    session = requests.Session()
    if not keep:
        session.headers["Connection"] = "close"
    while not stop.wait(PAUSE):
        for path, question in (
            ("/api/v1/instruments", None),
            ("/backtests/", None),
            ("/api/v1/backtests", _a_new_backtest()),
        ):
            _ask(session, f"{deployment.address}{path}", question, load)


def _ask(session: requests.Session, address: str, question: dict[str, object] | None, load: Load) -> None:
    began = time.monotonic()
    try:
        answer = (
            session.post(address, json=question, timeout=60) if question else session.get(address, timeout=60)
        )
    except requests.RequestException as error:
        load.failures.append(f"{_now()} {address}: {error!r}")
        return
    load.seconds.append(time.monotonic() - began)
    if not answer.ok:
        load.failures.append(f"{_now()} {address}: {answer.status_code} {answer.text[:200]}")


def _now() -> str:
    """When it was, for comparison with the containers' logs."""
    return f"{datetime.now(UTC):%T}"


def _a_new_backtest() -> dict[str, object]:
    number = next(_windows)
    return {"symbol": "AAPL", "fast": 2 + number % 50, "slow": 60 + number // 50 % 200}

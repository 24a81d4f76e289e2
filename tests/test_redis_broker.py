"""Background work with Redis as its broker: real workers, a real Redis, and Redis killed in the middle."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from ingestion.tests.factories import sessions
from ingestion.tests.fake_provider import EverySymbol
from tests.faults.workers import Workers
from tests.redis import PROGRAM, RedisServer
from tests.site import free_port
from tests.wait import wait_until

pytestmark = pytest.mark.skipif(
    PROGRAM is None, reason="There is no redis-server. `apt-get install redis-server` brings one."
)

DAYS = sessions(date(2024, 1, 2), date(2024, 2, 29))


@pytest.fixture
def server() -> Iterator[RedisServer]:
    server = RedisServer(free_port())
    server.start()
    yield server
    server.kill()


@pytest.fixture
def workers(server: RedisServer, tmp_path: Path) -> Iterator[Workers]:
    """A database of the test's own, whose workers are called through the server."""
    with EverySymbol(DAYS) as provider:
        workers = Workers(
            tmp_path / "site",
            provider.address,
            {"TASK_BROKER_URL": server.url, "ALPHA_VANTAGE_REQUESTS_PER_DAY": "0"},
        )
        workers.python(
            "from django.core.management import call_command; call_command('migrate', verbosity=0)"
        )
        yield workers


def _succeeded(workers: Workers) -> int:
    return sum(job["state"] == "succeeded" for job in workers.jobs())


def test_jobs_are_called_through_redis_and_done_though_it_dies_and_comes_back(
    workers: Workers, server: RedisServer
) -> None:
    workers.fetch("BEFORE1", "BEFORE2", "BEFORE3")
    assert server.messages() == 3
    server.kill()  # three messages are lost with it
    workers.fetch("AWAY1")
    with workers.cluster():
        wait_until(lambda: _succeeded(workers) == 4, "every job's end without Redis")
        server.start()
        workers.fetch("AFTER1", "AFTER2")
        wait_until(lambda: _succeeded(workers) == 6, "every job's end after Redis came back")
        wait_until(lambda: server.messages() == 0, "every message's end")
        workers.fetch("AGAIN1")
        server.kill()
        wait_until(lambda: _succeeded(workers) == 7, "the end of a job whose broker died after the call")
    symbols = ("BEFORE1", "BEFORE2", "BEFORE3", "AWAY1", "AFTER1", "AFTER2", "AGAIN1")
    assert workers.bars() == dict.fromkeys(symbols, len(DAYS))
    assert {job["attempts"] for job in workers.jobs()} == {1}

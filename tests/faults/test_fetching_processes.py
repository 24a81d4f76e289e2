"""Fetching by several real processes: a shared quota, and what a killed worker or database leaves."""

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from datetime import date

import psycopg
import pytest

from ingestion.tests.factories import sessions
from ingestion.tests.fake_provider import EverySymbol
from tests.faults.workers import Workers, kill_all
from tests.wait import wait_until

DAYS = sessions(date(2024, 1, 2), date(2024, 5, 24))[:100]


@pytest.fixture(scope="module")
def provider() -> Iterator[EverySymbol]:
    """A provider that serves the same hundred days of every symbol."""
    server = EverySymbol(DAYS)
    with server:
        yield server


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory, provider: EverySymbol) -> Workers:
    """A database of the module's own, with its tables."""
    workers = Workers(tmp_path_factory.mktemp("site"), provider.address)
    workers.migrate()
    return workers


@pytest.fixture
def workers(database: Workers, provider: EverySymbol) -> Workers:
    """The same database, emptied."""
    database.empty()
    provider.requests.clear()
    provider.silence = 0
    return database


def all_ended(workers: Workers) -> bool:
    return all(job["state"] == "succeeded" for job in workers.jobs())


def all_ended_though_the_database_was_away(workers: Workers) -> bool:
    with suppress(psycopg.OperationalError):
        return all_ended(workers)
    return False


def require_all_bars_once(workers: Workers, symbols: list[str]) -> None:
    """Require a hundred bars of each symbol, and of nothing else."""
    assert workers.bars() == dict.fromkeys(symbols, len(DAYS))


@pytest.mark.parametrize("clusters", [1, 2])
def test_two_and_four_workers_together_send_exactly_the_requests_of_the_day(
    workers: Workers, provider: EverySymbol, clusters: int
) -> None:
    workers.fetch(*(f"S{number}" for number in range(20)))
    with ExitStack() as stack:
        for _ in range(clusters):
            stack.enter_context(workers.cluster())
        wait_until(lambda: len(provider.requests) >= 25, "the day's last request")
        wait_until(
            lambda: all(job["is_parked"] or job["state"] == "succeeded" for job in workers.jobs()),
            "the parking of what is left",
        )
        time.sleep(1)
    assert len(provider.requests) == 25
    states = Counter(job["state"] for job in workers.jobs())
    assert set(states) == {"succeeded", "queued"}
    # The first workers each learn that the key is free, at a request; every other symbol takes three.
    assert states["succeeded"] >= (25 - 2 * clusters) // 3 - 2 * clusters


def test_a_killed_worker_loses_no_job_and_repeats_none_for_ever(
    workers: Workers, provider: EverySymbol
) -> None:
    symbols = ["AAA", "BBB", "CCC"]
    provider.silence = 0.5
    workers.fetch(*symbols)
    with workers.cluster() as cluster:
        wait_until(lambda: len(provider.requests) >= 3, "work")
        kill_all(cluster)
    assert not all_ended(workers)
    with workers.cluster():
        wait_until(lambda: all_ended(workers), "the end of all jobs")
    require_all_bars_once(workers, symbols)
    assert max(job["attempts"] for job in workers.jobs()) == 2
    asked = Counter((request.parameters["symbol"], request.function) for request in provider.requests)
    # What was received before the kill was kept; a request in flight may be sent again, and the first of
    # two workers asks for the full history.
    assert max(asked.values()) <= 4


def test_a_killed_database_loses_no_job_and_stores_every_bar_once(
    workers: Workers, provider: EverySymbol
) -> None:
    symbols = ["AAA", "BBB", "CCC"]
    provider.silence = 0.5
    workers.fetch(*symbols)
    with workers.cluster():
        wait_until(lambda: len(provider.requests) >= 3, "work")
        workers.kill_database()
        wait_until(lambda: all_ended_though_the_database_was_away(workers), "the end of all jobs")
    require_all_bars_once(workers, symbols)

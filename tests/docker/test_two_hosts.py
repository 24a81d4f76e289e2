"""Two hosts share one database, one queue and one quota; one of them is cut off in the middle of its work."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import requests

from ingestion.exchange_calendar import sessions_between
from tests.docker.deployment import Deployment, deployed
from tests.wait import wait_until

SYMBOLS = [f"SHARE{letter}" for letter in "ABCDEFGHIJ"]
LEASE_SECONDS = 10
WALKS = [f"WALK{number:02}" for number in range(32)]
QUESTION: dict[str, Any] = {
    "symbols": WALKS,
    "fast": {"start": 5, "stop": 50, "step": 5},
    "slow": {"start": 60, "stop": 200, "step": 7},
}
COMBINATIONS = 10 * 21
HOLD = """
import time
from django.db import connection, transaction
with transaction.atomic():
    connection.cursor().execute("lock table ingestion_apiquota in exclusive mode")
    time.sleep(600)
"""


@pytest.fixture(scope="module")
def hosts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """A composition with two worker containers, each a host of its own to the others."""
    folder: Path = tmp_path_factory.mktemp("hosts")
    with deployed("hosts", folder, JOB_LEASE_SECONDS=str(LEASE_SECONDS)) as deployment:
        deployment.compose("up", "--detach", "--no-recreate", "--scale", "worker=2")
        yield deployment


def test_a_host_that_is_cut_off_loses_no_job_and_spends_no_request_twice(hosts: Deployment) -> None:
    for symbol in SYMBOLS:
        assert hosts.post(f"/api/v1/instruments/{symbol}/fetch").status_code == 202
    wait_until(lambda: _fetched(hosts) >= 2, "the end of the first jobs")
    lost, _ = hosts.containers("worker")
    hosts.cut_off(lost)
    seconds = wait_until(
        lambda: _fetched(hosts) == len(SYMBOLS), "the end of all jobs on the other host", within=240
    )

    (used,) = hosts.query("select used from ingestion_apiquota")
    asked = requests.get(f"{hosts.provider}/asked", timeout=10).json()["requests"]
    bars = hosts.query(
        "select count(*) from ingestion_dailybar b join ingestion_instrument i on i.id = b.instrument_id "
        "where i.symbol like 'SHARE%' group by i.symbol"
    )
    print(
        f"\nCut off in the middle: all {len(SYMBOLS)} jobs done {seconds:.0f} s later, {bars[0]} bars each, "
        f"{len(asked)} requests sent of {used} counted"
    )
    assert len(bars) == len(SYMBOLS)
    assert len(set(bars)) == 1
    # Never more than counted; the host that was cut off may have counted one that it could not send.
    assert int(used) - 2 <= len(asked) <= int(used)

    hosts.connect(lost)
    assert hosts.post(f"/api/v1/instruments/{SYMBOLS[0]}/fetch").status_code == 202
    wait_until(lambda: _fetched(hosts) == len(SYMBOLS) + 1, "work after the return")


def test_a_sweep_of_many_symbols_is_complete_and_the_same_though_a_host_is_cut_off(hosts: Deployment) -> None:
    _store_walks(hosts)
    universe = _ask(hosts)
    wait_until(lambda: _members(hosts) >= 4, "the first results")
    lost, stayed = hosts.containers("worker")
    hosts.cut_off(lost)
    at_the_cut = _members(hosts)
    seconds = wait_until(lambda: _document(hosts, universe)["is_complete"], "the whole sweep", within=300)
    shared = _document(hosts, universe)
    taken_over = hosts.jobs("kind = 'universe_part' and attempts > 1")
    hosts.connect(lost)
    # Let the host that was cut off find out that its parts are not its own any more.
    wait_until(
        lambda: hosts.jobs("kind = 'universe_part' and state != 'succeeded'") == 0, "the end of the jobs"
    )
    assert _members(hosts) == len(WALKS)
    assert _document(hosts, universe) == shared

    hosts.run("docker", "stop", "--time", "20", lost)
    alone = _computed_anew(hosts)
    hosts.run("docker", "start", lost)
    print(
        f"\nA sweep of {len(WALKS)} symbols, {shared['verdict']['trials']:,} combinations: cut off after "
        f"{at_the_cut} symbols, complete {seconds:.0f} s later, {taken_over} parts taken over; "
        f"the document of one host alone ({stayed[:12]}) is the same"
    )
    assert [row["symbol"] for row in shared["rows"]] == [row["symbol"] for row in alone["rows"]]
    assert sorted(row["symbol"] for row in shared["rows"]) == WALKS
    assert shared["verdict"]["trials"] == len(WALKS) * COMBINATIONS
    assert taken_over >= 1
    assert {**shared, "created_at": ""} == {**alone, "created_at": ""}


def test_what_a_lost_host_had_not_committed_holds_nobody_up_for_longer_than_a_minute(
    hosts: Deployment,
) -> None:
    lost, _ = hosts.containers("worker")
    hosts.run("docker", "exec", "--detach", lost, "python", "manage.py", "shell", "-c", HOLD)
    held = (
        "select count(*) from pg_locks "
        "where relation = 'ingestion_apiquota'::regclass and mode = 'ExclusiveLock'"
    )
    wait_until(lambda: hosts.query(held) == ["1"], "the lock of the host")
    hosts.cut_off(lost)
    seconds = wait_until(lambda: hosts.query(held) == ["0"], "the end of its transaction", within=60)
    print(f"\nA transaction of a host that was cut off ended {seconds:.0f} s later")
    hosts.connect(lost)


def _fetched(hosts: Deployment) -> int:
    return hosts.jobs("state = 'succeeded' and subject like 'SHARE%'")


def _members(hosts: Deployment) -> int:
    return int(hosts.query("select count(*) from strategies_universemember")[0])


def _ask(hosts: Deployment) -> str:
    answer = hosts.post("/api/v1/universes", json=QUESTION)
    assert answer.status_code == 202, answer.text
    return str(answer.json()["id"])


def _document(hosts: Deployment, universe: str) -> dict[str, Any]:
    return dict(hosts.get(f"/api/v1/universes/{universe}").json())


def _computed_anew(hosts: Deployment) -> dict[str, Any]:
    """Return the document of the same question, after all that was computed for it is forgotten."""
    hosts.query("truncate strategies_universemember, strategies_universesweep, strategies_parametersweep")
    universe = _ask(hosts)
    wait_until(lambda: _document(hosts, universe)["is_complete"], "the sweep by one host", within=300)
    return _document(hosts, universe)


def _store_walks(hosts: Deployment) -> None:
    """Store random walks, a seed for each symbol."""
    days = sessions_between("XNYS", date(2004, 1, 2), date(2013, 12, 31))
    for seed, symbol in enumerate(WALKS):
        steps = np.random.default_rng(seed).normal(0.0004, 0.015, len(days))
        closes = 100 * np.exp(np.cumsum(steps))
        lines = [
            f"{day},{close:.4f},{close:.4f},{close:.4f},{close:.4f},1000"
            for day, close in zip(days, closes, strict=True)
        ]
        body = "\n".join(["date,open,high,low,close,volume", *lines]).encode()
        answer = hosts.post(
            f"/api/v1/instruments/{symbol}/import", data=body, headers={"Content-Type": "text/csv"}
        )
        assert answer.status_code in {201, 202}, answer.text
    stored = (
        "select count(distinct instrument_id) from ingestion_dailybar b "
        "join ingestion_instrument i on i.id = b.instrument_id where symbol like 'WALK%'"
    )
    wait_until(lambda: int(hosts.query(stored)[0]) == len(WALKS), "the storing of every symbol")

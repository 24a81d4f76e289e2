"""Two hosts share one database, one queue and one quota; one of them is cut off in the middle of its work."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.docker.deployment import Deployment, deployed, wait_until

SYMBOLS = [f"SHARE{letter}" for letter in "ABCDEFGHIJ"]
LEASE_SECONDS = 10


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
    wait_until(lambda: _jobs(hosts, "succeeded") >= 2, 120, "the first jobs to end")
    lost, _ = hosts.containers("worker")
    network = f"{hosts.environment['COMPOSE_PROJECT_NAME']}_default"
    hosts.run("docker", "network", "disconnect", network, lost)
    seconds = wait_until(
        lambda: _jobs(hosts, "succeeded") == len(SYMBOLS), 240, "the other host to do it all"
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

    hosts.run("docker", "network", "connect", network, lost)
    assert hosts.post(f"/api/v1/instruments/{SYMBOLS[0]}/fetch").status_code == 202
    wait_until(lambda: _jobs(hosts, "succeeded") == len(SYMBOLS) + 1, 120, "work after the return")


def _jobs(hosts: Deployment, state: str) -> int:
    return int(
        hosts.query(f"select count(*) from jobs_job where state = '{state}' and subject like 'SHARE%'")[0]
    )

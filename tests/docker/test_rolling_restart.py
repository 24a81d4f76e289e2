"""New containers take the place of old ones under load: no request and no job is lost."""

import time

from tests.docker.deployment import Deployment
from tests.docker.load import load_on
from tests.waiting import wait_until

SYMBOLS = [f"ROLL{letter}" for letter in "ABCDEFGHIJKL"]
ALL_JOBS_WITHIN = 240


def test_a_rolling_restart_under_load_loses_nothing(site: Deployment) -> None:
    site.compose("up", "--detach", "--no-recreate", "--scale", "web=2", "--scale", "worker=2")
    before = {service: set(site.containers(service)) for service in ("web", "worker")}
    for symbol in SYMBOLS:
        assert site.post(f"/api/v1/instruments/{symbol}/fetch").status_code == 202
    for _ in range(8):  # each process loads the charts with its first page
        assert site.get("/backtests/").ok
    with load_on(site) as load:
        time.sleep(3)
        began = time.monotonic()
        site.run("deploy/compose/rolling-restart")
        took = time.monotonic() - began
        time.sleep(3)
    after = {service: set(site.containers(service)) for service in before}
    wait_until(lambda: _over(site) == len(SYMBOLS), "the end of every job", within=ALL_JOBS_WITHIN)
    ends = site.query("select state, count(*) from jobs_job where subject like 'ROLL%' group by state")
    print(
        f"\nRolling restart of 2 web and 2 worker containers in {took:.0f} s: {load}; jobs: {', '.join(ends)}"
    )
    assert load.failures == []
    assert len(load.seconds) > 100
    assert ends == [f"succeeded|{len(SYMBOLS)}"]
    for service, containers in after.items():
        assert len(containers) == 2
        assert not containers & before[service]


def _over(site: Deployment) -> int:
    return site.jobs("subject like 'ROLL%' and state not in ('queued', 'running')")

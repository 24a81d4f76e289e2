"""Workers called through Redis, as docs/scaling.md describes it; Redis dies in the middle."""

from collections.abc import Iterator

import pytest

from tests.docker.deployment import WITH_REDIS, Deployment, deployed
from tests.wait import wait_until


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """A composition of its own, with two worker hosts and the broker."""
    with deployed("redis", tmp_path_factory.mktemp("redis"), WITH_REDIS) as deployment:
        deployment.compose("up", "--detach", "--no-recreate", "--scale", "worker=2")
        yield deployment


def _redis(site: Deployment, *command: str) -> str:
    return site.compose("exec", "--no-TTY", "redis", "redis-cli", *command).strip()


def _succeeded(site: Deployment, prefix: str) -> int:
    return site.jobs(f"state = 'succeeded' and subject like '{prefix}%'")


def _fetch(site: Deployment, prefix: str, count: int) -> None:
    for number in range(count):
        answer = site.post(f"/api/v1/instruments/{prefix}{number}/fetch")
        assert answer.status_code == 202, answer.text


def test_jobs_go_through_redis_and_go_on_without_it(site: Deployment) -> None:
    _fetch(site, "CALLED", 4)
    with_redis = wait_until(lambda: _succeeded(site, "CALLED") == 4, "the end of jobs called through Redis")
    calls = _redis(site, "info", "commandstats")
    assert "cmdstat_rpush:calls=" in calls
    assert site.query("select count(*) from django_q_ormq") == ["0"]

    _fetch(site, "DURING", 12)
    wait_until(lambda: _succeeded(site, "DURING") >= 2, "the first ends")
    site.compose("kill", "redis")
    _fetch(site, "AWAY", 4)
    without = wait_until(
        lambda: (_succeeded(site, "DURING"), _succeeded(site, "AWAY")) == (12, 4), "every end without Redis"
    )
    assert site.get("/readyz?worker=required").ok

    site.compose("start", "redis")
    _fetch(site, "BACK", 4)
    wait_until(lambda: _succeeded(site, "BACK") == 4, "the end of jobs after Redis came back")
    wait_until(lambda: "cmdstat_blpop" in _redis(site, "info", "commandstats"), "workers at Redis again")
    assert site.jobs("state != 'succeeded'") == 0
    print(
        f"\nThrough Redis: 4 jobs in {with_redis:.0f} s; Redis killed in the middle: the other jobs of 16 "
        f"done {without:.0f} s later; none lost"
    )

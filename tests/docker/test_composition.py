"""What docker-compose.yml promises to whoever starts it."""

import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from site_config.environment import BASE_DIR
from tests.docker.deployment import Deployment, deployed
from tests.docker.load import load_on
from tests.security.test_load_balancer import LARGE, SMALL, slow_uploads, status_of
from tests.wait import wait_until

SYMBOLS = [f"ROLL{letter}" for letter in "ABCDEFGHIJKL"]
ALL_JOBS_WITHIN = 240


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """The composition as a newcomer starts it, with a provider of its own."""
    with deployed("shared", tmp_path_factory.mktemp("site")) as deployment:
        yield deployment


@pytest.mark.parametrize("missing", ["POSTGRES_PASSWORD", "DJANGO_SECRET_KEY"])
def test_without_a_secret_it_refuses_and_says_how_to_get_one(missing: str) -> None:
    secrets = {"POSTGRES_PASSWORD": "x", "DJANGO_SECRET_KEY": "x"} | {missing: ""}
    refused = subprocess.run(
        ["docker", "compose", "--file", "docker-compose.yml", "config", "--quiet"],
        cwd=BASE_DIR,
        env={"PATH": os.environ["PATH"], "HOME": os.environ["HOME"], **secrets},
        capture_output=True,
        text=True,
        check=False,
    )
    assert refused.returncode != 0
    assert f"{missing} is missing a value: has no default. Run deploy/compose/make-env" in refused.stderr


def test_secrets_that_stand_in_the_file_are_kept(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("POSTGRES_PASSWORD=mine\nDJANGO_SECRET_KEY=\nPORT=8001\n")
    subprocess.run([BASE_DIR / "deploy/compose/make-env", file], check=True, capture_output=True)
    lines = file.read_text().splitlines()
    assert {"POSTGRES_PASSWORD=mine", "PORT=8001"} <= set(lines)
    (key,) = (line for line in lines if line.startswith("DJANGO_SECRET_KEY="))
    assert len(key.partition("=")[2]) == 50
    assert file.stat().st_mode & 0o077 == 0


def test_the_short_addresses_and_the_commands_work(site: Deployment) -> None:
    assert "Backtest" in site.get("/backtest/AAPL/10000/").text
    assert len(site.get("/predict/AAPL/", headers={"Accept": "application/json"}).json()["points"]) == 30
    assert site.get("/report/AAPL/").content.startswith(b"%PDF-")
    assert "backtest" in site.get("/report/json/AAPL/").json()
    assert "AAPL" in site.manage("train_ml_model", "AAPL")
    assert "bars from Alpha Vantage" in site.manage("load_stock_data", "NVDA")


def test_the_first_administrator_is_made_by_keyboard(site: Deployment) -> None:
    password = "a long enough phrase"  # noqa: S105 - of this test
    answers = {"Password: ": password, "Again: ": password}
    screen = site.manage_by_keyboard("create_administrator", answers=answers)
    assert "Made the administrator “administrator”" in screen
    assert password not in screen
    (accepted,) = site.manage(
        "shell", "--no-imports", "-c",
        "from django.contrib.auth.models import User; "
        f"print(User.objects.get(username='administrator', is_superuser=True).check_password('{password}'))",
    ).split()  # fmt: skip
    assert accepted == "True"
    assert "There is an administrator already" in site.manage("create_administrator")


def test_containers_run_without_rights_on_a_file_system_that_they_cannot_change(site: Deployment) -> None:
    for service in ("web", "worker", "proxy"):
        (container,) = site.containers(service)[:1]
        facts = site.inspect(container)
        assert facts["HostConfig"]["ReadonlyRootfs"]
        assert facts["HostConfig"]["CapDrop"] == ["ALL"]
        assert facts["HostConfig"]["Memory"] > 0
        assert site.run("docker", "exec", container, "id", "-u").strip() != "0"


def test_the_image_holds_no_compiler_and_no_development_package(site: Deployment) -> None:
    (container, *_) = site.containers("web")
    tools = site.run(
        "docker",
        "exec",
        container,
        "sh",
        "-c",
        "command -v cc gcc clang g++ make ld strip; exit 0",
        check=False,
    )
    assert tools == ""
    packages = site.run("docker", "exec", container, "dpkg-query", "--show", "--showformat", "${Package}\n")
    assert not [name for name in packages.split() if name.endswith("-dev") or name.startswith("binutils")]


def test_the_image_has_labels_and_a_health_check(site: Deployment) -> None:
    (container, *_) = site.containers("web")
    facts = site.inspect(container)
    assert facts["Config"]["Labels"]["org.opencontainers.image.title"] == "Hindcast"
    assert facts["State"]["Health"]["Status"] == "healthy"


def test_another_load_balancer_may_ask_for_health_by_address(site: Deployment) -> None:
    assert site.get("/readyz", headers={"Host": "10.20.8.17:8000"}).ok
    assert site.get("/api/v1/instruments", headers={"Host": "10.20.8.17:8000"}).status_code == 400


def test_web_and_worker_can_be_scaled(site: Deployment) -> None:
    site.compose("up", "--detach", "--no-recreate", "--scale", "web=2", "--scale", "worker=3")
    assert (len(site.containers("web")), len(site.containers("worker"))) == (2, 3)
    wait_until(lambda: _all_healthy(site, "web"), "the health of both web containers")
    wait_until(lambda: _servers_up(site) == 2, "the finding of both by the load balancer", within=30)


def test_one_web_container_may_die(site: Deployment) -> None:
    wait_until(lambda: _servers_up(site) == 2, "the finding of both by the load balancer", within=30)
    victim, _ = site.containers("web")
    site.run("docker", "exec", victim, "sh", "-c", "kill -9 -1", check=False)  # ends this command too
    answers = [site.get("/api/v1/instruments").status_code for _ in range(50)]
    assert answers == [200] * 50
    wait_until(lambda: _all_healthy(site, "web") and _servers_up(site) == 2, "its return")


def test_a_rolling_restart_under_load_loses_nothing(site: Deployment) -> None:
    site.compose("up", "--detach", "--no-recreate", "--scale", "web=2", "--scale", "worker=2")
    before = {service: set(site.containers(service)) for service in ("web", "worker")}
    for symbol in SYMBOLS:
        assert site.post(f"/api/v1/instruments/{symbol}/fetch").status_code == 202
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
    assert not load.failures, "\n".join(load.failures[:20])
    assert len(load.seconds) > 100
    assert ends == [f"succeeded|{len(SYMBOLS)}"]
    for service, containers in after.items():
        assert len(containers) == 2
        assert not containers & before[service]


def _all_healthy(site: Deployment, service: str) -> bool:
    containers = site.containers(service)
    states = [site.inspect(container)["State"]["Health"]["Status"] for container in containers]
    return len(states) == 2 and set(states) == {"healthy"}


def _servers_up(site: Deployment) -> int:
    """Return how many web containers the load balancer holds for ready."""
    statistics = site.compose(
        "exec", "--no-TTY", "proxy", "python", "-c",
        "import urllib.request as u; print(u.urlopen('http://127.0.0.1:8001/').read().decode())",
    )  # fmt: skip
    rows = [line.split(",") for line in statistics.splitlines() if line.startswith("web,web")]
    return sum(row[17].startswith("UP") for row in rows)


def _over(site: Deployment) -> int:
    return site.jobs("subject like 'ROLL%' and state not in ('queued', 'running')")


def test_slow_uploads_from_one_client_do_not_take_the_site_away(site: Deployment) -> None:
    with slow_uploads(site.address, SMALL):
        statuses = [site.get("/jobs/").status_code for _ in range(20)]
    assert statuses == [200] * 20
    with slow_uploads(site.address, LARGE) as clients:
        assert {status_of(client) for client in clients} <= {413, 429}

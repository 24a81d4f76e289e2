"""A process is warm before it takes its first request: real gunicorn, real connections."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
import requests
from django.db import connection

from site_config.environment import BASE_DIR, Environment
from site_config.server.warmup import warm_up
from tests.site import free_port
from tests.wait import wait_until

pytestmark = pytest.mark.site

CONFIGURATION = "site_config/tests/server/gunicorn_that_warms_until_told.py"
SOON = 3.0
"""Seconds in which a warm process surely answers, and a request to a server without one is given up."""


@dataclass(frozen=True)
class Server:
    """A gunicorn of two processes; they are warm once the file `warm` is there."""

    master: psutil.Process
    address: str
    warm: Path

    def is_ready(self) -> bool:
        """Whether `/readyz` answers, and soon."""
        try:
            return requests.get(f"{self.address}/readyz", timeout=SOON).ok
        except (requests.ConnectionError, requests.Timeout):
            return False

    def all_are_warm(self) -> bool:
        """Whether both processes have loaded everything."""
        names = {str(process.pid) for process in self.processes()}
        return len(names) == 2 and names <= {file.name for file in self.warm.parent.iterdir()}

    def processes(self) -> list[psutil.Process]:
        """Return the master's processes, the eldest first."""
        return sorted(self.master.children(), key=lambda process: process.create_time())


@pytest.fixture
def server(db: None, tmp_path: Path) -> Iterator[Server]:
    port, warm = free_port(), tmp_path / "warm"
    ours = {name.upper() for name in Environment.model_fields}
    connection.ensure_connection()
    database = connection.connection.info
    variables = {
        "ALLOWED_HOSTS": "127.0.0.1",
        "BEHIND_TLS": "False",
        "DATA_DIR": str(tmp_path / "data"),
        "DJANGO_SETTINGS_MODULE": "site_config.settings",
        "LOCAL_USER": "True",
        "PORT": str(port),
        "POSTGRES_HOST": database.host,
        "POSTGRES_PORT": str(database.port),
        "POSTGRES_DB": database.dbname,
        "POSTGRES_USER": database.user,
        "POSTGRES_PASSWORD": database.password,
        "WARM_ONCE_THERE": str(warm),
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "site_config.wsgi", "--config", CONFIGURATION],
        cwd=BASE_DIR,
        env={name: value for name, value in os.environ.items() if name not in ours} | variables,
    )
    try:
        yield Server(psutil.Process(process.pid), f"http://127.0.0.1:{port}", warm)
    finally:
        warm.touch()
        process.terminate()
        process.wait(30)


def test_no_process_takes_a_request_before_it_is_warm_one_that_takes_the_place_of_another_neither(
    server: Server,
) -> None:
    wait_until(lambda: len(server.processes()) == 2, "the start of both processes")
    assert not server.is_ready()
    server.warm.touch()
    wait_until(server.all_are_warm, "the warming up of both")
    assert server.is_ready()

    server.warm.unlink()
    first, second = server.processes()
    first.terminate()
    wait_until(lambda: second in server.processes()[:1] and len(server.processes()) == 2, "its replacement")
    assert all(server.is_ready() for _ in range(10))

    second.terminate()
    wait_until(lambda: second not in server.processes(), "the end of the other")
    assert not server.is_ready()
    server.warm.touch()
    wait_until(server.is_ready, "readiness of the new processes")


def test_what_cannot_be_loaded_keeps_nothing_else_from_being_loaded(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    loaded: list[str] = []

    def broken() -> None:
        raise RuntimeError("no fonts")

    monkeypatch.setattr("site_config.server.warmup.STEPS", (broken, lambda: loaded.append("the next")))
    warm_up(sign_of_life=lambda: loaded.append("alive"))
    assert loaded == ["alive", "the next", "alive"]
    assert "broken failed while the process warmed up" in caplog.text

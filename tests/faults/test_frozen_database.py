"""A database that is frozen: its processes keep every connection and answer nothing."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
import requests

from tests.site import RunningSite, running_site
from tests.wait import wait_until


@pytest.fixture
def own_site(tmp_path: Path) -> Iterator[RunningSite]:
    """A site whose database nobody else uses."""
    with running_site(tmp_path / "var") as site:
        yield site


@contextmanager
def _frozen(site: RunningSite) -> Iterator[None]:
    """Stop every process of the site's database for the block."""
    server = int((site.data_dir / "postgres/postmaster.pid").read_text().splitlines()[0])
    postmaster = psutil.Process(server)
    processes = [postmaster, *postmaster.children(recursive=True)]
    for process in processes:
        process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        for process in processes:
            process.send_signal(signal.SIGCONT)


def _status(site: RunningSite, path: str) -> int:
    try:
        return requests.get(f"{site.address}{path}", timeout=5).status_code
    except requests.Timeout:
        return 0


def test_health_checks_of_a_site_with_a_frozen_database_are_answered(own_site: RunningSite) -> None:
    with _frozen(own_site):
        wait_until(lambda: _status(own_site, "/readyz") == 503, "a 503 of /readyz", within=60)
        # Both processes know by now, or soon: from then on each check is answered, and at once.
        wait_until(lambda: {_status(own_site, "/readyz") for _ in range(20)} == {503}, "503 from both")
        assert _status(own_site, "/livez") == 200
    wait_until(lambda: _status(own_site, "/readyz") == 200, "readiness after the thaw")

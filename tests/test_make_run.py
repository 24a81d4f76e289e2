"""What `make run` promises: it starts, it starts again quickly, and it leaves nothing behind."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psutil
import requests

from site_config.environment import BASE_DIR
from tests.site import STOPPED_WITHIN, free_port, running_site


def test_it_starts_on_an_empty_folder_and_ctrl_c_stops_the_database_too(tmp_path: Path) -> None:
    data_dir = tmp_path / "var"
    with running_site(data_dir) as site:
        assert requests.get(site.address, timeout=30).ok
        assert site.postgres_is_running()
        children = psutil.Process(site.process.pid).children(recursive=True)
        assert len(children) >= 4  # the web server, its workers and the task worker
    assert site.process.returncode == 0
    assert not site.postgres_is_running()
    assert not [child for child in children if child.is_running()]
    assert "Failed" not in site.log.read_text()

    with running_site(data_dir) as again:
        assert requests.get(again.address, timeout=30).ok


def _second(port: str, data_dir: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "site_config.server.run"],
        cwd=BASE_DIR,
        env={**os.environ, "PORT": port, "DATA_DIR": str(data_dir)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_second_site_needs_a_port_and_a_folder_of_its_own(
    prepared: Callable[[], Path], tmp_path: Path
) -> None:
    with running_site(prepared()) as site:
        port = site.address.rsplit(":", 1)[1]
        same_port = _second(port, tmp_path / "other")
        assert same_port.returncode == 1
        assert f"Port {port} is in use. Give a second site a port and a folder of its own" in same_port.stderr
        assert not (tmp_path / "other").exists()

        same_folder = _second(str(free_port()), site.data_dir)
        assert same_folder.returncode == 1
        assert f"Hindcast already runs on {site.data_dir}." in same_folder.stderr
        assert requests.get(f"{site.address}/readyz", timeout=30).ok


def test_a_site_with_logins_serves_its_collected_files(prepared: Callable[[], Path]) -> None:
    with running_site(prepared(), LOCAL_USER="False", BEHIND_TLS="False") as site:
        login = requests.get(f"{site.address}/", timeout=30)
        assert login.url == f"{site.address}/login/?next=/"
        (sheet, *_) = re.findall(r'href="(/static/css/[^"]+)"', login.text)
        assert re.search(r"\.[0-9a-f]{12}\.css$", sheet)
        assert requests.get(site.address + sheet, timeout=30).ok


def test_a_closed_terminal_ends_it_as_ctrl_c_does(prepared: Callable[[], Path]) -> None:
    with running_site(prepared()) as site:
        site.process.send_signal(signal.SIGHUP)
        site.process.wait(STOPPED_WITHIN)
        assert not site.postgres_is_running()

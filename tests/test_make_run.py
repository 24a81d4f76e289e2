"""What `make run` promises: it starts, it starts again quickly, and it leaves nothing behind."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import requests

from site_config.environment import BASE_DIR
from tests.site import STOPPED_WITHIN, running_site


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
        assert again.seconds_to_start < 30  # seconds in truth; a busy machine is given time


def test_a_port_in_use_is_told_with_the_way_out(tmp_path: Path) -> None:
    with running_site(tmp_path / "var") as site:
        port = site.address.rsplit(":", 1)[1]
        second = subprocess.run(
            [sys.executable, "-m", "site_config.serve"],
            cwd=BASE_DIR,
            env={**os.environ, "PORT": port, "DATA_DIR": str(tmp_path / "other")},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert second.returncode == 1
        assert f"Port {port} is in use. Choose another: make run PORT=8001" in second.stderr
        assert not (tmp_path / "other").exists()


def test_a_closed_terminal_ends_it_as_ctrl_c_does(tmp_path: Path) -> None:
    with running_site(tmp_path / "var") as site:
        site.process.send_signal(signal.SIGHUP)
        site.process.wait(STOPPED_WITHIN)
        assert not site.postgres_is_running()

"""A Hindcast of one's own: `make run` in a process, with a folder and a port of its own."""

import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests

from site_config.environment import BASE_DIR, Environment

READY_WITHIN = 180
STOPPED_WITHIN = 30


@dataclass(frozen=True)
class RunningSite:
    """A site that answers at `address`; `process` is what `make run` starts, `log` what it writes."""

    address: str
    data_dir: Path
    log: Path
    process: subprocess.Popen[bytes]
    seconds_to_start: float

    def postgres_is_running(self) -> bool:
        """Whether the embedded database left its sign of life."""
        return (self.data_dir / "postgres" / "postmaster.pid").exists()


def prepared_folder(runs: Path, data_dir: Path) -> Path:
    """Return `data_dir` as a site leaves it that was started once: tables, bars, models, kernels.

    A start on an empty folder keeps a core busy for a minute; the processes of one run do it once, in
    `runs`, and every further site begins with a copy.
    """
    with (runs / "first-site.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        first = runs / "first-site"
        if not first.exists():
            unfinished = runs / "unfinished-site"
            shutil.rmtree(unfinished, ignore_errors=True)
            with running_site(unfinished):
                pass
            unfinished.rename(first)
    # With owners, which shutil leaves behind: PostgreSQL started by root belongs to a user of its own.
    subprocess.run(["cp", "-a", first, data_dir], check=True)
    return data_dir


def free_port() -> int:
    """Return a port that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running_site(data_dir: Path, **variables: str) -> Iterator[RunningSite]:
    """Run a site in `data_dir` until the block ends, then stop it as Ctrl-C does."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    log = data_dir.with_suffix(".log")
    began = time.monotonic()
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "site_config.server.run"],
            cwd=BASE_DIR,
            env=_environment(data_dir, port) | variables,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            _wait_until_ready(f"{address}/readyz", process, log)
            yield RunningSite(address, data_dir, log, process, time.monotonic() - began)
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(STOPPED_WITHIN)


def _environment(data_dir: Path, port: int) -> dict[str, str]:
    """The process's environment without what a developer has set for Hindcast."""
    ours = {name.upper() for name in Environment.model_fields}
    inherited = {name: value for name, value in os.environ.items() if name not in ours}
    return inherited | {
        "LOCAL_USER": "True",
        "DATA_DIR": str(data_dir),
        "PORT": str(port),
        "ALPHA_VANTAGE_API_KEY": "",
        "ALPHA_VANTAGE_BASE_URL": "http://127.0.0.1:9/query",
        "DJANGO_SETTINGS_MODULE": "site_config.settings",
    }


def _wait_until_ready(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + READY_WITHIN
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            if requests.get(address, timeout=5).ok:
                return
        except (requests.ConnectionError, requests.Timeout):
            pass
        time.sleep(0.2)
    raise AssertionError(f"The site did not start:\n{log.read_text()[-4000:]}")

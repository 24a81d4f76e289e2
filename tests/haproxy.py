"""The shipped load balancer in front of a server on this machine."""

import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import requests

from site_config.environment import BASE_DIR
from tests.site import free_port

PROGRAM = shutil.which("haproxy") or shutil.which("haproxy", path="/usr/sbin")
SHIPPED = BASE_DIR / "deploy/proxy/haproxy.cfg"
READY_WITHIN = 20.0


@contextmanager
def load_balancer(address: str, folder: Path) -> Iterator[str]:
    """Run HAProxy with the shipped configuration in front of the server at `address`; yield its URL.

    Only ports and servers differ: Docker's name server, which finds the containers, is not here.
    """
    port = free_port()
    server = urlsplit(address).netloc
    text = SHIPPED.read_text()
    for pattern, replacement in (
        (r"bind :8000", f"bind 127.0.0.1:{port}"),
        (r"bind 127.0.0.1:8001", f"bind 127.0.0.1:{free_port()}"),
        (r"default-server resolvers docker.*\n", ""),
        (r"server-template web 12 web:8000", f"server web1 {server}"),
    ):
        text, changes = re.subn(pattern, replacement, text)
        assert changes == 1, f"{pattern} is no longer in {SHIPPED}"
    configuration = folder / "haproxy.cfg"
    configuration.write_text(text)
    assert PROGRAM is not None
    with (folder / "haproxy.log").open("wb") as log:
        process = subprocess.Popen([PROGRAM, "-db", "-f", configuration], stdout=log, stderr=log)
        try:
            url = f"http://127.0.0.1:{port}"
            _wait_until_ready(url)
            yield url
        finally:
            process.terminate()
            process.wait()


def _wait_until_ready(url: str) -> None:
    deadline = time.monotonic() + READY_WITHIN
    while time.monotonic() < deadline:
        try:
            if requests.get(f"{url}/readyz", timeout=5).ok:
                return
        except requests.ConnectionError:
            pass
        time.sleep(0.1)
    raise AssertionError("The load balancer did not become ready")

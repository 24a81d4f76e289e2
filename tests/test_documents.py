"""The README's commands do what it says, on a running site."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

from site_config.environment import BASE_DIR
from tests.site import RunningSite

README = (BASE_DIR / "README.md").read_text()


def _blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def test_every_request_with_curl_is_answered(site: RunningSite, tmp_path: Path) -> None:
    (block,) = (each for each in _blocks("sh") if "curl" in each)
    requests = block.replace("\\\n", " ").splitlines()
    assert len(requests) == 5
    for request in requests:
        command = request.replace("localhost:8000", site.address).replace("curl -s", "curl --silent --fail")
        done = subprocess.run(
            ["bash", "-c", command], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, request
        if "--fail" in command and " -o " not in command:
            assert isinstance(json.loads(done.stdout), dict)
    assert (tmp_path / "AAPL.pdf").read_bytes().startswith(b"%PDF-")


def test_the_python_example_prints_its_figures(site: RunningSite) -> None:
    (example,) = _blocks("python")
    environment = {**os.environ, "DATA_DIR": str(site.data_dir), "LOCAL_USER": "True"}
    environment["DJANGO_SETTINGS_MODULE"] = "site_config.settings"
    done = subprocess.run(
        [sys.executable, "manage.py", "shell", "--command", example],
        cwd=BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert re.search(r"-?\d\.\d+ -?\d\.\d+$", done.stdout.strip())

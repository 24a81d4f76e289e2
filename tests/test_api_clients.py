"""The API for those who did not write it: documented lines, quick start, generated client."""

import importlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import requests
from openapi_python_client.cli import app as generator
from typer.testing import CliRunner

from site_config.api import api
from site_config.environment import BASE_DIR
from tests.site import RunningSite

BLOCKS = re.findall(r"```sh\n(.*?)```", (BASE_DIR / "docs/api.md").read_text(), flags=re.DOTALL)

GENERATOR = """
package_name_override: generated_client
post_hooks: []
content_type_overrides:
  application/pdf: application/octet-stream
  text/csv: application/octet-stream
"""
"""Files are bytes to the generator, which knows JSON and forms alone."""

DESCRIPTION: dict[str, Any] = json.loads(json.dumps(api.get_openapi_schema()))


def test_the_lines_of_the_documentation_run_as_they_are(site: RunningSite, tmp_path: Path) -> None:
    script = "set -euo pipefail\n" + "\n".join(BLOCKS)
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=tmp_path,
        env={**os.environ, "HINDCAST": site.address},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith("/slow\n")
    assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF")
    assert (tmp_path / "run.xlsx").read_bytes().startswith(b"PK")
    assert json.loads((tmp_path / "sweep.json").read_text())["schema"] == "hindcast.sweep"
    assert json.loads((tmp_path / "combined.json").read_text())["schema"] == "hindcast.report"


def test_the_quick_start_runs_as_it_is(site: RunningSite, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "docs/quickstart.py"],
        cwd=BASE_DIR,
        env={**os.environ, "HINDCAST": site.address, "HINDCAST_FOLDER": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    run = requests.post(
        f"{site.address}/api/v1/backtests", json={"symbol": "AAPL", "fast": 50, "slow": 200}, timeout=60
    ).json()
    assert run["summary"] in done.stdout
    assert (tmp_path / "AAPL.pdf").read_bytes().startswith(b"%PDF")


def test_a_generated_client_does_the_main_job(
    site: RunningSite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    description, target = tmp_path / "openapi.json", tmp_path / "made"
    description.write_text(json.dumps(DESCRIPTION))
    configuration = tmp_path / "config.yml"
    configuration.write_text(GENERATOR)
    made = CliRunner().invoke(
        generator,
        ["generate", "--path", str(description), "--output-path", str(target), "--meta", "none",
         "--config", str(configuration), "--fail-on-warning"],
    )  # fmt: skip
    assert made.exit_code == 0, made.output
    target.rename(tmp_path / "generated_client")
    monkeypatch.syspath_prepend(str(tmp_path))
    made_client = importlib.import_module("generated_client").Client(base_url=site.address)
    with made_client as client:
        models = importlib.import_module("generated_client.models")
        create = importlib.import_module("generated_client.api.backtests.create_backtest")
        run = create.sync(client=client, body=models.BacktestParameters(symbol="AAPL", fast=50, slow=200))
        assert isinstance(run, models.BacktestDocument)
        read = importlib.import_module("generated_client.api.backtests.read_backtest")
        assert read.sync(run.id, client=client) == run
        foresee = importlib.import_module("generated_client.api.forecasts.create_forecast")
        forecast = foresee.sync(client=client, body=models.ForecastParameters(symbol="AAPL"))
        assert len(forecast.points) == 30
        refused = create.sync(client=client, body=models.BacktestParameters(symbol="AAPL", fast=9, slow=3))
        assert refused.errors[0].pointer == "/slow"

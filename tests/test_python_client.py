"""The Python client: its wheel, its results against a running site, waits, errors, and its notebook."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pandas as pd
import pytest
import requests
from bokeh.models import ColumnDataSource
from pydantic import BaseModel

from hindcast_client import Hindcast, HindcastError, Job, JobFailed, Transport
from hindcast_client import models as client_models
from hindcast_client.models import JobDocument
from site_config.api import api
from site_config.environment import BASE_DIR
from tests.site import RunningSite

NOTEBOOK = BASE_DIR / "docs/notebook.ipynb"
SCHEMAS: dict[str, Any] = json.loads(json.dumps(api.get_openapi_schema()))["components"]["schemas"]


class ScriptedSession(requests.Session):
    """A session that returns the given responses, one after the other, and keeps what was asked."""

    def __init__(self, *responses: requests.Response) -> None:
        super().__init__()
        self.responses: Iterator[requests.Response] = iter(responses)
        self.asked: list[tuple[str, str]] = []

    def request(self, method: str, url: str, **content: Any) -> requests.Response:  # type: ignore[override]
        self.asked.append((method, url))
        return next(self.responses)


def response(status: int, content: Any, **headers: str) -> requests.Response:
    made = requests.Response()
    made.status_code, made._content = status, json.dumps(content).encode()
    made.headers.update({name.replace("_", "-"): value for name, value in headers.items()})
    return made


def problem(status: int, **headers: str) -> requests.Response:
    content = {"type": "about:blank", "title": "No", "status": status, "detail": "Not now."}
    return response(status, content, Content_Type="application/problem+json", **headers)


def transport_of(*responses: requests.Response) -> tuple[Transport, list[float]]:
    waits: list[float] = []
    return Transport("http://site", session=ScriptedSession(*responses), sleep=waits.append), waits


def job_document(state: str, progress: float, **others: Any) -> dict[str, Any]:
    return {
        "id": "7f1c2a50-4a3e-4d5b-9c57-0b1e3f6a9d21", "kind": "sweep", "subject": "", "state": state,
        "progress": progress, "step": "", "error": None, "result": None, "next_attempt_at": None,
        "created_at": "2026-01-01T00:00:00Z", "started_at": None, "finished_at": None, **others,
    }  # fmt: skip


def test_a_busy_site_is_asked_again_when_it_says() -> None:
    transport, waits = transport_of(
        problem(429, Retry_After="7"), problem(503, Retry_After="2"), response(200, 1)
    )
    assert transport.request("GET", "/").json() == 1
    assert waits == [7, 2]


def test_patience_ends_and_silence_is_no_invitation() -> None:
    transport, waits = transport_of(problem(503, Retry_After="500"))
    with pytest.raises(HindcastError, match=r"Not now\.") as raised:
        transport.request("GET", "/")
    assert (raised.value.status, waits) == (503, [])
    with pytest.raises(HindcastError):
        transport_of(problem(503))[0].request("GET", "/")


def test_a_job_is_waited_for_until_it_ends() -> None:
    transport, waits = transport_of(
        response(200, job_document("running", 0.5), Retry_After="3"),
        response(200, job_document("succeeded", 1)),
    )
    job = Job(JobDocument.model_validate(job_document("queued", 0)), transport).wait(progress=False)
    assert job.document.state == "succeeded"
    assert waits == [3]


def test_a_job_that_fails_raises_its_error() -> None:
    transport, _ = transport_of(response(200, job_document("failed", 0.2, error="The disk is full.")))
    with pytest.raises(JobFailed, match="The disk is full"):
        Job(JobDocument.model_validate(job_document("queued", 0)), transport).wait(progress=False)


def _models() -> list[type[BaseModel]]:
    found = [getattr(client_models, name) for name in SCHEMAS if hasattr(client_models, name)]
    return [each for each in found if isinstance(each, type) and issubclass(each, BaseModel)]


def test_the_models_ask_for_no_field_that_the_site_does_not_publish() -> None:
    assert len(_models()) > 50
    for model in _models():
        published = SCHEMAS[model.__name__].get("properties", {}).keys()
        required = {field.alias or name for name, field in model.model_fields.items() if field.is_required()}
        assert required - {"root"} <= published, f"{model.__name__}: run `make client-models`"


def test_the_wheel_holds_the_typed_package(tmp_path: Path) -> None:
    uv = Path(sys.executable).with_name("uv")
    folder = BASE_DIR / "clients/python"
    command = [str(uv), "build", "--quiet", "--offline", "--wheel", "--out-dir", str(tmp_path), str(folder)]
    subprocess.run(command, check=True)
    (wheel,) = tmp_path.glob("*.whl")
    with ZipFile(wheel) as archive:
        names = set(archive.namelist())
        archive.extractall(tmp_path / "installed")
    assert {"hindcast_client/py.typed", "hindcast_client/models.py", "hindcast_client/charts.py"} <= names
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "installed")}
    imported = [sys.executable, "-c", "import hindcast_client; print(hindcast_client.__file__)"]
    done = subprocess.run(imported, env=environment, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.strip().startswith(str(tmp_path))


def test_a_backtest_is_the_sites_document_as_tables(site: RunningSite) -> None:
    run = Hindcast(site.address).backtest("AAPL", fast=20, slow=50)
    document = requests.get(f"{site.address}/api/v1/backtests/{run.id}", timeout=60).json()
    assert run.metrics.loc["sharpe", "strategy"] == document["metrics"]["sharpe"]
    assert list(run.trades["return"]) == [trade["return"] for trade in document["trades"]]
    assert list(run.equity["equity"]) == document["series"]["equity"]
    assert run.equity.index[0] == pd.Timestamp(document["series"]["dates"][0])


def test_the_chart_is_the_sites_filled_with_every_day(site: RunningSite) -> None:
    run = Hindcast(site.address).backtest("AAPL", fast=20, slow=50)
    chart = run.chart()
    (equity,) = (
        list(source.data["equity"])
        for source in chart.select({"type": ColumnDataSource})
        if isinstance(source, ColumnDataSource) and source.name == "equity"
    )
    assert equity == pytest.approx(list(run.equity["equity"]), abs=1)


def test_sweeps_forecasts_and_errors(site: RunningSite, tmp_path: Path) -> None:
    h = Hindcast(site.address)
    sweep = h.sweep("AAPL", fast=range(10, 31, 10), slow=[100, 200], progress=False)
    assert sweep.heatmap().shape == (3, 2)
    assert sweep.heatmap().max().max() == sweep.cells["sharpe"].max()
    assert sweep.verdict.trials == 6
    forecast = h.forecast("AAPL", horizon=5)
    assert (forecast.bands["low_80"] < forecast.bands["median"]).all()
    assert forecast.save_pdf(tmp_path / "forecast.pdf").read_bytes().startswith(b"%PDF")
    with pytest.raises(HindcastError, match="slow") as raised:
        h.backtest("AAPL", fast=200, slow=50)
    assert (raised.value.status, raised.value.field) == (422, "slow")


def test_bars_of_a_table_are_imported_and_read_again(site: RunningSite) -> None:
    h = Hindcast(site.address)
    days = pd.bdate_range("2020-01-06", periods=5, name="Date")
    table = pd.DataFrame({"Open": 10.0, "High": 12.0, "Low": 9.0, "Close": 11.0, "Volume": 100}, index=days)
    assert h.import_bars(table, "CLIENT")["rows"] == 5
    assert list(h.bars("CLIENT")["close"]) == [11.0] * 5
    with pytest.raises(HindcastError, match="no column volume"):
        h.import_bars(table.drop(columns="Volume"), "CLIENT")


def test_the_notebook_runs_from_top_to_bottom(site: RunningSite, tmp_path: Path) -> None:
    cells = [cell for cell in json.loads(NOTEBOOK.read_text())["cells"] if cell["cell_type"] == "code"]
    assert not any(cell["outputs"] for cell in cells)
    script = tmp_path / "notebook.py"
    script.write_text("\n\n".join("".join(cell["source"]) for cell in cells))
    package = str(BASE_DIR / "clients/python/src")
    environment = {**os.environ, "HINDCAST": site.address, "PYTHONPATH": package}
    done = subprocess.run(
        [sys.executable, str(script)], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1].startswith("slow")

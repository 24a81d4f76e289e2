"""The pages of sweeps: form, heatmap, verdict, files, and the way there from a backtest."""

import csv
import io
import json
import re
from http import HTTPStatus
from typing import Any

import pytest
from django.test import Client

from dashboard.charts.heatmap import MOST_FIELDS, heatmap_columns
from dashboard.forms.range_field import RangeField
from dashboard.forms.sweep import SweepForm
from dashboard.presenters.sweep import backtest_address, cell_address
from jobs.models import Job
from jobs.worker.run import run_job
from strategies.backtests.parameters import BacktestParameters
from strategies.backtests.service import run_backtest
from strategies.engine import kernel_loader
from strategies.models import Trial
from strategies.sweeps import inputs, service
from strategies.sweeps.neighbourhood import around, place_of
from strategies.sweeps.parameters import SweepParameters
from strategies.sweeps.schemas import SweepDocument
from strategies.sweeps.service import find_sweep, run_sweep

pytestmark = pytest.mark.django_db

QUESTION: dict[str, str] = {"symbol": "AAPL", "fast": "10 to 50 by 10", "slow": "50, 100, 200"}
HTMX = {"HX-Request": "true", "HX-Target": "result"}


@pytest.fixture(scope="module", autouse=True)
def _kernels() -> None:
    kernel_loader.wait()


@pytest.fixture
def document() -> SweepDocument:
    ranges: dict[str, Any] = {"fast": {"start": 10, "stop": 50, "step": 10}, "slow": [50, 100, 200]}
    return run_sweep(SweepParameters.model_validate({"symbol": "AAPL", **ranges}))


def columns_in(content: str) -> dict[str, Any]:
    found = re.search(r'<script id="sweep-heatmap-columns"[^>]*>(.*?)</script>', content, re.DOTALL)
    assert found is not None
    columns: dict[str, Any] = json.loads(found[1])
    return columns


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("5 to 60 by 5", {"start": 5.0, "stop": 60.0, "step": 5.0}),
        ("5-60/5", {"start": 5.0, "stop": 60.0, "step": 5.0}),
        ("5..9", {"start": 5.0, "stop": 9.0, "step": 1.0}),
        ("20, 50,200", [20.0, 50.0, 200.0]),
        ("20 50", [20.0, 50.0]),
        ("20", 20.0),
    ],
)
def test_ranges_are_read_as_people_write_them(text: str, value: object) -> None:
    field = RangeField("Windows")
    assert field.clean(text) == value
    assert field.clean(field.text(value)) == value


def test_the_form_shows_a_sweep_as_it_was_asked_for(document: SweepDocument) -> None:
    form = SweepForm.showing(document.parameters)
    data = {name: value for name, value in form.initial.items() if value is not None}
    again = SweepForm(data)
    assert again.is_valid(), again.errors
    assert again.parameters == document.parameters


def test_a_question_in_the_address_leads_to_the_sweeps_own_address(reader: Client) -> None:
    response = reader.get("/sweeps/", QUESTION)
    assert response.status_code == HTTPStatus.FOUND
    page = reader.get(response["Location"])
    assert page.status_code == HTTPStatus.OK
    content = page.content.decode()
    shown = find_sweep(response["Location"].strip("/").split("/")[-1])
    assert shown.verdict.sentence in content
    assert 'value="10 to 50 by 10"' in content
    assert "50, 100, 200" in content


def test_a_change_of_the_form_brings_the_result_alone(reader: Client) -> None:
    response = reader.get("/sweeps/", QUESTION, headers=HTMX)
    content = response.content.decode()
    assert "question-form" not in content
    assert response["HX-Push-Url"].startswith("/sweeps/")
    assert columns_in(content)["value"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"fast": "ten"}, "is no number"),
        ({"fast": "20, 1e999999"}, "is no number"),
        ({"fast": "0 to 5"}, "from 1 to 1,000"),
        ({"fast": "300", "slow": "20, 50"}, "No combination"),
        ({"minimum_trades": "-1"}, "from 0 to 10,000"),
        ({"train_bars": "1"}, "from 50 to 10,000"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(reader: Client, change: dict[str, str], words: str) -> None:
    response = reader.get("/sweeps/", {**QUESTION, **change})
    assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert words in response.content.decode()


def test_the_heatmap_shows_every_combination_and_marks_the_best(document: SweepDocument) -> None:
    columns = heatmap_columns(document, choice=3, url="/backtests/?symbol=AAPL")
    assert len(columns.value) == document.verdict.trials
    assert document.best is not None
    assert columns.best is not None
    assert columns.choice is not None
    assert columns.cell[columns.best] == document.best.index
    assert columns.cell[columns.choice] == 3
    for field, cell in enumerate(columns.cell):
        assert columns.value[field] == document.cells.sharpe[cell]
        assert columns.x_axis.values[columns.x[field]] == str(document.cells.fast[cell])  # type: ignore[index]
        assert columns.y_axis.values[columns.y[field]] == str(document.cells.slow[cell])  # type: ignore[index]


def test_a_wide_heatmap_shows_the_best_of_neighbours() -> None:
    ranges: dict[str, Any] = {"fast": {"start": 2, "stop": 200}, "slow": [201, 210]}
    document = run_sweep(SweepParameters.model_validate({"symbol": "AAPL", **ranges}))
    columns = heatmap_columns(document, choice=None, url="")
    assert len(columns.x_axis.values) <= MOST_FIELDS
    shown = [value for value in columns.value if value is not None]
    assert max(shown) == max(value for value in document.cells.sharpe if value is not None)


def test_a_rule_with_one_window_has_a_heatmap_of_one_row() -> None:
    asked = SweepParameters(symbol="AAPL", rule="price_crossover", slow=[20.0, 50.0, 100.0])  # type: ignore[arg-type]
    columns = heatmap_columns(run_sweep(asked), choice=None, url="")
    assert columns.y == [0, 0, 0]
    assert columns.x_axis.values == ["20", "50", "100"]


def test_a_field_opens_exactly_its_backtest(reader: Client, document: SweepDocument) -> None:
    url = cell_address(document, backtest_address(document), {"fast": 20, "slow": 100})
    opened = reader.get(url)
    assert opened.status_code == HTTPStatus.FOUND
    asked = document.parameters.backtest({"fast": 20, "slow": 100})
    assert opened["Location"] == run_backtest(asked).links.page


def test_a_sweep_around_a_backtest_has_it_in_its_middle_and_marks_it(reader: Client) -> None:
    backtest = run_backtest(BacktestParameters(symbol="AAPL", fast=20, slow=50, commission_rate=0.002))
    response = reader.get("/sweeps/", {"around": backtest.id})
    assert response.status_code == HTTPStatus.FOUND
    page = reader.get(response["Location"])
    columns = columns_in(page.content.decode())
    place = columns["choice"]
    chosen = {known["field"]: known["values"][place] for known in columns["parameters"]}
    assert chosen == {"fast": 20, "slow": 50}
    assert "Where you came from" in page.content.decode()
    assert "around=" in reader.get(backtest.links.page).content.decode()


@pytest.mark.parametrize("rule", ["price_crossover", "triple_ma", "macd", "ma_envelope"])
def test_every_rule_can_be_swept_around(rule: str) -> None:
    backtest = BacktestParameters(symbol="AAPL", rule=rule)  # type: ignore[arg-type]
    assert place_of(backtest, run_sweep(around(backtest))) is not None


def test_a_large_sweep_shows_its_job_and_then_the_result(
    reader: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inputs, "QUICK_BARS", 10)
    waiting = reader.get("/sweeps/", QUESTION, headers=HTMX)
    job = Job.objects.get()
    assert f'id="job-{job.pk}"' in waiting.content.decode()
    assert 'hx-trigger="job-ended from:body, job-resumed from:body"' in waiting.content.decode()
    assert "in the background" in reader.get(f"/sweeps/{job.subject}/").content.decode()
    run_job(str(job.pk))
    done = reader.get(f"/sweeps/{job.subject}/", headers=HTMX)
    assert columns_in(done.content.decode())["value"]


def test_the_figures_of_a_slow_verdict_come_first_and_count_as_tried(
    reader: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "LEAST_PREVIEWED", 10)
    first = reader.get("/sweeps/", QUESTION, headers=HTMX)
    figures = columns_in(first.content.decode())
    assert 'aria-busy="true"' in first.content.decode()
    assert "HX-Push-Url" not in first
    assert Trial.objects.filter(symbol="AAPL").count() == len(figures["value"])
    whole = reader.get("/sweeps/", QUESTION, headers={**HTMX, "HX-Trigger": "pending-verdict"})
    assert columns_in(whole.content.decode()) == figures
    shown = find_sweep(whole["HX-Push-Url"].strip("/").split("/")[-1])
    assert shown.verdict.sentence in whole.content.decode()
    assert shown.verdict.sentence in reader.get("/sweeps/", QUESTION, headers=HTMX).content.decode()


def test_a_large_sweep_shows_its_figures_while_it_waits(
    reader: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inputs, "QUICK_BARS", 10)
    waiting = columns_in(reader.get("/sweeps/", QUESTION, headers=HTMX).content.decode())
    job = Job.objects.get()
    run_job(str(job.pk))
    assert columns_in(reader.get(f"/sweeps/{job.subject}/").content.decode()) == waiting


def test_files_hold_the_document_and_every_combination(reader: Client, document: SweepDocument) -> None:
    as_json = reader.get(document.links.json_)
    assert SweepDocument.model_validate_json(as_json.content) == document
    assert "attachment" in as_json["Content-Disposition"]
    table = list(csv.DictReader(io.StringIO(reader.get(document.links.csv).content.decode())))
    assert len(table) == document.verdict.trials
    assert [float(row["sharpe"]) for row in table] == document.cells.sharpe
    assert "middle" not in table[0]


def test_an_unknown_sweep_is_not_found(reader: Client) -> None:
    assert reader.get("/sweeps/00000000000000000000/").status_code == HTTPStatus.NOT_FOUND


def test_a_sweep_without_a_best_combination_says_why(reader: Client) -> None:
    response = reader.get("/sweeps/", {**QUESTION, "minimum_trades": "9000"}, follow=True)
    content = response.content.decode()
    assert response.status_code == HTTPStatus.OK
    assert "fewer than 9,000 trades" in content

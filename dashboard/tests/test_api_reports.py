"""The API hands out the same reports, and describes them."""

import gzip
import json

import pytest
from django.test import Client

from core.documents import published_json
from dashboard.reports.combined import CombinedDocument
from forecasting.forecasts.service import issue_forecast
from forecasting.parameters import ForecastParameters
from strategies.backtests.parameters import BacktestParameters
from strategies.backtests.service import run_backtest
from strategies.models import ParameterSweep
from strategies.sweeps.parameters import SweepParameters
from strategies.sweeps.service import run_sweep

pytestmark = pytest.mark.django_db


def test_a_backtest_prints_the_same_report_as_the_site(reader: Client) -> None:
    document = run_backtest(BacktestParameters(symbol="FB"))
    answer = reader.get(f"/api/v1/backtests/{document.id}/report.pdf")
    assert answer.content == reader.get(document.links.pdf).content
    assert answer.headers["ETag"] == reader.get(document.links.pdf).headers["ETag"]


def test_a_forecast_prints_the_same_report_as_the_site(reader: Client) -> None:
    document = issue_forecast(ForecastParameters(symbol="FB"))
    answer = reader.get(f"/api/v1/forecasts/{document.id}/report.pdf")
    assert answer.content == reader.get(document.links.pdf).content


def test_a_sweep_prints_the_same_report_as_the_site(reader: Client) -> None:
    document = run_sweep(SweepParameters.model_validate({"symbol": "FB", "fast": [5, 10], "slow": [20, 30]}))
    answer = reader.get(f"/api/v1/sweeps/{document.id}/report.pdf")
    assert answer.content.startswith(b"%PDF-")
    assert answer.content == reader.get(document.links.pdf).content


@pytest.mark.parametrize("form", ["/", ".json", ".csv", ".xlsx", ".pdf"])
def test_a_sweep_of_an_earlier_form_is_no_error_of_the_server(reader: Client, form: str) -> None:
    document = run_sweep(SweepParameters.model_validate({"symbol": "FB", "fast": [5, 10], "slow": [20, 30]}))
    old = json.loads(published_json(document))
    del old["cells"]["neighbourhood"]
    ParameterSweep.objects.update(document=gzip.compress(json.dumps(old).encode()), digest="0" * 64)
    answer = reader.get(f"/sweeps/{document.id}{form}")
    assert answer.status_code == 404
    assert "earlier version" in answer.content.decode()


def test_the_combined_report_is_that_of_the_short_address(reader: Client) -> None:
    answer = reader.get("/api/v1/reports/FB.json")
    assert answer.content == reader.get("/report/json/FB/").content
    assert CombinedDocument.model_validate_json(answer.content).symbol == "FB"
    assert reader.get("/api/v1/reports/FB.pdf").content == reader.get("/report/FB/").content


@pytest.mark.parametrize("kind", ["backtests", "forecasts"])
def test_no_proxy_may_keep_what_the_api_answers(reader: Client, kind: str) -> None:
    asked = reader.post(f"/api/v1/{kind}", {"symbol": "FB"}, content_type="application/json")
    fresh = reader.get(asked.headers["Location"])
    again = reader.get(asked.headers["Location"], headers={"if-none-match": fresh.headers["ETag"]})
    assert again.status_code == 304
    for answer in (asked, fresh, again, reader.get("/api/v1/reports/FB.json")):
        assert answer.headers["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize(
    ("url", "status"),
    [
        ("/api/v1/reports/NOPE.json", 404),
        ("/api/v1/reports/NOPE.pdf", 404),
        ("/api/v1/reports/AAPL.json?initial_investment=-1", 422),
        ("/api/v1/backtests/nothing/report.pdf", 404),
        ("/api/v1/forecasts/nothing/report.pdf", 404),
        ("/api/v1/sweeps/nothing/report.pdf", 404),
    ],
)
def test_errors_are_problem_documents(reader: Client, url: str, status: int) -> None:
    answer = reader.get(url)
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["detail"]


def test_the_api_describes_its_reports(reader: Client) -> None:
    paths = json.loads(reader.get("/api/v1/openapi.json").content)["paths"]
    printed = paths["/api/v1/backtests/{backtest_id}/report.pdf"]["get"]["responses"]["200"]
    assert printed["content"].keys() == {"application/pdf"}
    schema = paths["/api/v1/reports/{symbol}.json"]["get"]["responses"]["200"]["content"]["application/json"]
    assert schema["schema"]["$ref"].endswith("CombinedDocument")


def test_an_api_client_without_a_login_is_told_so(visitor: Client) -> None:
    assert visitor.get("/api/v1/reports/AAPL.pdf").status_code == 401

"""Addresses that a person can type lead a browser to the page and give a client the document."""

import json

import pytest
from django.test import Client

from core.documents import published_json
from dashboard.tests.pdf_text import text_of
from forecasting.forecasts.service import issue_forecast
from forecasting.parameters import ForecastParameters
from strategies.backtests.parameters import BacktestParameters
from strategies.backtests.schemas import BacktestDocument
from strategies.backtests.service import run_backtest
from strategies.models import Backtest

pytestmark = pytest.mark.django_db

BROWSER = {"accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
JSON_CLIENT = {"accept": "application/json"}


def test_a_browser_is_sent_to_the_backtest(reader: Client) -> None:
    answer = reader.get("/backtest/aapl/25000/", headers=BROWSER)
    expected = run_backtest(BacktestParameters(symbol="AAPL", initial_investment=25_000))
    assert answer.status_code == 302
    assert answer.headers["Location"] == expected.links.page
    assert "Accept" in answer.headers["Vary"]


def test_a_client_gets_the_backtest_itself(reader: Client) -> None:
    answer = reader.get("/backtest/AAPL/25000.50/", headers=JSON_CLIENT)
    document = BacktestDocument.model_validate_json(answer.content)
    assert answer.status_code == 200
    assert document.parameters == BacktestParameters(symbol="AAPL", initial_investment=25_000.5)
    assert "Accept" in answer.headers["Vary"]


def test_the_forecast_is_that_of_the_next_30_sessions(reader: Client) -> None:
    expected = issue_forecast(ForecastParameters(symbol="MSFT"))
    assert len(expected.points) == 30
    assert reader.get("/predict/msft/", headers=BROWSER).headers["Location"] == expected.links.page
    assert reader.get("/predict/msft/", headers=JSON_CLIENT).content == published_json(expected)


def test_the_report_is_a_pdf_to_look_at(reader: Client) -> None:
    answer = reader.get("/report/fb/", headers=BROWSER)
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"] == 'inline; filename="hindcast-FB-report-2013-03-01.pdf"'
    assert "Facebook, Inc. (FB)" in text_of(answer.content)


def test_the_report_as_json_has_backtest_forecast_and_look_back(reader: Client) -> None:
    report = json.loads(reader.get("/report/json/ibm/", headers={"accept": "*/*"}).content)
    assert report["schema"] == "hindcast.report"
    assert report["symbol"] == "IBM"
    assert report["backtest"]["parameters"]["initial_investment"] == 10_000
    assert report["forecast"]["issued_on"] == "2013-03-01"
    assert all(point["actual"] for point in report["look_back"]["points"])


def test_the_report_takes_another_amount(reader: Client) -> None:
    url = "/report/json/IBM/?initial_investment=500"
    report = json.loads(reader.get(url).content)
    assert report["backtest"]["parameters"]["initial_investment"] == 500
    assert report["links"]["json"] == url


def test_the_page_that_a_report_names_shows_the_same_amount(reader: Client) -> None:
    report = json.loads(reader.get("/report/json/IBM/?initial_investment=5000").content)
    page = reader.get(report["links"]["page"]).content.decode()
    assert report["backtest"]["links"]["page"] in page
    assert report["backtest"]["summary"] in page
    assert report["links"]["pdf"] in page


def test_what_has_been_asked_before_is_not_sent_again(reader: Client) -> None:
    etag = reader.get("/report/json/IBM/").headers["ETag"]
    assert reader.get("/report/json/IBM/", headers={"if-none-match": etag}).status_code == 304


UNKNOWN = ["NOPE", "$$$", "A" * 40, "%3Cscript%3E"]
ADDRESSES = ["/backtest/{}/10000/", "/predict/{}/", "/report/{}/", "/report/json/{}/"]


@pytest.mark.parametrize("symbol", UNKNOWN)
@pytest.mark.parametrize("url", ADDRESSES)
def test_an_unknown_symbol_leads_nowhere_and_says_so(reader: Client, url: str, symbol: str) -> None:
    page = reader.get(url.format(symbol), headers=BROWSER)
    assert page.status_code == 404
    assert page.headers["Content-Type"].startswith("text/html")
    assert "<script>" not in page.content.decode().partition("<main")[2]
    problem = reader.get(url.format(symbol), headers=JSON_CLIENT)
    assert problem.status_code == 404
    assert problem.headers["Content-Type"] == "application/problem+json"
    assert "symbol" in problem.json()["detail"] or "No bars of NOPE" in problem.json()["detail"]


@pytest.mark.parametrize("amount", ["-5", "0", "many", "nan", "inf", "-inf", "1e999", "1e13", "10,000"])
def test_what_is_no_amount_is_refused_and_nothing_is_stored(reader: Client, amount: str) -> None:
    for url in (f"/backtest/AAPL/{amount}/", f"/report/json/AAPL/?initial_investment={amount}"):
        problem = reader.get(url, headers=JSON_CLIENT)
        assert problem.status_code == 422
        assert problem.headers["Content-Type"] == "application/problem+json"
        assert problem.json()["errors"][0]["field"] == "initial_investment"
        page = reader.get(url, headers=BROWSER)
        assert page.status_code == 422
        assert "amount of money" in page.content.decode()
    assert not Backtest.objects.exists()


def test_a_client_of_the_json_report_gets_its_errors_as_json_without_asking(reader: Client) -> None:
    answer = reader.get("/report/json/NOPE/", headers={"accept": "*/*"})
    assert answer.headers["Content-Type"] == "application/problem+json"

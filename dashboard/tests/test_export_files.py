"""Results as files: the same bytes as the API, telling names, no needless transfer, safe tables."""

import json

import pytest
from django.test import Client
from django.urls import resolve
from pydantic import BaseModel

from core.documents import published_json
from dashboard.downloads.spreadsheets import csv_of, table_of
from dashboard.metrics import METRICS
from dashboard.tests.html import markup_of
from dashboard.tests.pdf_text import pdf, rows_of, text_of
from forecasting.forecasts.service import issue_forecast
from forecasting.parameters import ForecastParameters
from forecasting.schemas import ForecastDocument
from strategies.backtests.parameters import BacktestParameters
from strategies.backtests.schemas import BacktestDocument
from strategies.backtests.service import run_backtest

pytestmark = pytest.mark.django_db

BACKTEST_NAME = "hindcast-IBM-ema-10-30-2005-01-03-2008-12-31"


@pytest.fixture
def backtest() -> BacktestDocument:
    asked = {
        "symbol": "IBM",
        "average": "exponential",
        "fast": 10,
        "slow": 30,
        "start": "2005-01-01",
        "end": "2008-12-31",
    }
    return run_backtest(BacktestParameters.model_validate(asked))


@pytest.fixture
def forecast() -> ForecastDocument:
    return issue_forecast(ForecastParameters.model_validate({"symbol": "IBM", "as_of": "2012-06-01"}))


def test_the_json_file_is_what_the_api_answers(backtest: BacktestDocument, reader: Client) -> None:
    answer = reader.get(backtest.links.json_)
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{BACKTEST_NAME}.json"'
    assert answer.content == reader.get(f"/api/v1/backtests/{backtest.id}").content
    assert BacktestDocument.model_validate_json(answer.content) == backtest


def test_the_forecast_file_is_what_the_api_answers(forecast: ForecastDocument, reader: Client) -> None:
    answer = reader.get(forecast.links.json_)
    name = "hindcast-IBM-forecast-30-sessions-2012-06-01.json"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    assert answer.content == reader.get(f"/api/v1/forecasts/{forecast.id}").content


def test_keys_are_sorted_at_every_level_and_undefined_is_null(backtest: BacktestDocument) -> None:
    def unsorted(value: object) -> object:
        raise AssertionError(value)

    text = published_json(backtest).decode()
    published = json.loads(text, parse_constant=unsorted)
    assert json.dumps(published, sort_keys=True, ensure_ascii=False, separators=(",", ":")) + "\n" == text
    assert published["generated_at"].endswith("Z")
    assert published["period"]["start"] == "2005-01-03"


def test_file_and_report_show_the_same_figures(backtest: BacktestDocument, reader: Client) -> None:
    published = json.loads(reader.get(backtest.links.json_).content)
    answer = reader.get(backtest.links.pdf)
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{BACKTEST_NAME}.pdf"'
    text = text_of(answer.content)
    for metric in METRICS:
        assert " ".join(metric.text(published["metrics"][metric.key], "USD").split()) in text


def test_the_report_links_back_to_the_site_that_printed_it(
    forecast: ForecastDocument, reader: Client
) -> None:
    answer = reader.get(forecast.links.pdf, headers={"host": "localhost"})
    assert f"http://localhost/forecasts/{forecast.id}/" in text_of(answer.content)
    assert pdf(answer.content).attachments.keys() == {"hindcast-IBM-forecast-30-sessions-2012-06-01.json"}


@pytest.mark.parametrize("suffix", ["json", "pdf", "csv"])
def test_a_copy_that_is_still_right_is_not_sent_again(
    backtest: BacktestDocument, reader: Client, suffix: str
) -> None:
    url = f"/backtests/{backtest.id}.{suffix}"
    etag = reader.get(url).headers["ETag"]
    assert not etag.startswith("W/")
    again = reader.get(url, headers={"if-none-match": etag})
    assert again.status_code == 304
    assert again.content == b""
    assert again.headers["ETag"] == etag
    assert again.headers["Cache-Control"] == "private, no-cache"
    assert "Content-Disposition" not in again.headers
    assert reader.get(url, headers={"if-none-match": '"another"'}).status_code == 200


def test_the_trades_keep_every_digit(backtest: BacktestDocument, reader: Client) -> None:
    answer = reader.get(backtest.links.trades_csv)
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{BACKTEST_NAME}.csv"'
    rows = rows_of(answer.content)
    published = json.loads(published_json(backtest))["trades"]
    assert len(rows) == len(published) > 0
    for row, trade in zip(rows, published, strict=True):
        assert row.keys() == trade.keys()
        assert float(row["pnl"]) == trade["pnl"]
        assert float(row["return"]) == trade["return"]
        assert row["entry_date"] == trade["entry_date"]
        assert row["open"] == str(trade["open"]).lower()


def test_every_file_of_a_forecast_has_its_button_on_the_page(
    forecast: ForecastDocument, reader: Client
) -> None:
    page = markup_of(reader.get(forecast.links.page))
    for suffix in ("pdf", "json", "csv"):
        assert page.all("a", href=f"/forecasts/{forecast.id}.{suffix}")


def test_the_points_of_a_forecast_are_a_table(forecast: ForecastDocument, reader: Client) -> None:
    rows = rows_of(reader.get(f"/forecasts/{forecast.id}.csv").content)
    assert [row["date"] for row in rows] == [str(point.date) for point in forecast.points]
    assert [float(row["actual"]) for row in rows] == [point.actual for point in forecast.points]


def test_text_that_a_spreadsheet_would_run_is_defused_and_numbers_stay_numbers() -> None:
    class Row(BaseModel):
        text: str
        amount: float
        undefined: float | None

    hostile = ["=HYPERLINK(A1)", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", 'plain, "quoted"']
    made = [Row(text=text, amount=-1.5, undefined=None) for text in hostile]
    table = csv_of(table_of("hostile", Row, made))
    rows = rows_of(table)
    assert [row["text"] for row in rows] == [*(f"'{text}" for text in hostile[:-1]), hostile[-1]]
    assert {(row["amount"], row["undefined"]) for row in rows} == {("-1.5", "")}


@pytest.mark.parametrize("suffix", ["json", "pdf", "csv"])
@pytest.mark.parametrize("kind", ["backtests", "forecasts"])
def test_an_unknown_id_leads_nowhere(reader: Client, kind: str, suffix: str) -> None:
    answer = reader.get(f"/{kind}/{'0' * 20}.{suffix}", headers={"accept": "text/html"})
    assert answer.status_code == 404
    assert answer.headers["Content-Type"].startswith("text/html")


def test_a_client_of_the_json_gets_its_errors_as_json_too(reader: Client) -> None:
    answer = reader.get(f"/backtests/{'0' * 20}.json", headers={"accept": "*/*"})
    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert "no backtest with this id" in answer.json()["detail"]


def test_a_page_and_its_files_have_addresses_of_their_own(backtest: BacktestDocument) -> None:
    links = backtest.links
    names = [resolve(link).url_name for link in (links.page, links.json_, links.pdf, links.trades_csv)]
    assert names == ["backtest", "backtest_json", "backtest_pdf", "backtest_csv"]


def test_files_need_a_login(backtest: BacktestDocument, visitor: Client) -> None:
    answer = visitor.get(backtest.links.pdf)
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/login/")

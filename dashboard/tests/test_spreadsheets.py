"""Tables as files: every figure of the document, dates as dates, and nothing that a spreadsheet would run."""

import io
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook

from dashboard.downloads.spreadsheets import Table, columns_of, workbook_of
from dashboard.tests.pdf_text import rows_of
from forecasting.forecasts.service import issue_forecast
from forecasting.parameters import ForecastParameters
from forecasting.schemas import ForecastDocument
from strategies.backtests.parameters import BacktestParameters
from strategies.backtests.schemas import BacktestDocument
from strategies.backtests.service import run_backtest

NOW = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)


@pytest.fixture
def backtest(db: None) -> BacktestDocument:
    asked = {"symbol": "IBM", "start": "2009-01-01", "fast": 10, "slow": 30, "compare_with": "MSFT"}
    return run_backtest(BacktestParameters.model_validate(asked))


@pytest.fixture
def forecast(db: None) -> ForecastDocument:
    return issue_forecast(ForecastParameters.model_validate({"symbol": "IBM", "as_of": "2012-06-01"}))


def sheets(content: bytes) -> dict[str, list[dict[str, Any]]]:
    book = load_workbook(io.BytesIO(content))
    found = {}
    for sheet in book.worksheets:
        headings, *rows = sheet.iter_rows(values_only=True)
        found[sheet.title] = [dict(zip(map(str, headings), row, strict=True)) for row in rows]
    return found


def test_a_workbook_holds_every_table_of_a_backtest(backtest: BacktestDocument, reader: Client) -> None:
    answer = reader.get(f"/backtests/{backtest.id}.xlsx")
    assert answer.headers["Content-Disposition"].endswith('.xlsx"')
    found = sheets(answer.content)
    assert found.keys() == {"trades", "figures", "equity", "bars", "drawdowns"}
    figures = {row["key"]: row for row in found["figures"]}
    for key, value in backtest.metrics:
        assert figures[key]["strategy"] == value
    series = backtest.series
    assert [row["date"].date() for row in found["equity"]] == series.dates
    assert [row["equity"] for row in found["equity"]] == pytest.approx(series.equity, rel=1e-14)
    assert [row["rolling_sharpe"] for row in found["equity"]] == series.rolling_sharpe
    assert [row["close"] for row in found["bars"]] == series.close
    assert [row["fast"] for row in found["bars"]] == series.indicators[0].values
    assert [row["return"] for row in found["trades"]] == [trade.return_ for trade in backtest.trades]
    assert [row["open"] for row in found["trades"]] == [trade.open for trade in backtest.trades]
    assert len(found["drawdowns"]) == len(backtest.drawdowns)


def test_a_workbook_holds_every_table_of_a_forecast(forecast: ForecastDocument, reader: Client) -> None:
    found = sheets(reader.get(f"/forecasts/{forecast.id}.xlsx").content)
    assert found.keys() == {"points", "scorecard", "past", "history"}
    assert [row["median"] for row in found["points"]] == [point.median for point in forecast.points]
    assert [row["actual"] for row in found["past"]] == [item.actual for item in forecast.scorecard.past]


@pytest.mark.parametrize("table", ["equity", "bars", "figures", "drawdowns"])
def test_each_table_is_a_csv_file_too(backtest: BacktestDocument, reader: Client, table: str) -> None:
    answer = reader.get(f"/backtests/{backtest.id}.csv", {"table": table})
    assert f"-{table}.csv" in answer.headers["Content-Disposition"]
    rows, sheet = rows_of(answer.content), sheets(reader.get(f"/backtests/{backtest.id}.xlsx").content)[table]
    assert len(rows) == len(sheet) > 0
    assert rows[0].keys() == sheet[0].keys()
    again = reader.get(
        f"/backtests/{backtest.id}.csv", {"table": table}, headers={"if-none-match": answer.headers["ETag"]}
    )
    assert again.status_code == 304


def test_a_table_that_there_is_not_is_refused_in_words(backtest: BacktestDocument, reader: Client) -> None:
    answer = reader.get(f"/backtests/{backtest.id}.csv?table=nothing", headers={"accept": "application/json"})
    assert answer.status_code == 422
    assert "trades, figures, equity, bars, drawdowns" in answer.json()["detail"]


def test_text_that_looks_like_a_formula_or_a_link_stays_text() -> None:
    hostile = ["=1+1", "@SUM(A1)", "+1", "-1", "http://evil.test", "{=1}"]
    content = workbook_of([columns_of("hostile", {"text": hostile})], title="x", created=NOW)
    cells = load_workbook(io.BytesIO(content))["hostile"]["A"][1:]
    assert [(cell.value, cell.data_type, cell.hyperlink) for cell in cells] == [
        (text, "s", None) for text in hostile
    ]


def test_equal_tables_are_equal_bytes_and_dates_are_dates() -> None:
    def made() -> bytes:
        rows = [(date(2013, 3, 1), 1.5, True, None, "x")]
        table = Table(name="one", headings=["date", "number", "flag", "undefined", "text"], rows=rows)
        return workbook_of([table], title="x", created=NOW)

    assert made() == made()
    (row,) = sheets(made())["one"]
    assert row == {"date": datetime(2013, 3, 1), "number": 1.5, "flag": True, "undefined": None, "text": "x"}  # noqa: DTZ001

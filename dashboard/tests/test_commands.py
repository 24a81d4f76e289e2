"""Reports, comparisons and lists of results on the command line."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from core.command_line.command import ExitCode
from dashboard.metrics import METRICS
from strategies.backtests.parameters import BacktestParameters
from strategies.backtests.schemas import BacktestDocument
from strategies.backtests.service import run_backtest

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> str:
    output = StringIO()
    call_command(*arguments, stdout=output)
    return output.getvalue()


def a_backtest(slow: int = 50) -> BacktestDocument:
    return run_backtest(BacktestParameters(symbol="AAPL", slow=slow))


def test_a_stored_result_is_written_in_each_form(tmp_path: Path) -> None:
    document = a_backtest()
    for form, start in (("pdf", b"%PDF-"), ("json", b"{"), ("csv", b"entry_date"), ("xlsx", b"PK")):
        file = tmp_path / f"run.{form}"
        told = json.loads(run("report", document.id, "--form", form, "--output", str(file)))
        content = file.read_bytes()
        assert told == {"file": str(file), "bytes": len(content)}
        assert start in content[:20]


def test_another_table_of_a_csv_file_can_be_chosen(tmp_path: Path) -> None:
    file = tmp_path / "equity.csv"
    run("report", a_backtest().id, "--form", "csv", "--table", "equity", "--output", str(file))
    assert "benchmark_equity" in file.read_text()
    with pytest.raises(CommandError, match="table: There is no table of this name"):
        run("report", a_backtest().id, "--form", "csv", "--table", "none", "--output", str(file))


def test_the_report_of_a_symbol_names_its_parts(tmp_path: Path) -> None:
    file = tmp_path / "report.json"
    backtest = a_backtest(slow=100)
    run("report", "AAPL", "--form", "json", "--backtest", backtest.id, "--output", str(file))
    assert json.loads(file.read_bytes())["backtest"]["id"] == backtest.id
    with pytest.raises(CommandError, match="form: A combined report is a PDF or a JSON file"):
        run("report", "AAPL", "--form", "csv", "--output", str(file))


def test_an_unknown_id_is_not_found() -> None:
    with pytest.raises(CommandError) as raised:
        run("report", "0" * 20)
    assert raised.value.returncode == ExitCode.NOT_FOUND


def test_a_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="output: The file cannot be written"):
        run("report", a_backtest().id, "--form", "json", "--output", str(tmp_path / "no" / "such.json"))


def test_runs_are_compared_as_on_the_page() -> None:
    first, second = a_backtest(), a_backtest(slow=100)
    document = json.loads(run("compare", first.id, second.id))
    assert [each["metrics"]["sharpe"] for each in document["runs"]] == [
        first.metrics.sharpe,
        second.metrics.sharpe,
    ]
    assert document["is_like_with_like"]
    text = run("compare", first.id, second.id, "--text")
    assert "Asked differently" in text
    for metric in METRICS:
        assert metric.label in text


def test_results_are_listed_newest_first() -> None:
    first, second = a_backtest(), a_backtest(slow=100)
    listed = json.loads(run("results", "--symbol", "aapl"))
    assert [each["id"] for each in listed] == [second.id, first.id]
    assert json.loads(run("results", "--kind", "sweep")) == []


def test_instruments_are_listed_with_their_extent() -> None:
    (stored,) = json.loads(run("instruments", "aapl"))
    assert stored["symbol"] == "AAPL"
    assert "AAPL" in run("instruments", "--text")

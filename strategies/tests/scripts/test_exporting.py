"""Backtests as scripts of other tools."""

import ast
import json
from io import StringIO
from pathlib import Path

import pandas as pd
import pytest
from django.core.management import CommandError, call_command

from strategies.backtests.parameters import BacktestParameters
from strategies.backtests.schemas import BacktestDocument
from strategies.backtests.service import run_backtest

pytestmark = pytest.mark.django_db


def export(document: BacktestDocument, tool: str, path: Path) -> list[str]:
    output = StringIO()
    call_command("export_script", document.id, "--tool", tool, "--output", str(path), stdout=output)
    files: list[str] = json.loads(output.getvalue())["files"]
    return files


def run(**asked: object) -> BacktestDocument:
    return run_backtest(BacktestParameters.model_validate({"symbol": "AAPL", **asked}))


@pytest.mark.parametrize("tool", ["vectorbt", "backtesting"])
def test_a_script_has_the_trades_the_bars_and_the_parameters(tool: str, tmp_path: Path) -> None:
    document = run(fast=10, slow=40, start="2005-01-03")
    script, bars = export(document, tool, tmp_path / "run.py")
    tree = ast.parse(Path(script).read_text())
    (trades,) = (
        ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "TRADES"
    )
    assert [entry for entry, _ in trades] == [str(trade.entry_date) for trade in document.trades]
    table = pd.read_csv(bars, index_col="date", parse_dates=True)
    assert len(table) > document.period.bars
    assert table["Close"].iloc[-1] == pytest.approx(document.series.close[-1], abs=1e-6)


def signals_of(script: Path) -> tuple[list[str], list[str]]:
    """Return the days of crossings, as the script's own part in front of the tool's computes them."""
    text = script.read_text().partition("\nimport vectorbt")[0]
    names: dict[str, object] = {"__file__": str(script), "__name__": "script"}
    exec(compile(text, str(script), "exec"), names)  # noqa: S102 - our own script
    found = [names["entries"], names["exits"]]
    days = [[str(day.date()) for day in each.index[each]] for each in found if isinstance(each, pd.Series)]
    return days[0], days[1]


@pytest.mark.parametrize("windows", [(5, 20), (20, 50), (50, 200)])
@pytest.mark.parametrize("symbol", ["AAPL", "IBM"])
def test_the_scripts_crossings_come_a_bar_before_the_fills(
    symbol: str, windows: tuple[int, int], tmp_path: Path
) -> None:
    document = run(symbol=symbol, fast=windows[0], slow=windows[1], start="2004-06-01")
    export(document, "vectorbt", tmp_path / "run.py")
    entries, _ = signals_of(tmp_path / "run.py")
    dates = [str(day) for day in document.series.dates]
    fills = [dates[dates.index(day) + 1] for day in entries if day != dates[-1]]
    assert fills == [str(trade.entry_date) for trade in document.trades]


def test_pine_script_says_that_it_is_unverified(tmp_path: Path) -> None:
    (script,) = export(run(fast=10, slow=40), "pine", tmp_path / "run.pine")
    text = Path(script).read_text()
    assert "Unverified" in text
    assert "ta.sma(close, 40)" in text


@pytest.mark.parametrize(
    ("name", "value"),
    [("stop_loss", 0.1), ("average", "exponential"), ("direction", "long_short"), ("slippage_bps", 5)],
)
def test_what_scripts_cannot_express_is_refused_by_name(name: str, value: object, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=f"{name}: "):
        export(run(**{name: value}), "vectorbt", tmp_path / "run.py")

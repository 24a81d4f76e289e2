"""Results of other tools: recognised, measured, reconciled with stored bars, and judged."""

import json
from io import StringIO
from math import sqrt
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from django.core.management import CommandError, call_command

from core.errors import InvalidInput
from ingestion.bars import Adjustment, load_bars
from strategies.backtests.parameters import BacktestParameters
from strategies.backtests.service import run_backtest
from strategies.external.schemas import ExternalDocument, ExternalParameters
from strategies.external.service import judge_external

BACKTESTING = """,Size,EntryBar,ExitBar,EntryPrice,ExitPrice,SL,TP,PnL,ReturnPct,EntryTime,ExitTime,Duration,Tag
0,100,1,30,10.0,12.0,,,200.0,0.2,2012-01-04,2012-02-15,42 days,
1,-50,40,60,12.0,13.0,,,-50.0,-0.083,2012-03-01,2012-03-29,28 days,
"""
VECTORBT = """Exit Trade Id,Column,Size,Entry Timestamp,Avg Entry Price,Entry Fees,Exit Timestamp,Avg Exit Price,Exit Fees,PnL,Return,Direction,Status,Position Id
0,0,100.0,2012-01-04,10.0,0.0,2012-02-15,12.0,0.0,200.0,0.2,Long,Closed,0
1,0,50.0,2012-03-01,12.0,0.0,2012-03-29,13.0,0.0,-50.0,-0.083,Short,Closed,1
"""
QUANTCONNECT = """Entry Time,Symbols,Exit Time,Direction,Entry Price,Exit Price,Quantity,P&L,Fees,Drawdown,IsWin
2012-01-04T14:31:00Z,AAPL,2012-02-15T20:00:00Z,Buy,$10.00,$12.00,100,$200.00,$0.00,0,1
2012-03-01T14:31:00Z,AAPL,2012-03-29T20:00:00Z,Sell,$12.00,$13.00,50,-$50.00,$0.00,50,0
"""
TRADINGVIEW = """Trade #,Type,Signal,Date/Time,Price USD,Contracts,Profit USD,Profit %,Cumulative profit USD
1,Exit Long,Sell,2012-02-15 00:00,12,100,200,20,200
1,Entry Long,Buy,2012-01-04 00:00,10,100,200,20,200
2,Exit Short,Cover,2012-03-29 00:00,13,50,-50,-8.3,150
2,Entry Short,Short,2012-03-01 00:00,12,50,-50,-8.3,150
"""
FREQTRADE = """pair,stake_amount,amount,open_date,close_date,open_rate,close_rate,fee_open,profit_ratio,profit_abs,is_short
X/USDT,1000,100,2012-01-04 00:00:00+00:00,2012-02-15 00:00:00+00:00,10,12,0,0.2,200,False
X/USDT,600,50,2012-03-01 00:00:00+00:00,2012-03-29 00:00:00+00:00,12,13,0,-0.083,-50,True
"""
TABLES = {
    "backtesting.py": BACKTESTING,
    "vectorbt": VECTORBT,
    "QuantConnect": QUANTCONNECT,
    "TradingView": TRADINGVIEW,
    "freqtrade": FREQTRADE,
}


def judged(text: str, **known: object) -> ExternalDocument:
    return judge_external(text.encode(), ExternalParameters.model_validate(known))


def returns_table(*columns: np.ndarray, days: int = 500) -> str:
    index = pd.bdate_range("2010-01-04", periods=days, name="date")
    return pd.DataFrame({f"trial {n}": column for n, column in enumerate(columns)}, index=index).to_csv()


@pytest.mark.parametrize("tool", TABLES)
def test_trades_of_each_tool_give_the_same_result(tool: str) -> None:
    document = judged(TABLES[tool])
    assert document.tool == tool
    assert document.holds == "trades"
    assert (document.start.isoformat(), document.end.isoformat()) == ("2012-01-04", "2012-03-29")
    assert document.metrics.total_return == pytest.approx(0.015)
    assert document.trade_metrics is not None
    assert document.trade_metrics.profit_factor == 4
    assert document.trade_metrics.win_rate == 0.5


def test_returns_have_the_figures_that_define_them() -> None:
    values = np.random.default_rng(3).normal(0.001, 0.01, 500)
    document = judged(returns_table(values), values="returns")
    assert document.metrics.total_return == pytest.approx(np.prod(1 + values) - 1)
    assert document.metrics.sharpe == pytest.approx(values.mean() / values.std(ddof=1) * sqrt(252))


def test_more_declared_trials_leave_less_of_a_result() -> None:
    values = np.random.default_rng(3).normal(0.001, 0.01, 500)
    shares = [
        judged(returns_table(values), values="returns", trials=trials).verdict.deflated_sharpe
        for trials in (1, 10, 1_000)
    ]
    assert shares == sorted((share for share in shares if share is not None), reverse=True)
    assert shares[0] != shares[2]


def test_the_best_of_many_columns_without_skill_is_no_evidence() -> None:
    draws = np.random.default_rng(7).normal(0.0, 0.01, (60, 500))
    document = judged(returns_table(*draws), values="returns")
    best = int(np.argmax(draws.mean(axis=1) / draws.std(axis=1, ddof=1)))
    assert document.best == f"trial {best}"
    assert document.verdict.trials == 60
    assert document.verdict.headline == "none"


@pytest.mark.django_db
def test_our_own_trades_agree_with_our_own_bars_and_equity() -> None:
    run = run_backtest(BacktestParameters(symbol="AAPL", fast=20, slow=50, commission_rate=0))
    table = pd.DataFrame([trade.model_dump(mode="json", by_alias=True) for trade in run.trades]).to_csv()
    document = judged(table, symbol="AAPL")
    assert document.tool == "Hindcast"
    assert document.reconciliation is not None
    assert document.reconciliation.outside == document.reconciliation.without_bar == 0
    assert document.metrics.total_return == pytest.approx(run.metrics.total_return, rel=1e-4)
    assert document.metrics.max_drawdown == pytest.approx(run.metrics.max_drawdown, abs=0.01)


@pytest.mark.django_db
def test_fills_that_cannot_have_been_are_counted() -> None:
    bars = load_bars("AAPL", adjustment=Adjustment.SPLITS)
    days = [str(day) for day in bars.dates[-60:]]
    rows = [f"{days[0]},{days[10]},{bars.close[-60]},{2 * bars.high[-50]},1,5,long"]
    rows.append(f"{days[20]},2013-02-10,{bars.close[-40]},1,1,5,long")
    header = "entry_date,exit_date,entry_price,exit_price,size,pnl,direction"
    document = judged("\n".join([header, *rows]), symbol="AAPL")
    found = document.reconciliation
    assert found is not None
    assert (found.fills, found.outside, found.without_bar) == (4, 1, 1)
    assert "1 of 4 fills lie outside" in found.sentence


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no table"),
        ("a,b\n1,2\n", "no day|no column|There is no column"),
        ("date,equity\n2010-01-04,x\n", "Row 1: the column equity holds no number"),
        ("date,equity\n2010-01-04,-5\n2010-01-05,5\n", "above zero"),
        ("date,equity\n01/02/2010,5\n02/03/2010,6\n", "day or with the month first"),
        ("date,equity\n2010-01-04,5\n2010-01-05,6\n", "too few|two days"),
        ("entry_date,exit_date,pnl\n2010-02-01,2010-01-01,5\n", "exit lies before the entry"),
        ("entry_date,exit_date\n2010-02-01,2010-03-01\n", "no column for pnl"),
        ("entry_date,exit_date,pnl\n2010-01-01,2010-03-01,-50000\n", "lose more than the initial"),
    ],
)
def test_what_cannot_be_judged_is_refused_with_the_reason(text: str, words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        judged(text)


def test_the_command_prints_verdict_and_document(tmp_path: Path) -> None:
    file = tmp_path / "trades.csv"
    file.write_text(BACKTESTING)
    output = StringIO()
    call_command("judge_result", str(file), "--trials", "50", stdout=output)
    document = json.loads(output.getvalue())
    assert document["verdict"]["trials"] == 50
    output = StringIO()
    call_command("judge_result", str(file), "--trials", "50", "--text", stdout=output)
    assert document["verdict"]["sentence"] in output.getvalue()
    with pytest.raises(CommandError, match="trials: "):
        call_command("judge_result", str(file), "--trials", "0")
    with pytest.raises(CommandError, match="file: The file cannot be read"):
        call_command("judge_result", str(tmp_path / "none.csv"))

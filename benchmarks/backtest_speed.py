"""Measure one backtest, warm: rule, orders, money, every figure and series, beside buy and hold.

    python benchmarks/backtest_speed.py

Bars are the last 2,518 of AAPL in the sample. Each figure is the median of many runs, in milliseconds
of one core; neither loading the bars nor storing the document is in it.
"""

import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import numpy as np
from bokeh_sampledata.stocks import AAPL

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from strategies.engine.account import Account
from strategies.engine.backtest import Strategy, backtest
from strategies.engine.enums import Average, Entry, Fill, Rule
from strategies.engine.parameters import RuleParameters
from strategies.engine.prices import Prices

BARS = 2_518
RUNS = 300


def adjusted_prices() -> Prices:
    """Return the bars, every column multiplied by adjusted close over close."""
    columns = cast("dict[str, Any]", AAPL)
    factor = np.array(columns["adj_close"]) / np.array(columns["close"])
    adjusted = {name: np.array(columns[name]) * factor for name in ("open", "high", "low", "close")}
    return Prices(dates=np.array(columns["date"], dtype="datetime64[D]"), **adjusted).since(-BARS)


def strategy(average: Average, fast: int, slow: int) -> Strategy:
    """Return a crossover with 10,000 in cash and 0.1 % commission a side."""
    return Strategy(
        rule=Rule.MA_CROSSOVER,
        rule_parameters=RuleParameters(average=average, fast=fast, slow=slow),
        entry=Entry.ON_CROSS,
        fill=Fill.NEXT_OPEN,
        account=Account(
            initial_cash=10_000,
            position_size=1.0,
            fractional_shares=True,
            commission_rate=0.001,
            commission_fixed=0,
            slippage=0,
        ),
    )


def milliseconds(work: Callable[[], object]) -> float:
    """Return the median duration of `work`."""
    durations = []
    for _ in range(RUNS):
        begin = time.process_time()
        work()
        durations.append(time.process_time() - begin)
    return 1000 * statistics.median(durations)


def main() -> None:
    """Print a line for each kind of average and number of trades."""
    prices = adjusted_prices()
    for average in (Average.SIMPLE, Average.EXPONENTIAL):
        for fast, slow in ((50, 200), (20, 50), (1, 2)):
            asked = strategy(average, fast, slow)
            result = backtest(prices, asked, first=0, risk_free_rate=0)
            taken = milliseconds(lambda asked=asked: backtest(prices, asked, first=0, risk_free_rate=0))
            trades = len(result.strategy.simulation.trades)
            sys.stdout.write(f"{average.value:12} {fast:3} {slow:4} {trades:5} trades {taken:7.2f} ms\n")


if __name__ == "__main__":
    main()

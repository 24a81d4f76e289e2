"""Figures on real prices, pinned: the last 2,518 bars of AAPL, 10,000 in cash, 0.1 % a side.

The prices are those of the sample package with every column multiplied by its adjusted close over
its close. Other engines were run on the same series; these are the final equities they agree on.
"""

from typing import Any, cast

import numpy as np
import pytest
from bokeh_sampledata.stocks import AAPL

from strategies.engine.backtest import Result, backtest
from strategies.engine.enums import Entry
from strategies.engine.prices import Prices
from strategies.tests.engine.factories import make_strategy

BARS = 2_518


@pytest.fixture(scope="module")
def prices() -> Prices:
    columns = cast("dict[str, Any]", AAPL)
    factor = np.array(columns["adj_close"]) / np.array(columns["close"])
    adjusted = {name: np.array(columns[name]) * factor for name in ("open", "high", "low", "close")}
    return Prices(dates=np.array(columns["date"], dtype="datetime64[D]"), **adjusted).since(-BARS)


def run(prices: Prices, entry: Entry, fast: int = 50, slow: int = 200) -> Result:
    strategy = make_strategy(fast=fast, slow=slow, entry=entry, commission_rate=0.001)
    return backtest(prices, strategy, first=0, risk_free_rate=0)


def test_only_fresh_crosses_end_at_48_389(prices: Prices) -> None:
    metrics = run(prices, Entry.ON_CROSS).strategy.metrics
    assert metrics.final_equity == pytest.approx(48_389.0692288, abs=1e-6)
    assert metrics.trades == 3


def test_entering_the_state_that_holds_ends_at_261_574(prices: Prices) -> None:
    metrics = run(prices, Entry.ON_STATE).strategy.metrics
    assert metrics.final_equity == pytest.approx(261_574.4037524, abs=1e-6)
    assert metrics.trades == 4


def test_figures_of_20_and_50_bars_are_those_of_the_standard_formulas(prices: Prices) -> None:
    """Sharpe as empyrical and quantstats have it, growth with 252 bars a year, profit factor in money."""
    metrics = run(prices, Entry.ON_CROSS, fast=20, slow=50).strategy.metrics
    assert metrics.trades == 23
    assert metrics.sharpe == pytest.approx(1.238, abs=5e-4)
    assert metrics.cagr == pytest.approx(0.357, abs=5e-4)
    assert metrics.profit_factor == pytest.approx(3.84, abs=5e-3)


def test_buy_and_hold_is_the_first_open_to_the_last_close_less_one_commission(prices: Prices) -> None:
    held = run(prices, Entry.ON_CROSS).benchmark
    expected = 10_000 / 1.001 / prices.open[0] * prices.close[-1]
    assert held.metrics.final_equity == pytest.approx(expected, rel=1e-12)
    assert held.metrics.total_costs == pytest.approx(10_000 - 10_000 / 1.001)
    assert held.metrics.exposure == 1

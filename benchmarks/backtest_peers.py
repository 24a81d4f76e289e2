"""Compare the engine with vectorbt, backtesting.py, empyrical and quantstats: results first, then speed.

    python benchmarks/backtest_peers.py

Those packages live in an environment of their own, which benchmarks/peers/run makes and runs this in.
Each peer is asked for the same thing: long only, fills at the next open, sized at the fill with 0.1 %
commission a side, parts of a share, the same signals. What is compared is the final equity and the entry
and exit bars of every trade, on AAPL's last 2,518 bars and on random walks, and the figures of each curve.

Signals are ours on purpose: the peers' own averages sign ties wrongly or lose a cross over an equal bar
(docs/methods/backtesting.md), which would hide any difference in the bookkeeping.
"""

import os
import statistics
import sys
import time
import warnings
from collections.abc import Callable
from contextlib import redirect_stderr
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from io import StringIO
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.backtest_speed import adjusted_prices, strategy  # noqa: E402 - the path must come first
from strategies.engine.backtest import Result, backtest  # noqa: E402 - the path must come first
from strategies.engine.enums import Average  # noqa: E402 - the path must come first
from strategies.engine.prices import Prices  # noqa: E402 - the path must come first

CASH = 10_000.0
COMMISSION = 0.001
RANDOM_WALKS = 10
UNIT = 1e-9
"""Of a share: what backtesting.py, which trades whole units, is given to trade."""
WINDOWS = ((20, 50), (50, 200), (5, 20))


class Outcome(NamedTuple):
    """What an engine made of the signals: final equity, and the bars of entries and exits."""

    equity: float
    entries: list[int]
    exits: list[int]


@dataclass(frozen=True, kw_only=True)
class Case:
    """Bars, our run on them, and its signals as a peer takes them: at the bar before the fill."""

    name: str
    prices: Prices
    fast: int
    slow: int
    result: Result

    @property
    def signals(self) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Entries and exits, known at the close of their bar."""
        found = [np.zeros(len(self.prices), dtype=np.bool_) for _ in range(2)]
        orders = self.result.orders
        for bar, target in zip(orders.bars.tolist(), orders.targets.tolist(), strict=True):
            found[0 if target else 1][bar - 1] = True
        return found[0], found[1]

    @property
    def frame(self) -> pd.DataFrame:
        """The bars as the peers take them."""
        columns = {name.title(): getattr(self.prices, name) for name in ("open", "high", "low", "close")}
        return pd.DataFrame(columns, index=pd.DatetimeIndex(self.prices.dates))


def random_prices(seed: int, bars: int = 2_518) -> Prices:
    """Return a random walk with gaps over night."""
    random = np.random.default_rng(seed)
    close = 100 * np.exp(np.cumsum(random.normal(0.0003, 0.02, bars)))
    open_ = np.concatenate(([100.0], close[:-1])) * np.exp(random.normal(0, 0.005, bars))
    high, low = np.maximum(open_, close) * 1.005, np.minimum(open_, close) * 0.995
    dates = np.datetime64("2010-01-01") + np.arange(bars)
    return Prices(dates=dates, open=open_, high=high, low=low, close=close)


def cases() -> list[Case]:
    """Return every series with every pair of windows."""
    series = {"AAPL": adjusted_prices()}
    series |= {f"walk {seed}": random_prices(seed) for seed in range(RANDOM_WALKS)}
    return [
        Case(name=name, prices=prices, fast=fast, slow=slow, result=ours(prices, fast, slow))
        for name, prices in series.items()
        for fast, slow in WINDOWS
    ]


def ours(prices: Prices, fast: int, slow: int) -> Result:
    """Run our engine, with every figure and series."""
    return backtest(prices, strategy(Average.SIMPLE, fast, slow), first=0, risk_free_rate=0)


def outcome(result: Result) -> Outcome:
    """Return what our engine made of it; an open trade ends at the last bar."""
    trades = result.strategy.simulation.trades
    return Outcome(
        float(result.strategy.curve.equity[-1]), trades.entry_bar.tolist(), trades.exit_bar.tolist()
    )


def with_vectorbt(case: Case) -> Any:
    """Run the signals through vectorbt's public function for them."""
    vectorbt: Any = import_module("vectorbt")
    entries, exits = (
        pd.Series(signal, case.frame.index).shift(1, fill_value=False) for signal in case.signals
    )
    return vectorbt.Portfolio.from_signals(
        close=case.frame["Close"],
        entries=entries,
        exits=exits,
        price=case.frame["Open"],
        init_cash=CASH,
        fees=COMMISSION,
        freq="1D",
    )


def vectorbt_by_itself(case: Case) -> object:
    """Run vectorbt as its users do: its own averages and crossings, then its table of figures."""
    vectorbt: Any = import_module("vectorbt")
    close = case.frame["Close"]
    fast, slow = (vectorbt.MA.run(close, window) for window in (case.fast, case.slow))
    entries, exits = (
        crossed.shift(1, fill_value=False)
        for crossed in (fast.ma_crossed_above(slow), fast.ma_crossed_below(slow))
    )
    portfolio = vectorbt.Portfolio.from_signals(
        close, entries, exits, price=case.frame["Open"], init_cash=CASH, fees=COMMISSION, freq="1D"
    )
    return portfolio.stats()


def outcome_of_vectorbt(case: Case) -> Outcome:
    """Return what vectorbt made of it."""
    portfolio = with_vectorbt(case)
    trades = portfolio.trades.records
    return Outcome(
        float(portfolio.value().iloc[-1]), trades["entry_idx"].tolist(), trades["exit_idx"].tolist()
    )


def with_backtesting(case: Case) -> Any:
    """Run the signals through backtesting.py, which trades whole units."""
    backtesting: Any = import_module("backtesting")
    entries, exits = case.signals

    class Signals(backtesting.Strategy):  # type: ignore[misc]  # the library has no types
        def init(self) -> None:
            pass

        def next(self) -> None:
            bar = len(self.data) - 1
            if exits[bar] and self.position:
                self.position.close()
            if entries[bar]:
                self.buy()

    return backtesting.Backtest(
        case.frame * UNIT, Signals, cash=CASH, commission=COMMISSION, finalize_trades=False
    ).run()


def backtesting_by_itself(case: Case) -> object:
    """Run backtesting.py as its users do: averages as its indicators, its own crossover, all figures."""
    backtesting: Any = import_module("backtesting")
    crossover: Any = import_module("backtesting.lib").crossover

    def average(values: Any, window: int) -> Any:
        return pd.Series(values).rolling(window).mean()

    class Crossover(backtesting.Strategy):  # type: ignore[misc]  # the library has no types
        def init(self) -> None:
            self.fast = self.I(average, self.data.Close, case.fast)
            self.slow = self.I(average, self.data.Close, case.slow)

        def next(self) -> None:
            if crossover(self.slow, self.fast) and self.position:
                self.position.close()
            elif crossover(self.fast, self.slow):
                self.buy()

    run = backtesting.Backtest(case.frame * UNIT, Crossover, cash=CASH, commission=COMMISSION)
    return run.run()


def outcome_of_backtesting(case: Case) -> Outcome:
    """Return what backtesting.py made of it."""
    stats = with_backtesting(case)
    trades = stats["_trades"]
    equity = float(stats["_equity_curve"]["Equity"].iloc[-1])
    still_open = case.result.strategy.simulation.trades.open[-1:].any()
    entries = outcome(case.result).entries[-1:] if still_open else []
    return Outcome(equity, [*trades["EntryBar"].tolist(), *entries], trades["ExitBar"].tolist())


def compare(name: str, peer: Callable[[Case], Outcome], everything: list[Case]) -> None:
    """Print how far the peer's results are from ours."""
    same_trades, worst = 0, 0.0
    for case in everything:
        mine, theirs = outcome(case.result), peer(case)
        same_trades += mine.entries == theirs.entries and closed(mine, case) == closed(theirs, case)
        worst = max(worst, abs(theirs.equity / mine.equity - 1))
    sys.stdout.write(
        f"{name:16} trades equal in {same_trades} of {len(everything)} runs, "
        f"final equity apart by at most {worst:.1e}\n"
    )


def closed(found: Outcome, case: Case) -> list[int]:
    """Return the exits before the last bar: engines differ in whether they list one that is still open."""
    return [bar for bar in found.exits if bar < len(case.prices) - 1]


def compare_figures(everything: list[Case]) -> None:
    """Print how far empyrical's and quantstats' figures of our curves are from ours."""
    empyrical: Any = import_module("empyrical")
    qs: Any = import_module("quantstats.stats")
    peers: dict[str, Callable[[Case], tuple[float, float]]] = {
        "empyrical sharpe": lambda c: (figure(c, "sharpe"), empyrical.sharpe_ratio(returns(c))),
        "empyrical sortino": lambda c: (figure(c, "sortino"), empyrical.sortino_ratio(returns(c))),
        "empyrical cagr": lambda c: (figure(c, "cagr"), empyrical.annual_return(returns(c))),
        "empyrical volatility": lambda c: (
            figure(c, "annual_volatility"),
            empyrical.annual_volatility(returns(c)),
        ),
        "empyrical max drawdown": lambda c: (figure(c, "max_drawdown"), empyrical.max_drawdown(returns(c))),
        "empyrical calmar": lambda c: (figure(c, "calmar"), empyrical.calmar_ratio(returns(c))),
        "empyrical beta": lambda c: (figure(c, "beta"), empyrical.beta(returns(c), held(c))),
        "empyrical value at risk": lambda c: (
            figure(c, "value_at_risk_95"),
            empyrical.value_at_risk(returns(c), 0.05),
        ),
        "empyrical shortfall": lambda c: (
            figure(c, "expected_shortfall_95"),
            empyrical.conditional_value_at_risk(returns(c), 0.05),
        ),
        "quantstats sharpe": lambda c: (figure(c, "sharpe"), qs.sharpe(returns(c))),
        "quantstats sortino": lambda c: (figure(c, "sortino"), qs.sortino(returns(c))),
        "quantstats volatility": lambda c: (figure(c, "annual_volatility"), qs.volatility(returns(c))),
        "quantstats max drawdown": lambda c: (figure(c, "max_drawdown"), qs.max_drawdown(returns(c))),
        "quantstats ulcer index": lambda c: (
            figure(c, "ulcer_index") * (len(returns(c)) / (len(returns(c)) - 1)) ** 0.5,
            qs.ulcer_index(returns(c)),
        ),
    }
    for name, pair in peers.items():
        worst = max(abs(theirs - mine) for mine, theirs in map(pair, everything))
        sys.stdout.write(f"{name:26} apart by at most {worst:.1e}\n")


def figure(case: Case, name: str) -> float:
    """Return one of our figures."""
    return float(getattr(case.result.strategy.metrics, name))


def returns(case: Case) -> "pd.Series[float]":
    """Return the strategy's returns as the peers take them."""
    curve = case.result.strategy.curve
    return pd.Series(curve.returns, index=pd.DatetimeIndex(curve.dates))


def held(case: Case) -> "pd.Series[float]":
    """Return those of buy and hold."""
    curve = case.result.benchmark.curve
    return pd.Series(curve.returns, index=pd.DatetimeIndex(curve.dates))


def milliseconds(work: Callable[[], object], runs: int) -> float:
    """Return the median CPU time of `work`, warm."""
    work()
    durations = []
    for _ in range(runs):
        begin = time.process_time()
        work()
        durations.append(time.process_time() - begin)
    return 1000 * statistics.median(durations)


def compare_speed(case: Case) -> None:
    """Print the time of one warm run of each, figures included, and how many times ours it is."""
    mine = milliseconds(lambda: ours(case.prices, case.fast, case.slow), 200)
    sys.stdout.write(f"{'ours, all figures':30} {mine:8.2f} ms\n")
    for name, work, runs in (
        ("vectorbt, equity alone", lambda: with_vectorbt(case).value(), 10),
        ("vectorbt, all figures", lambda: vectorbt_by_itself(case), 5),
        ("backtesting.py, signals given", lambda: with_backtesting(case), 5),
        ("backtesting.py, all figures", lambda: backtesting_by_itself(case), 5),
    ):
        taken = milliseconds(work, runs)
        sys.stdout.write(f"{name:30} {taken:8.2f} ms, {taken / mine:.0f} times ours\n")


def main() -> None:
    """Print equality with each peer, then speed."""
    if find_spec("vectorbt") is None:
        script = str(ROOT / "benchmarks" / "peers" / "run")
        os.execv(script, [script])  # noqa: S606 - our own script
    warnings.simplefilter("ignore")
    everything = cases()
    compare("vectorbt", outcome_of_vectorbt, everything)
    # backtesting.py draws a bar of progress for each run.
    with redirect_stderr(StringIO()):
        compare("backtesting.py", outcome_of_backtesting, everything)
        compare_figures(everything)
        compare_speed(everything[0])


if __name__ == "__main__":
    main()

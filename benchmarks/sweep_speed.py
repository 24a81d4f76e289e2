"""Measure sweeps beside vectorbt: all nine figures of every pair of simple averages, one core.

    python benchmarks/sweep_speed.py [--peers /tmp/peers/bin/python] [--largest 449]

Bars are the last 2,518 of adjusted AAPL in the sample; 10,000 in cash, 0.1 % commission a side, filled
at the next open. Each line names its grid. Seconds are processor time of one core, the least of several
runs; averages and all that cells share are in them. With --peers, vectorbt (see
peers/sweep-requirements.txt) does the same work in the same run, and nearly all cells must agree: its
averages are rounded, so that some crossings of almost equal ones lie elsewhere.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import numpy as np
from bokeh_sampledata.stocks import AAPL

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from strategies.engine.fingerprint import source_fingerprint

os.environ.setdefault(
    "NUMBA_CACHE_DIR", str(Path(tempfile.gettempdir()) / f"hindcast-kernels-{source_fingerprint()}")
)

from strategies.engine import kernels
from strategies.engine.account import Account
from strategies.engine.backtest import Strategy
from strategies.engine.choices import Entry, Fill, Rule
from strategies.engine.prices import Prices
from strategies.engine.rules import RuleParameters
from strategies.engine.stops import Stops
from strategies.engine.sweep.computing import Sweep
from strategies.engine.sweep.grid import Grid, grid_of
from strategies.engine.sweep.tallies import Figures

BARS = 2_518
LAST_WINDOWS = (46, 143, 449)
"""All pairs of the windows from 2 to these: 990, 10,011 and 100,128."""
STOPS = Stops(stop_loss=0.05, take_profit=0.2)
COMPARED = ("total_return", "sharpe", "max_drawdown", "trades")
TOLERANCE = 1e-6
RUNS = 7
LEAST_AGREEMENT = 0.95
"""vectorbt compares averages from running sums, whose rounding moves some crossings of close averages."""


def adjusted_prices() -> Prices:
    """Return the bars, every column multiplied by adjusted close over close."""
    columns = cast("dict[str, Any]", AAPL)
    factor = np.array(columns["adj_close"]) / np.array(columns["close"])
    adjusted = {name: np.array(columns[name]) * factor for name in ("open", "high", "low", "close")}
    return Prices(dates=np.array(columns["date"], dtype="datetime64[D]"), **adjusted).since(-BARS)


def strategy(stops: Stops) -> Strategy:
    """Return a crossover with 10,000 in cash and 0.1 % commission a side."""
    return Strategy(
        rule=Rule.MA_CROSSOVER,
        tuned=RuleParameters(),
        entry=Entry.ON_CROSS,
        fill=Fill.NEXT_OPEN,
        stops=stops,
        account=Account(
            initial_cash=10_000,
            position_size=1.0,
            fractional_shares=True,
            commission_rate=0.001,
            commission_fixed=0,
            slippage=0,
        ),
    )


def sweep(prices: Prices, windows: range, stops: Stops) -> tuple[Grid, Figures]:
    """Return the cells and their figures, from prices on."""
    grid = grid_of(Rule.MA_CROSSOVER, RuleParameters(), {"fast": windows, "slow": windows})
    asked = Sweep(prices=prices, strategy=strategy(stops), grid=grid, first=0, risk_free_rate=0.0)
    return grid, asked.figures()


def least_seconds(work: Callable[[], object]) -> float:
    """Return the least processor time of `work`."""
    durations = []
    for _ in range(RUNS):
        begin = time.process_time()
        work()
        durations.append(time.process_time() - begin)
    return min(durations)


def peer(python: str, name: str, prices: Prices, windows: range) -> dict[str, np.ndarray]:
    """Return seconds and figures of vectorbt's public interface on the same work."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "in.npz", Path(folder) / "out.npz"
        np.savez(source, open=prices.open, close=prices.close, dates=prices.dates, windows=np.array(windows))
        script = Path(__file__).parent / "peers" / "sweep_peers.py"
        environment = os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
        command = [python, str(script), str(source), str(target), name]
        subprocess.run(command, check=True, env=environment)  # noqa: S603 - our own
        return dict(np.load(target))


def agreement(grid: Grid, ours: Figures, theirs: dict[str, np.ndarray]) -> float:
    """Return the share of cells in which all compared figures agree."""
    order = np.lexsort((grid.axes["slow"], grid.axes["fast"]))  # as itertools.combinations has them
    agrees = np.ones(len(grid), dtype=np.bool_)
    for name in COMPARED:
        found = np.asarray(getattr(ours, name), dtype=np.float64)[order]
        agrees &= np.isclose(found, theirs[name], rtol=TOLERANCE, atol=TOLERANCE, equal_nan=True) | (
            np.isnan(found) & ~np.isfinite(theirs[name])
        )
    return float(agrees.mean())


def resident() -> int:
    """Return the most memory this process had, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def main() -> None:
    """Print a line for each grid."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--peers", help="Python of the environment with vectorbt.")
    arguments.add_argument("--largest", type=int, default=LAST_WINDOWS[-1], help="Last window of the grids.")
    asked = arguments.parse_args()
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    kernels.wait()
    sys.stdout.write(f"resident before the sweeps, libraries loaded: {resident()} MB\n")
    prices = adjusted_prices()
    for last, stops in [*((last, Stops()) for last in LAST_WINDOWS), (LAST_WINDOWS[0], STOPS)]:
        if last > asked.largest:
            continue
        windows = range(2, last + 1)
        grid, figures = sweep(prices, windows, stops)
        ours = least_seconds(lambda w=windows, s=stops: sweep(prices, w, s))
        name = "stops" if stops.are_set else "public"
        line = f"{len(grid):7,d} pairs of 2..{last:3}, {name:6}: ours {1000 * ours:9.2f} ms"
        if asked.peers:
            theirs = peer(asked.peers, name, prices, windows)
            taken = float(theirs["seconds"])
            line += f", vectorbt {1000 * taken:10.1f} ms, {taken / ours:6.0f} times"
            if not stops.are_set:  # vectorbt's stops look at closes alone
                agrees = agreement(grid, figures, theirs)
                line += f", {agrees:.2%} of the cells agree"
                if agrees < LEAST_AGREEMENT:
                    raise SystemExit(f"{line}\nToo few cells agree.")
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
    sys.stdout.write(f"resident at most: {resident()} MB\n")


if __name__ == "__main__":
    main()

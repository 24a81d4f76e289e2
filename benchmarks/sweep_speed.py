"""Measure sweeps beside vectorbt: all nine figures of every pair of simple averages, one core.

    python benchmarks/sweep_speed.py [--peers /tmp/peers/bin/python] [--largest 449]

Bars are the last 2,518 of adjusted AAPL in the sample; 10,000 in cash, 0.1 % commission a side, filled
at the next open. Each line names its work. Seconds are processor time of one core, the least of several
runs for ours; averages and all that cells share are in them. The largest grid is also swept on all cores,
which is told in time by the clock.

With --peers (see peers/sweep-requirements.txt) vectorbt does the same work in the same run: by its public
interface and, named `raw`, by its compiled functions alone. Its own averages are rounded, so some
crossings of almost equal ones lie elsewhere; the share of cells with equal figures is printed. Given our
averages its figures must be ours in every cell, with stops too, or the run fails.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import fields
from multiprocessing import get_context
from pathlib import Path
from typing import Any, cast

import numpy as np
from bokeh_sampledata.stocks import AAPL

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from strategies.engine import kernel_loader
from strategies.engine.account import Account
from strategies.engine.backtest import Strategy
from strategies.engine.enums import Average, Entry, Fill, Rule
from strategies.engine.moving_averages import moving_averages
from strategies.engine.parameters import RuleParameters
from strategies.engine.prices import Prices
from strategies.engine.source_hash import source_fingerprint
from strategies.engine.stops import Stops
from strategies.engine.sweep.grid import Grid, grid_of
from strategies.engine.sweep.metrics import Figures
from strategies.engine.sweep.sweep import Sweep

BARS = 2_518
LAST_WINDOWS = (46, 143, 449)
"""All pairs of the windows from 2 to these: 990, 10,011 and 100,128."""
STOPS = Stops(stop_loss=0.05, take_profit=0.2)
SYMBOLS = 500
FAST, SLOW = range(5, 55, 5), range(60, 260, 20)
"""The 100 pairs of each of many symbols."""
TOLERANCE = 1e-6
RUNS = 9

type Windows = tuple[Sequence[int], Sequence[int]]
type Arrays = dict[str, np.ndarray]


def adjusted_prices() -> Prices:
    """Return the bars, every column multiplied by adjusted close over close."""
    columns = cast("dict[str, Any]", AAPL)
    factor = np.array(columns["adj_close"]) / np.array(columns["close"])
    adjusted = {name: np.array(columns[name]) * factor for name in ("open", "high", "low", "close")}
    return Prices(dates=np.array(columns["date"], dtype="datetime64[D]"), **adjusted).since(-BARS)


def wandering_prices(days: np.ndarray) -> list[Prices]:
    """Return the bars of many symbols that do not exist."""
    random = np.random.default_rng(1)
    found = []
    for _ in range(SYMBOLS):
        close = 50 * np.exp(np.cumsum(random.normal(0.0003, 0.02, len(days))))
        open_ = np.concatenate(([50.0], close[:-1])) * np.exp(random.normal(0, 0.005, len(days)))
        high, low = np.maximum(open_, close), np.minimum(open_, close)
        found.append(Prices(dates=days, open=open_, high=high, low=low, close=close))
    return found


def strategy(stops: Stops = Stops(), fill: Fill = Fill.NEXT_OPEN) -> Strategy:  # noqa: B008 - frozen
    """Return a crossover with 10,000 in cash and 0.1 % commission a side."""
    return Strategy(
        rule=Rule.MA_CROSSOVER,
        rule_parameters=RuleParameters(),
        entry=Entry.ON_CROSS,
        fill=fill,
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


def grid_over(windows: Windows) -> Grid:
    """Return the cells of all pairs that increase."""
    return grid_of(Rule.MA_CROSSOVER, RuleParameters(), dict(zip(("fast", "slow"), windows, strict=True)))


def figures_of(prices: Prices, grid: Grid, traded: Strategy) -> Figures:
    """Return the figures of all cells, from prices on."""
    return Sweep(prices=prices, strategy=traded, grid=grid, first=0, risk_free_rate=0.0).figures()


def sweep(prices: Prices, windows: Windows, traded: Strategy) -> tuple[Grid, Figures]:
    """Return the cells and their figures, from ranges and prices on."""
    grid = grid_over(windows)
    return grid, figures_of(prices, grid, traded)


def least_seconds(work: Callable[[], object], clock: Callable[[], float] = time.process_time) -> float:
    """Return the least time of `work`."""
    durations = []
    for _ in range(RUNS):
        begin = clock()
        work()
        durations.append(clock() - begin)
    return min(durations)


class Peer:
    """vectorbt, in a process of its own."""

    def __init__(self, python: str, prices: Prices) -> None:
        self._python = python
        self._bars: Arrays = {name: getattr(prices, name) for name in ("open", "high", "low", "close")}
        self._bars["dates"] = prices.dates
        windows = range(1, LAST_WINDOWS[-1] + 1)
        averages = moving_averages(prices.close, windows, Average.SIMPLE)
        self._bars["averages"] = np.concatenate((np.full((1, len(prices)), np.nan), averages))

    def asked(self, name: str, grid: Grid, **others: np.ndarray) -> Arrays:
        """Return seconds and figures of one kind of work, see `sweep_peers.py`."""
        with tempfile.TemporaryDirectory() as folder:
            source, target = Path(folder) / "in.npz", Path(folder) / "out.npz"
            given = self._bars | {"fast": grid.axes["fast"], "slow": grid.axes["slow"]} | others
            np.savez(source, **given)  # type: ignore[arg-type]  # arrays alone
            script = Path(__file__).parent / "peers" / "sweep_peers.py"
            environment = os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
            del environment["NUMBA_CACHE_DIR"]
            command = [self._python, str(script), str(source), str(target), name]
            subprocess.run(command, check=True, env=environment)  # noqa: S603 - our own
            return dict(np.load(target))


def agreement(ours: Sequence[Figures], theirs: Arrays) -> float:
    """Return the share of cells in which all nine figures agree."""
    agrees = np.ones(len(theirs["sharpe"]), dtype=np.bool_)
    for field in fields(Figures):
        found = np.concatenate([getattr(figures, field.name) for figures in ours]).astype(np.float64)
        other = theirs[field.name]
        # Where nothing was traded a ratio is undefined here and infinite or zero there.
        undefined = np.isnan(found) & (theirs["trades"] == 0)
        agrees &= np.isclose(found, other, rtol=TOLERANCE, atol=TOLERANCE, equal_nan=True) | undefined
    return float(agrees.mean())


def say(line: str) -> None:
    """Print at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def compare(
    peer: Peer, name: str, grid: Grid, ours: float, figures: Sequence[Figures], **others: np.ndarray
) -> float:
    """Print what vectorbt took and found; return its seconds."""
    theirs = peer.asked(name, grid, **others)
    taken, share = float(theirs["seconds"]), agreement(figures, theirs)
    took = f"{1000 * taken:9.1f} ms, {taken / ours:4.0f} times"
    say(f"    vectorbt, {name:8}: {took}, {share:.2%} of cells equal")
    if name in {"averages", "stops"} and share < 1:
        raise SystemExit("Of the same averages, all cells must have the same figures.")
    return taken


def resident() -> int:
    """Return the most memory this process had, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def measure_grids(prices: Prices, peer: Peer | None, largest: int) -> None:
    """Print a line for each grid of one symbol."""
    for last in (last for last in LAST_WINDOWS if last <= largest):
        windows = (range(2, last + 1), range(2, last + 1))
        grid, figures = sweep(prices, windows, strategy())
        ours = least_seconds(lambda w=windows: sweep(prices, w, strategy()))
        say(f"{len(grid):7,d} pairs of 2..{last:3}: {1000 * ours:8.2f} ms; resident at most {resident()} MB")
        if peer:
            for name in ("public", "raw", "averages"):
                compare(peer, name, grid, ours, [figures])


def measure_stops(prices: Prices, peer: Peer | None) -> None:
    """Print a line for the smallest grid with stops, filled at the close as vectorbt's stops are."""
    windows = (range(2, LAST_WINDOWS[0] + 1),) * 2
    traded = strategy(STOPS, Fill.SAME_CLOSE)
    grid, figures = sweep(prices, windows, traded)
    ours = least_seconds(lambda: sweep(prices, windows, traded))
    say(f"{len(grid):7,d} pairs of 2..{LAST_WINDOWS[0]:3} with stops: {1000 * ours:8.2f} ms")
    if peer:
        compare(peer, "stops", grid, ours, [figures])


def measure_universe(days: np.ndarray, peer: Peer | None, cores: set[int]) -> None:
    """Print a line for 100 pairs of each of 500 symbols, on one core and shared by a process a core."""
    symbols = wandering_prices(days)
    grid, traded = grid_over((FAST, SLOW)), strategy()
    found = [figures_of(prices, grid, traded) for prices in symbols]
    ours = least_seconds(lambda: [figures_of(prices, grid, traded) for prices in symbols])
    shared = seconds_shared(symbols, grid, traded, cores)
    say(
        f"    {len(grid)} pairs of {len(symbols)} symbols: {1000 * ours:8.2f} ms; by the clock, shared by "
        f"{len(cores)} processes as by workers: {1000 * shared:.2f} ms"
    )
    if peer:
        bars = {name: np.stack([getattr(one, name) for one in symbols], axis=1) for name in ("open", "close")}
        theirs = compare(peer, "universe", grid, ours, found, **bars)
        say(f"    beside {len(cores)} processes of ours, one core of theirs: {theirs / shared:4.0f} times")


def seconds_shared(symbols: list[Prices], grid: Grid, traded: Strategy, cores: set[int]) -> float:
    """Return the least time by the clock in which one process a core sweeps the symbols between them."""
    fork = get_context("fork")
    begin, end = fork.Barrier(len(cores) + 1), fork.Barrier(len(cores) + 1)

    def sweep_share(number: int) -> None:
        for _ in range(RUNS):
            begin.wait()
            for prices in symbols[number :: len(cores)]:
                figures_of(prices, grid, traded)
            end.wait()

    def work() -> None:
        begin.wait()
        end.wait()

    alone = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    # Forked, they have bars and kernels already, as workers have that run all the time.
    processes = [fork.Process(target=sweep_share, args=(number,)) for number in range(len(cores))]
    for process in processes:
        process.start()
    taken = least_seconds(work, time.perf_counter)
    for process in processes:
        process.join()
    os.sched_setaffinity(0, alone)
    return taken


def measure_cores(prices: Prices, cores: set[int], largest: int) -> None:
    """Print what the largest grid takes by the clock on one core and on all."""
    windows = (range(2, largest + 1),) * 2
    alone = least_seconds(lambda: sweep(prices, windows, strategy()), time.perf_counter)
    os.sched_setaffinity(0, cores)
    together = least_seconds(lambda: sweep(prices, windows, strategy()), time.perf_counter)
    say(
        f"the largest grid by the clock: {1000 * alone:.1f} ms on one core, "
        f"{1000 * together:.1f} ms on {len(cores)}"
    )


def compile_in_another_process() -> None:
    """Compile what is not on disk, which takes memory that a process which finds it there never has."""
    kept = Path(tempfile.gettempdir()) / f"hindcast-kernels-{source_fingerprint()}"
    os.environ.setdefault("NUMBA_CACHE_DIR", str(kept))
    program = "from strategies.engine import kernel_loader; kernel_loader.wait()"
    root = Path(__file__).resolve().parent.parent
    subprocess.run([sys.executable, "-c", program], check=True, cwd=root)  # noqa: S603 - our own


def main() -> None:
    """Print what each kind of work takes."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--peers", help="Python of the environment with vectorbt.")
    arguments.add_argument("--largest", type=int, default=LAST_WINDOWS[-1], help="Last window of the grids.")
    asked = arguments.parse_args()
    compile_in_another_process()
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})
    kernel_loader.wait()
    say(f"libraries and kernels loaded: {resident()} MB resident")
    prices = adjusted_prices()
    peer = Peer(asked.peers, prices) if asked.peers else None
    measure_grids(prices, peer, asked.largest)
    measure_stops(prices, peer)
    measure_universe(prices.dates, peer, cores)
    measure_cores(prices, cores, asked.largest)


if __name__ == "__main__":
    main()

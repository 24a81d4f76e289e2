"""Measure what one machine does as the work grows: bars, cells of a sweep, visitors at once.

    python benchmarks/scaling_curves.py

Bars are the sample's AAPL, continued by a random walk with a fixed seed. Visitors read and compute on a site
of their own, started for this as `make run` starts it, over real HTTP on this machine: what they cost
themselves is in the figures. The table of docs/scaling.md is this script's output.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import requests

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.backtest_speed import adjusted_prices, strategy
from strategies.engine import kernels
from strategies.engine.backtest import backtest
from strategies.engine.choices import Average, Rule
from strategies.engine.prices import Prices
from strategies.engine.rules import RuleParameters
from strategies.engine.sweep.computing import Sweep
from strategies.engine.sweep.grid import grid_of
from tests.site import running_site

BARS = (1_000, 2_500, 5_000, 10_000, 20_000)
WINDOWS = {990: 45, 4_950: 100, 19_900: 200, 99_681: 447}
"""Pairs of windows by the number of windows that they are taken from."""
VISITORS = (1, 4, 16, 64)
SECONDS = 10
ROUNDS = 5


def walk(bars: int) -> Prices:
    """Return AAPL's bars, continued by a random walk to so many."""
    known = adjusted_prices()
    if bars <= len(known):
        return known.since(-bars)
    steps = np.random.default_rng(1).normal(0.0003, 0.015, bars - len(known))
    close = np.concatenate([known.close, known.close[-1] * np.exp(np.cumsum(steps))])
    open_ = np.concatenate([known.open, close[len(known) - 1 : -1]])
    dates = np.arange(bars) + np.datetime64("1950-01-02")
    return Prices(
        dates=dates, open=open_, high=np.maximum(open_, close), low=np.minimum(open_, close), close=close
    )


def seconds(work: Callable[[], object], *, rounds: int = ROUNDS) -> float:
    """Return the least duration of some rounds: what disturbs a round makes it longer, never shorter."""
    durations = []
    for _ in range(rounds):
        began = time.perf_counter()
        work()
        durations.append(time.perf_counter() - began)
    return min(durations)


def by_bars() -> None:
    """Print how long a backtest takes with its figures and series."""
    asked = strategy(Average.SIMPLE, 20, 50)
    for bars in BARS:
        prices = walk(bars)
        taken = seconds(lambda prices=prices: backtest(prices, asked, first=0, risk_free_rate=0))
        sys.stdout.write(f"| one backtest | {bars:,} bars | {1000 * taken:.1f} ms |\n")


def by_cells() -> None:
    """Print how long a sweep takes over so many pairs of windows."""
    kernels.wait()
    prices = walk(2_518)
    for cells, windows in WINDOWS.items():
        values = list(range(2, 2 + windows))
        grid = grid_of(Rule.MA_CROSSOVER, RuleParameters(), {"fast": values, "slow": values})
        sweep = Sweep(
            prices=prices, strategy=strategy(Average.SIMPLE, 20, 50), grid=grid, first=0, risk_free_rate=0
        )
        sys.stdout.write(f"| one sweep | {cells:,} cells | {seconds(sweep.figures, rounds=2):.2f} s |\n")


def by_visitors() -> None:
    """Print what visitors get who ask without a pause: one new backtest for three reads."""
    with tempfile.TemporaryDirectory() as folder:
        limits = {"RUNS_PER_MINUTE": "0", "API_REQUESTS_PER_MINUTE": "0"}
        with running_site(Path(folder) / "var", **limits) as site:
            for visitors in VISITORS:
                with ThreadPoolExecutor(visitors) as pool:
                    answers = pool.map(lambda number: _visit(site.address, number), range(visitors))
                    durations = sorted(duration for each in answers for duration in each)
                late = durations[int(0.95 * len(durations))]
                sys.stdout.write(
                    f"| visitors without a pause | {visitors} | {len(durations) / SECONDS:.0f} requests/s, "
                    f"median {1000 * statistics.median(durations):.0f} ms, p95 {1000 * late:.0f} ms |\n"
                )


def _visit(address: str, number: int) -> list[float]:
    session, durations, asked = requests.Session(), [], 0
    deadline = time.perf_counter() + SECONDS
    while time.perf_counter() < deadline:
        asked += 1
        began = time.perf_counter()
        if asked % 4:
            answer = session.get(f"{address}/api/v1/instruments", timeout=60)
        else:
            # Each visitor asks what nobody asked before.
            question = {"symbol": "AAPL", "fast": 2 + asked % 150, "slow": 200 + number, "end": "2012-12-31"}
            answer = session.post(f"{address}/api/v1/backtests", json=question, timeout=60)
        if answer.ok:
            durations.append(time.perf_counter() - began)
        elif answer.status_code == requests.codes.service_unavailable:
            time.sleep(float(answer.headers.get("Retry-After", 1)))
        else:
            answer.raise_for_status()
    return durations


if __name__ == "__main__":
    sys.stdout.write("| work | size | one machine of two cores |\n|---|---|---|\n")
    by_bars()
    by_cells()
    by_visitors()

"""Measure what one machine does as the work grows: bars, cells of a sweep, symbols, users at once.

    python -m benchmarks.scaling_curves               ten minutes
    python -m benchmarks.scaling_curves users         one of bars, cells, symbols, users

Bars are the sample's AAPL, continued by a random walk with a fixed seed. Symbols are imported and swept as a
client of the API does it, by the worker processes of `make run`. Users are those of `make load`: each has a
login and a session, tunes, reads, exports and polls, and looks at what came for three to nine seconds. Only
what they meet when all of them have come is counted. Symbols and users come to sites of their own, started
as `make run` starts one, over real HTTP on this machine: what they cost themselves is in the figures.
The tables of docs/scaling.md are this script's output.
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from http import HTTPStatus
from pathlib import Path

import numpy as np
import requests

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.backtest_speed import adjusted_prices, strategy
from ingestion.exchange_calendar import sessions_between
from strategies.engine import kernel_loader
from strategies.engine.backtest import backtest
from strategies.engine.enums import Average, Rule
from strategies.engine.parameters import RuleParameters
from strategies.engine.prices import Prices
from strategies.engine.sweep.grid import grid_of
from strategies.engine.sweep.sweep import Sweep
from tests.load.users import WITH_LOGINS, Crowd, let_in
from tests.site import running_site

BARS = (1_000, 2_500, 5_000, 10_000, 20_000)
WINDOWS = {990: 45, 4_950: 100, 19_900: 200, 99_681: 447}
"""Pairs of windows by the number of windows that they are taken from."""
USERS = (1, 10, 50, 100, 200)
SYMBOLS = (10, 50, 200)
SYMBOLS_BARS = 2_518
PAIRS = {
    "fast": {"start": 5, "stop": 50, "step": 5},
    "slow": {"start": 60, "stop": 240, "step": 20},
}
"""A hundred pairs of windows for each symbol."""
SECONDS = 45
ARRIVE_WITHIN = 10
ROUNDS = 5
GIVEN_UP_AFTER = 600.0
WITHOUT_BUDGETS = {"IMPORTS_PER_MINUTE": "0", "API_REQUESTS_PER_MINUTE": "0", "SWEEPS_PER_MINUTE": "0"}


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
    sys.stdout.write("| bars of one backtest, all figures and series | time |\n|---|---|\n")
    asked = strategy(Average.SIMPLE, 20, 50)
    for bars in BARS:
        prices = walk(bars)
        taken = seconds(lambda prices=prices: backtest(prices, asked, first=0, risk_free_rate=0))
        sys.stdout.write(f"| {bars:,} | {1000 * taken:.1f} ms |\n")


def by_cells() -> None:
    """Print how long a sweep takes over so many pairs of windows."""
    sys.stdout.write("| cells of one sweep over 2,518 bars | time |\n|---|---|\n")
    kernel_loader.wait()
    prices = walk(2_518)
    for cells, windows in WINDOWS.items():
        values = list(range(2, 2 + windows))
        grid = grid_of(Rule.MA_CROSSOVER, RuleParameters(), {"fast": values, "slow": values})
        sweep = Sweep(
            prices=prices, strategy=strategy(Average.SIMPLE, 20, 50), grid=grid, first=0, risk_free_rate=0
        )
        sys.stdout.write(f"| {cells:,} | {seconds(sweep.figures, rounds=2):.3f} s |\n")


def by_symbols() -> None:
    """Print how long importing so many symbols takes, and a sweep of all of them."""
    sys.stdout.write("| symbols of 2,518 bars | import | sweep of all, 100 pairs each | a symbol |\n")
    sys.stdout.write("|---|---|---|---|\n")
    with (
        tempfile.TemporaryDirectory(prefix="curves-") as folder,
        running_site(Path(folder) / "var", **WITHOUT_BUDGETS) as site,
    ):
        stored = [_import_symbol(site.address, 0)]
        _sweep_all(site.address, stored)  # the workers compile their kernels
        imports = 0.0
        for count in SYMBOLS:
            began = time.perf_counter()
            while len(stored) < count:
                stored.append(_import_symbol(site.address, len(stored)))
            imports += time.perf_counter() - began
            taken = _sweep_all(site.address, stored)
            sys.stdout.write(
                f"| {count} | {imports:.1f} s | {taken:.1f} s | {1000 * taken / count:.0f} ms |\n"
            )
            sys.stdout.flush()


def _import_symbol(address: str, seed: int) -> str:
    """Store a random walk through the API, and return its symbol."""
    symbol = f"WALK{seed:03}"
    days = sessions_between("XNYS", date(2003, 1, 2), date(2013, 12, 31))[-SYMBOLS_BARS:]
    steps = np.random.default_rng(seed).normal(0.0004, 0.015, len(days))
    closes = 100 * np.exp(np.cumsum(steps))
    lines = [
        f"{day},{close:.4f},{close:.4f},{close:.4f},{close:.4f},1000"
        for day, close in zip(days, closes, strict=True)
    ]
    answer = requests.post(
        f"{address}/api/v1/instruments/{symbol}/import",
        data="\n".join(["date,open,high,low,close,volume", *lines]),
        headers={"Content-Type": "text/csv"},
        timeout=60,
    )
    if answer.status_code != HTTPStatus.CREATED:
        raise RuntimeError(f"{symbol} was not stored: {answer.status_code} {answer.text}")
    return symbol


def _sweep_all(address: str, symbols: list[str]) -> float:
    """Return the seconds from the question to the complete document."""
    began = time.perf_counter()
    asked = requests.post(f"{address}/api/v1/universes", json={"symbols": symbols, **PAIRS}, timeout=60)
    asked.raise_for_status()
    document = f"{address}/api/v1/universes/{asked.json()['id']}"
    while not requests.get(document, timeout=60).json()["is_complete"]:
        if time.perf_counter() - began > GIVEN_UP_AFTER:
            raise RuntimeError(f"The sweep of {len(symbols)} symbols is not complete.")
        time.sleep(0.1)
    return time.perf_counter() - began


def by_users() -> None:
    """Print what users wait for, and how many requests a second they make."""
    sys.stdout.write("| users at once | requests a second | median | 95 of 100 within | errors |\n")
    sys.stdout.write("|---|---|---|---|---|\n")
    with (
        tempfile.TemporaryDirectory(prefix="curves-") as folder,
        running_site(Path(folder) / "var", **WITH_LOGINS) as site,
    ):
        for users in USERS:
            crowd = Crowd(users=users, seconds=SECONDS, arrive_within=ARRIVE_WITHIN, is_settled=True)
            measured = let_in(site, crowd)
            total, errors = measured["total"], sum(measured["errors"].values())
            sys.stdout.write(
                f"| {users} | {total['per_second']:.1f} | {total['p50']:.0f} ms | {total['p95']:.0f} ms "
                f"| {errors} |\n"
            )
            sys.stdout.flush()


CURVES = {"bars": by_bars, "cells": by_cells, "symbols": by_symbols, "users": by_users}


def main() -> None:
    """Measure the curves that were asked for, all of them unless some are named."""
    parser = argparse.ArgumentParser(description="Measure what one machine does as the work grows.")
    parser.add_argument("curves", nargs="*", metavar="CURVE", help=f"of {', '.join(CURVES)}")
    asked = parser.parse_args().curves or list(CURVES)
    if unknown := set(asked) - set(CURVES):
        parser.error(f"There is no curve named {', '.join(sorted(unknown))}.")
    load = os.getloadavg()[0]
    sys.stdout.write(f"{os.cpu_count()} cores, load average {load:.1f} before\n")
    for name in asked:
        sys.stdout.write("\n")
        CURVES[name]()


if __name__ == "__main__":
    main()

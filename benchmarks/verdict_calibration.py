"""Measure how often each test of the verdict is wrong on noise, and right where there is something to find.

Series of daily prices are drawn from known processes. Each is swept as a person would: the default grid, then
the product's own sweep around the best, then the 3 x 3 neighbourhood of the best of that, every later sweep
knowing what was tried before. Run from the repository's folder:

    python -m benchmarks.verdict_calibration --series 200

The table that it prints stands in docs/methods/sweeps.md.
"""

import argparse
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import isnan, nan, sqrt

import numpy as np

from strategies.engine import kernel_loader
from strategies.engine.account import Account
from strategies.engine.backtest import Strategy, backtest
from strategies.engine.enums import Entry, Fill, Rule
from strategies.engine.metrics import Undefined
from strategies.engine.parameters import RuleParameters
from strategies.engine.prices import FloatArray, Prices
from strategies.engine.statistics.bootstrap import bootstrap_bands
from strategies.engine.sweep.grid import grid_of
from strategies.engine.sweep.selection import Objective, best_cell, scores
from strategies.engine.sweep.significance import Significance, assess
from strategies.engine.sweep.sweep import Sweep
from strategies.sweeps.headline import CLEAR, CONFIDENT, SIGNIFICANT, Findings, Headline, headline_of

FAST, SLOW = tuple(range(5, 61, 5)), tuple(range(20, 241, 10))
"""The default ranges of a sweep."""
DAILY = 0.01
"""Volatility of a day: 16 % a year."""
BARS_IN_A_YEAR = 252
STAY = 0.985
"""Chance that a regime lasts another day."""
SEED = 20_261_130
STAGES = ("default grid", "around the best", "3 x 3")
FIGURES = (
    "SPA, same exposure < 5 %",
    "SPA, same exposure < 1 %",
    "SPA, buy and hold < 5 %",
    "DSR, all trials > 95 %",
    "DSR, independent > 95 %",
    "DSR, this sweep > 95 %",
    "PSR > 95 %",
    "PBO below chance, 5 %",
    "PBO below its median",
    "best survives (StepM)",
    "headline weak",
    "headline strong",
)

type Draw = Callable[[np.random.Generator, int], FloatArray]
"""Returns the logarithmic returns of so many days."""


@dataclass(frozen=True, kw_only=True)
class Process:
    """Series of one kind. is_null: whether no rule can find anything in them."""

    name: str
    draw: Draw
    is_null: bool
    bars: tuple[int, ...] = (750, 1000, 1250)
    commission_rate: float = 0.001


def walk(drift: float) -> Draw:
    """Return a geometric Brownian motion with so much drift a year."""
    return lambda random, bars: _drift(drift) + DAILY * random.standard_normal(bars)


def garch(random: np.random.Generator, bars: int) -> FloatArray:
    """Draw returns with clusters of volatility and fat tails, without drift."""
    shocks = random.standard_t(5, bars) / sqrt(5 / 3)
    variance, returns = DAILY**2, np.empty(bars)
    for bar in range(bars):
        returns[bar] = sqrt(variance) * shocks[bar]
        variance = 0.05 * DAILY**2 + 0.07 * returns[bar] ** 2 + 0.88 * variance
    return returns - DAILY**2 / 2


def autoregressive(random: np.random.Generator, bars: int) -> FloatArray:
    """Draw returns of which a tenth is repeated on the next day, without drift."""
    returns = DAILY * random.standard_normal(bars)
    for bar in range(1, bars):
        returns[bar] += 0.1 * returns[bar - 1]
    return returns - DAILY**2 / 2


def regimes(drift: float) -> Draw:
    """Return drift up or down, which lasts 67 days on average."""

    def draw(random: np.random.Generator, bars: int) -> FloatArray:
        turns = np.where(random.random(bars) > STAY, -1.0, 1.0)
        side = np.cumprod(turns) * random.choice((-1.0, 1.0))
        returns: FloatArray = side * drift / BARS_IN_A_YEAR - DAILY**2 / 2
        return returns + DAILY * random.standard_normal(bars)

    return draw


PROCESSES = (
    Process(name="GBM 0", draw=walk(0.0), is_null=True),
    Process(name="GBM +15 %", draw=walk(0.15), is_null=True),
    Process(name="GBM -15 %", draw=walk(-0.15), is_null=True),
    Process(name="GBM +30 %", draw=walk(0.30), is_null=True),
    Process(name="GBM -30 %", draw=walk(-0.30), is_null=True),
    Process(name="GARCH-t5 0", draw=garch, is_null=True),
    Process(name="2,500 bars, GBM 0", draw=walk(0.0), is_null=True, bars=(2500,)),
    Process(name="AR(1) .1", draw=autoregressive, is_null=False),
    Process(name="regimes +-60 %", draw=regimes(0.60), is_null=False),
)


def main() -> None:
    """Print the table of each process."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--series", type=int, default=200, help="series of each kind")
    arguments.add_argument("--only", nargs="*", help="parts of the names of the processes wanted")
    chosen = arguments.parse_args()
    kernel_loader.wait()
    for process in PROCESSES:
        if not chosen.only or any(part in process.name for part in chosen.only):
            report(process, chosen.series)


def report(process: Process, series: int) -> None:
    """Print how many of the series each test rejects, at each stage."""
    random = np.random.default_rng(SEED)
    counts = np.zeros((len(STAGES), len(FIGURES)), dtype=np.intp)
    made, inside = 0, 0
    for number in range(series):
        # Series of one length follow each other, so that they share the draws of the bootstrap.
        bars = process.bars[number * len(process.bars) // series]
        prices = prices_of(process, bars, random)
        outcomes = list(narrowed(prices, process.commission_rate))
        if len(outcomes) < len(STAGES):
            continue
        made += 1
        counts += np.array([outcome.rejections for outcome in outcomes])
        inside += process.draw is PROCESSES[0].draw and outcomes[0].zero_is_inside
    print(f"\n{process.name}: {made} series, {'null' if process.is_null else 'planted effect'}")
    if process.draw is PROCESSES[0].draw:
        print(f"90 % band of the selected best's Sharpe ratio holds zero in {inside} of {made}")
    print(f"{'':26}" + "".join(f"{stage:>18}" for stage in STAGES))
    for column, name in enumerate(FIGURES):
        print(f"{name:26}" + "".join(f"{count:>18}" for count in counts[:, column].tolist()), flush=True)


def prices_of(process: Process, bars: int, random: np.random.Generator) -> Prices:
    """Return daily bars whose closes follow the process."""
    close = 100 * np.exp(np.cumsum(process.draw(random, bars)))
    opened = np.concatenate([[100.0], close[:-1]]) * np.exp(0.2 * DAILY * random.standard_normal(bars))
    reach = np.exp(0.3 * DAILY * np.abs(random.standard_normal((2, bars))))
    columns = {
        "open": opened,
        "high": np.maximum(opened, close) * reach[0],
        "low": np.minimum(opened, close) / reach[1],
        "close": close,
    }
    days = np.datetime64("2000-01-03") + np.arange(bars)
    return Prices(dates=days, **{name: np.round(column, 4) for name, column in columns.items()})


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a sweep found: its best cell with its returns, and whether each of `FIGURES` rejects chance."""

    sweep: Sweep
    best: RuleParameters
    returns: FloatArray
    rejections: list[bool]

    @property
    def zero_is_inside(self) -> bool:
        """Whether the 90 % band of the best cell's Sharpe ratio holds zero."""
        bands = bootstrap_bands(self.returns, initial_cash=1.0, risk_free_rate=0.0)
        return not isinstance(bands, Undefined) and bool(bands.sharpe[0] <= 0 <= bands.sharpe[-1])


def narrowed(prices: Prices, commission_rate: float) -> Iterator[Outcome]:
    """Yield the outcome of each stage, each around the best of the one before."""
    earlier: list[Sweep] = []
    fast: Sequence[int] = FAST
    slow: Sequence[int] = SLOW
    for around in (_around, _neighbours, None):
        outcome = swept(prices, commission_rate, fast, slow, earlier)
        if outcome is None:
            return
        yield outcome
        earlier.append(outcome.sweep)
        if around is not None:
            fast, slow = around(outcome.best.fast, 1), around(outcome.best.slow, 2)


def swept(
    prices: Prices, commission_rate: float, fast: Sequence[int], slow: Sequence[int], earlier: Sequence[Sweep]
) -> Outcome | None:
    """Sweep the ranges; None where no cell trades."""
    strategy = _strategy(commission_rate)
    grid = grid_of(strategy.rule, strategy.rule_parameters, {"fast": fast, "slow": slow})
    sweep = Sweep(prices=prices, strategy=strategy, grid=grid, first=0, risk_free_rate=0.0)
    figures = sweep.figures()
    best = best_cell(scores(figures, Objective.SHARPE, minimum_trades=1))
    if best is None:
        return None
    chosen = grid.rule_parameters(best)
    result = backtest(prices, replace(strategy, rule_parameters=chosen), first=0, risk_free_rate=0.0)
    returns = result.strategy.curve.returns
    found = assess(
        sweep,
        figures,
        best_returns=returns,
        market=result.benchmark.curve.returns,
        minimum_trades=1,
        earlier=earlier,
    )
    return Outcome(sweep=sweep, best=chosen, returns=returns, rejections=_rejections(found, best))


def _strategy(commission_rate: float) -> Strategy:
    account = Account(
        initial_cash=10_000.0,
        position_size=1.0,
        fractional_shares=True,
        commission_rate=commission_rate,
        commission_fixed=0.0,
        slippage=0.0,
    )
    return Strategy(
        rule=Rule.MA_CROSSOVER,
        rule_parameters=RuleParameters(),
        entry=Entry.ON_CROSS,
        fill=Fill.NEXT_OPEN,
        account=account,
    )


def _rejections(found: Significance, best: int) -> list[bool]:
    """Return whether each of `FIGURES` rejects chance."""
    matched, held, null = found.same_exposure, found.buy_and_hold, found.overfitting_null
    p_value = nan if isinstance(matched, Undefined) else matched.p_value
    of_best = nan if isinstance(matched, Undefined) else float(found.adjusted(matched)[best])
    findings = Findings(
        beats_same_exposure=p_value < SIGNIFICANT,
        beats_clearly=p_value < CLEAR,
        best_survives=of_best < SIGNIFICANT,
        exceeds_luck=_number(found.deflated_ever) > CONFIDENT,
        choice_holds_up=not isinstance(null, Undefined) and null.observed < null.median,
    )
    headline = headline_of(findings)
    return [
        findings.beats_same_exposure,
        findings.beats_clearly,
        not isinstance(held, Undefined) and held.p_value < SIGNIFICANT,
        findings.exceeds_luck,
        _number(found.deflated_independent) > CONFIDENT,
        _number(found.deflated) > CONFIDENT,
        _number(found.probabilistic) > CONFIDENT,
        not isinstance(null, Undefined) and null.p_value <= SIGNIFICANT,
        findings.choice_holds_up,
        findings.best_survives,
        headline is Headline.WEAK,
        headline is Headline.STRONG,
    ]


def _number(figure: float | Undefined) -> float:
    return nan if isinstance(figure, Undefined) or isnan(figure) else figure


def _around(value: int, lowest: int) -> list[int]:
    """Return six steps of about a tenth to either side, as the sweep around a backtest has them."""
    step = max(round(value / 10), 1)
    below = min(6, (value - lowest) // step)
    return [value + place * step for place in range(-below, 7)]


def _neighbours(value: int, lowest: int) -> list[int]:
    return [near for near in (value - 1, value, value + 1) if near >= lowest]


def _drift(yearly: float) -> float:
    return yearly / BARS_IN_A_YEAR - DAILY**2 / 2


if __name__ == "__main__":
    main()

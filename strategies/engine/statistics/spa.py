"""Test whether the best of many trials beats a benchmark, and which trials do.

Hansen's test for superior predictive ability (SPA): with d_k the mean difference of trial k from its
benchmark and ω_k its deviation, the statistic is max(0, max_k √n d_k / ω_k), and its distribution if no
trial is better comes from the stationary bootstrap, recentred by Hansen's consistent choice: trials far
behind the benchmark do not count (White 2000, A reality check for data snooping; Hansen 2005, A test for
superior predictive ability, Journal of Business & Economic Statistics 23).

StepM goes on where that test rejects: the trials that beat the benchmark are taken out, and the others are
tested against the largest of those left, until none is (Romano & Wolf 2005, Stepwise multiple testing as
formalized data snooping, Econometrica 73; 2016, Efficient computation of adjusted p-values).

A trial's benchmark is `exposure` times the market, the rest in cash: 1 is buy and hold; with its own
exposure the trial is compared with being as much in the market at any other time, so being out of a
falling market is no skill, and being out of a rising one no fault. Means of one draw are sums of returns
times how often the draw took each bar, so all draws of some trials are one matrix product, which every
benchmark shares.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import log, sqrt

import numpy as np
from numpy.typing import NDArray

from strategies.engine.metrics import NO_DEVIATION, Undefined
from strategies.engine.prices import FloatArray
from strategies.engine.statistics.stationary_bootstrap import draw_counts

type Statistics = NDArray[np.float32]

DRAWS = 1000
LEAST_BARS = 64
MOST_STEPPED = 4096
"""Trials whose draws are kept for StepM's further steps: 16 MB. More are tested by its first step alone."""


@dataclass(frozen=True, eq=False, kw_only=True)
class SpaResult:
    """What the test says of one benchmark.

    p_value: probability of so large an advantage, or a larger one, if no trial is better than the benchmark.
        What was observed counts as one draw more, so that it is never zero: among many tests some zeros
        would come of too few draws alone (Davison & Hinkley 1997, Bootstrap methods, section 4.2.3).
    leads: √n d_k / ω_k of each trial, shape (trials,); NaN where it never differs from the benchmark.
    adjusted: p-value of each trial, adjusted for all of them by StepM; shape (trials,); 1 where NaN.
    largest: the statistic in each draw, shape (draws,); observed: as it came.
    """

    p_value: float
    leads: FloatArray
    adjusted: FloatArray
    largest: Statistics
    observed: float
    draws: int
    block_length: int


@dataclass(frozen=True, eq=False, kw_only=True)
class Batch:
    """Some trials.

    returns: shape (trials, bars).
    exposures: of each benchmark by name; shape (trials,).
    """

    returns: FloatArray
    exposures: Mapping[str, FloatArray]


@dataclass(eq=False, kw_only=True)
class _Collected:
    """Statistics of the batches so far, for one benchmark."""

    leads: list[FloatArray] = field(default_factory=list)
    drawn: list[Statistics] = field(default_factory=list)
    largest: Statistics = field(default_factory=lambda: np.zeros(DRAWS, np.float32))
    kept: int = 0


def spa_tests(
    market: FloatArray, batches: Iterable[Batch], *, block_length: int
) -> dict[str, SpaResult] | Undefined:
    """Return the test against each benchmark that the batches name.

    market: returns of buy and hold, shape (bars,). block_length: mean length of a block, in bars.
    """
    bars = len(market)
    if bars < LEAST_BARS:
        return Undefined(f"The period has fewer than {LEAST_BARS} bars: too few to draw from.")
    counts = draw_counts(bars, DRAWS, block_length)
    market_mean = float(market.mean())
    drawn_market = counts @ (market - market_mean).astype(np.float32)
    found: dict[str, _Collected] = {}
    for batch in batches:
        means = batch.returns.mean(axis=1)
        drawn = counts @ (batch.returns - means[:, np.newaxis]).T.astype(np.float32)
        for name, exposures in batch.exposures.items():
            differences = drawn - np.multiply.outer(drawn_market, exposures.astype(np.float32))
            _collect(found.setdefault(name, _Collected()), means - exposures * market_mean, differences, bars)
    return {name: _result(collected, block_length) for name, collected in found.items()}


def _collect(collected: _Collected, lead: FloatArray, drawn: Statistics, bars: int) -> None:
    """Add a batch: mean differences, shape (trials,), and n times those of each draw, (draws, trials)."""
    # The variance over the draws is the bootstrap's own; a trial that is the benchmark has none.
    deviation = np.sqrt(np.einsum("ij,ij->j", drawn, drawn, dtype=np.float64) / (DRAWS * bars))
    moves = deviation > NO_DEVIATION
    statistic = np.full(len(lead), np.nan)
    statistic[moves] = lead[moves] / deviation[moves] * sqrt(bars)
    scale = np.divide(1 / sqrt(bars), deviation, out=np.zeros_like(deviation), where=moves)
    drawn *= scale.astype(np.float32)
    far_behind = moves & (np.nan_to_num(statistic) < -sqrt(2 * log(log(bars))))
    drawn += np.where(far_behind, np.nan_to_num(statistic), 0.0).astype(np.float32)
    collected.leads.append(statistic)
    np.maximum(collected.largest, drawn.max(axis=1, initial=0), out=collected.largest)
    collected.kept += len(lead)
    if collected.kept <= MOST_STEPPED:
        collected.drawn.append(drawn)
    else:
        collected.drawn.clear()


def _result(collected: _Collected, block_length: int) -> SpaResult:
    leads = np.concatenate(collected.leads)
    observed = max(float(np.nanmax(leads)), 0.0) if not np.isnan(leads).all() else 0.0
    stepped = np.concatenate(collected.drawn, axis=1) if collected.kept <= MOST_STEPPED else None
    return SpaResult(
        p_value=_share_reaching(collected.largest, observed),
        leads=leads,
        adjusted=step_down(leads, stepped, collected.largest),
        largest=collected.largest,
        observed=observed,
        draws=DRAWS,
        block_length=block_length,
    )


def step_down(leads: FloatArray, drawn: Statistics | None, largest: Statistics) -> FloatArray:
    """Return StepM's adjusted p-values, shape (trials,).

    leads: statistics as they came, NaN where there is none; shape (trials,).
    drawn: those of each draw, shape (draws, trials); None: no step after the first.
    largest: the largest of each draw, or zero; shape (draws,).
    """
    adjusted = np.ones(len(leads))
    ahead = np.flatnonzero(np.nan_to_num(leads) > 0)
    ahead = ahead[np.argsort(-leads[ahead], kind="stable")]
    if not len(ahead):
        return adjusted
    if drawn is None:
        shares = np.array([_share_reaching(largest, lead) for lead in leads[ahead].tolist()])
    else:
        others = np.ones(len(leads), dtype=np.bool_)
        others[ahead] = False
        # From the last to the first, each step adds one trial to those that remain.
        remaining = drawn[:, ahead[::-1]]
        np.maximum(remaining[:, 0], drawn[:, others].max(axis=1, initial=0), out=remaining[:, 0])
        np.maximum.accumulate(remaining, axis=1, out=remaining)
        reached = np.count_nonzero(remaining[:, ::-1] >= leads[ahead].astype(np.float32), axis=0)
        shares = (reached + 1) / (len(drawn) + 1)
    adjusted[ahead] = np.maximum.accumulate(shares)
    return adjusted


def _share_reaching(largest: Statistics, lead: float) -> float:
    return (int(np.count_nonzero(largest >= lead)) + 1) / (len(largest) + 1)

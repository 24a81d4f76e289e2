"""Forecast a year of equity from the returns before the freeze, and test a record against it.

Paths of a year are drawn from the returns by the stationary block bootstrap (Politis and Romano 1994). Each
path also gets a drift of its own, drawn as the mean of a resampled history, since the mean is known from that
history alone. Quantiles of the paths at each session are the fan.

The test may be looked at every day: of each path the lowest distance below the mean, in deviations of its
session, is taken over the year; the limit is the distance that 5 % of the paths exceed. A record that does as
its backtest did leaves the band in at most about 5 % of years, however often somebody looks.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from strategies.engine.metrics import NO_DEVIATION, Undefined
from strategies.engine.prices import FloatArray
from strategies.engine.statistics.stationary_bootstrap import SEED, root_block_length

YEAR = 252
"""Sessions that a band covers; then it begins anew at the equity reached."""
DRAWS = 1000
LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
EARLIEST = 21
"""The first session of a year that is judged: before, a single day decides too much."""
ERROR = 0.05
"""Chance that a record that does as its backtest did leaves the band within a year."""
LEAST_BARS = 64


@dataclass(frozen=True, eq=False, kw_only=True)
class Band:
    """A year's forecast of the equity, of which 1 is the equity at its beginning.

    fan: shape (levels, sessions), growth at `LEVELS`; limit: shape (sessions,), growth below which a record
        has left the band.
    """

    fan: FloatArray
    limit: FloatArray


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Where a record stands in its present year.

    sessions: of the year so far. below: sessions in a row, up to the last, under the lowest line of the fan.
    left_at: the session of the year, from 1 on, at which the band was left; None: not.
    """

    sessions: int
    below: int
    left_at: int | None

    @property
    def is_early(self) -> bool:
        """Whether it is too early to judge."""
        return self.sessions < EARLIEST


def forecast_band(returns: FloatArray, *, draws: int = DRAWS) -> Band | Undefined:
    """Return the band that returns of each bar, shape (bars,), let expect."""
    if len(returns) < LEAST_BARS:
        return Undefined(f"The backtest has fewer than {LEAST_BARS} bars: too few to draw from.")
    if returns.std() < NO_DEVIATION:
        return Undefined("The equity of the backtest never moved, so every draw is the same.")
    logarithms = np.log1p(np.maximum(returns, -0.999))
    paths = _paths(logarithms, draws)
    mean, deviation = paths.mean(axis=0), np.maximum(paths.std(axis=0), NO_DEVIATION)
    lowest = ((paths - mean) / deviation)[:, EARLIEST - 1 :].min(axis=1)
    return Band(
        fan=np.exp(np.quantile(paths, LEVELS, axis=0)),
        limit=np.exp(mean + np.quantile(lowest, ERROR) * deviation),
    )


def standing(growth: FloatArray, band: Band) -> Standing:
    """Return where a record stands.

    growth: equity at each close of the year over that at its beginning; shape (sessions,).
    """
    sessions = len(growth)
    under = growth < band.fan[0, :sessions]
    left = np.flatnonzero((growth < band.limit[:sessions])[EARLIEST - 1 :])
    above = np.flatnonzero(~under)
    return Standing(
        sessions=sessions,
        below=sessions - (int(above[-1]) + 1 if len(above) else 0),
        left_at=int(left[0]) + EARLIEST if len(left) else None,
    )


def _paths(logarithms: FloatArray, draws: int) -> FloatArray:
    """Return cumulated logarithms of growth; shape (draws, sessions)."""
    random = np.random.default_rng(SEED)
    total = np.zeros(draws)
    for bars in _resampled(len(logarithms), len(logarithms), draws, random):
        total += logarithms[bars]
    drift = total / len(logarithms) - logarithms.mean()
    steps = np.column_stack([logarithms[bars] for bars in _resampled(len(logarithms), YEAR, draws, random)])
    return np.cumsum(steps + drift[:, None], axis=1)


def _resampled(bars: int, steps: int, draws: int, random: np.random.Generator) -> Iterator[NDArray[np.int64]]:
    """Yield for each step the bar that each draw takes; shape (draws,)."""
    ends = 1 / root_block_length(bars)
    present = random.integers(bars, size=draws)
    for _ in range(steps):
        yield present
        begins = random.random(draws) < ends
        present = np.where(begins, random.integers(bars, size=draws), (present + 1) % bars)

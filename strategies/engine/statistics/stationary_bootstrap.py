"""Draws of the stationary block bootstrap (Politis & Romano 1994).

Blocks of random length keep what depends on the order of the bars: volatility comes in clusters, and
a drawdown is made of bars that follow one another. The same arguments give the same draws, so that a
document can be computed again. They are those of the `arch` package with the same seed, as the tests prove;
loading it would take a second, and more memory than all else that a sweep needs.
"""

from collections.abc import Iterator
from functools import lru_cache
from math import isqrt

import numpy as np
from numpy.typing import NDArray

from strategies.engine.prices import IndexArray

SEED = 20_000_103
"""Any number would do; it is part of what makes a document repeatable."""


def root_block_length(bars: int) -> int:
    """Return the square root of the number of bars: blocks that hold clusters of volatility."""
    return max(isqrt(bars), 1)


def resampled_bars(bars: int, draws: int, *, block_length: int) -> Iterator[IndexArray]:
    """Yield `draws` samples of bars, each of the shape (bars,)."""
    from strategies.engine.statistics.bootstrap_kernel import follow

    random = np.random.default_rng(SEED)
    for _ in range(draws):
        starts, chances = random.integers(bars, size=bars), random.random(bars)
        sample = np.empty(bars, dtype=np.int64)
        follow(starts, chances, 1 / block_length, sample)
        yield sample


@lru_cache(maxsize=2)
def draw_counts(bars: int, draws: int, block_length: int) -> NDArray[np.float32]:
    """Return how often each draw takes each bar; shape (draws, bars).

    Kept between calls, because a person who tunes a form asks for the same draws again and again.
    """
    counts = np.empty((draws, bars), dtype=np.float32)
    samples = resampled_bars(bars, draws, block_length=block_length)
    for row, sample in zip(counts, samples, strict=True):
        row[:] = np.bincount(sample, minlength=bars)
    counts.flags.writeable = False
    return counts

"""Compile the tables of a market: running sums and ranges of closes."""

import numpy as np

from strategies.engine.compilation.decorators import Array, bare_kernel, higher, kernel, lower
from strategies.engine.sweep.market import (
    FALL,
    HIGHEST,
    LOWEST,
    LOWEST_LEVEL,
    PRICE_COLUMN,
    RETURNS_COLUMN,
    SHORTFALLS_COLUMN,
    SQUARES_COLUMN,
)

type Sums = tuple[float, float, float, float, float, float]
"""Running Σr, Σr² and Σ min(r - rf, 0)², each followed by what its roundings lost."""


@kernel
def tabulate(close: Array, paid: Array, received: Array, rate: float) -> tuple[Array, Array, Array]:
    """Return `bought`, `sold` and `ranges` of a market, see there.

    close, paid, received: shape (bars,), the latter two with costs; rate: the risk-free one of a bar.
    """
    bars = close.shape[0]
    bought, sold = np.empty((bars, 8)), np.empty((bars + 1, 8))
    sums = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    for bar in range(bars):
        before = close[max(bar - 1, 0)]
        at_sale = received[bar] / before - 1 if bar > 0 else 0.0
        _write(sold[bar], sums, _summed(at_sale, rate if bar > 0 else 0.0), 1.0, received[bar])
        sums = _added(sums, _summed(close[bar] / before - 1, rate))
        _write(bought[bar], sums, _summed(close[bar] / paid[bar] - 1, rate), -1.0, 1 / paid[bar])
    _write(sold[bars], sums, (0.0, 0.0, 0.0), 1.0, close[bars - 1])
    return bought, sold, _ranges(close)


@kernel
def _summed(change: float, rate: float) -> tuple[float, float, float]:
    shortfall = min(change - rate, 0.0)
    return change, change * change, shortfall * shortfall


@kernel
def _write(row: Array, sums: Sums, rests: tuple[float, float, float], sign: float, price: float) -> None:
    """Write sums, what is summed of one return added to their second parts, and a price."""
    row[RETURNS_COLUMN], row[RETURNS_COLUMN + 1] = sums[0], sums[1] + sign * rests[0]
    row[SQUARES_COLUMN], row[SQUARES_COLUMN + 1] = sums[2], sums[3] + sign * rests[1]
    row[SHORTFALLS_COLUMN], row[SHORTFALLS_COLUMN + 1] = sums[4], sums[5] + sign * rests[2]
    row[PRICE_COLUMN], row[PRICE_COLUMN + 1] = price, 0.0


@kernel
def _added(sums: Sums, values: tuple[float, float, float]) -> Sums:
    returns, returns_lost = _two_sum(sums[0], values[0])
    squares, squares_lost = _two_sum(sums[2], values[1])
    shortfalls, shortfalls_lost = _two_sum(sums[4], values[2])
    return (
        returns,
        sums[1] + returns_lost,
        squares,
        sums[3] + squares_lost,
        shortfalls,
        sums[5] + shortfalls_lost,
    )


@kernel
def _two_sum(before: float, value: float) -> tuple[float, float]:
    """Return a sum and what its rounding loses (Knuth)."""
    after = before + value
    added = after - before
    return after, (before - (after - added)) + (value - added)


@kernel
def _ranges(close: Array) -> Array:
    """Return the disjoint sparse table from the level on that `events` reads.

    A group whose second half has no bars is never asked for.
    """
    bars = close.shape[0]
    inverse = 1 / close
    levels = 1
    while 1 << levels < bars:
        levels += 1
    table = np.empty((levels, bars, 3))
    for level in range(LOWEST_LEVEL, levels):
        half = 1 << level
        for middle in range(half, bars, 2 * half):
            begin, end = middle - half, min(middle + half, bars)
            _write_to_end(close[begin:middle], inverse[begin:middle], table[level, begin:middle])
            _write_from_start(close[middle:end], inverse[middle:end], table[level, middle:end])
    return table


@bare_kernel
def _write_to_end(close: Array, inverse: Array, rows: Array) -> None:
    """Write of each bar lowest, highest and fall of the stretch that it begins; `inverse` is 1 / close."""
    last = close.shape[0] - 1
    lowest, highest, fall = close[last], close[last], 1.0
    # Counted upwards, since numba makes any other index mind that it could be negative.
    for place in range(close.shape[0]):
        bar = last - place
        lowest, highest = lower(lowest, close[bar]), higher(highest, close[bar])
        fall = lower(fall, lowest * inverse[bar])
        rows[bar, LOWEST], rows[bar, HIGHEST], rows[bar, FALL] = lowest, highest, fall


@bare_kernel
def _write_from_start(close: Array, inverse: Array, rows: Array) -> None:
    """Write of each bar lowest, highest and fall of the stretch that it ends."""
    lowest, highest, fall = close[0], close[0], 1.0
    inverse_of_highest = inverse[0]
    for bar in range(close.shape[0]):
        lowest, highest = lower(lowest, close[bar]), higher(highest, close[bar])
        inverse_of_highest = lower(inverse_of_highest, inverse[bar])
        fall = lower(fall, close[bar] * inverse_of_highest)
        rows[bar, LOWEST], rows[bar, HIGHEST], rows[bar, FALL] = lowest, highest, fall

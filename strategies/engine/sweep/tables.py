"""The tables of a market, compiled; `vectorised` has the same by NumPy."""

import numpy as np

from strategies.engine.compiling import Array, higher, kernel, lower
from strategies.engine.sweep.market import PRICE_COLUMN

SUMS = 3


@kernel
def tabulate(close: Array, paid: Array, received: Array, rate: float) -> tuple[Array, Array, Array]:
    """Return `bought`, `sold` and `ranges` of a market, see there.

    close, paid, received: shape (bars,), the latter two with costs; rate: the risk-free one of a bar.
    """
    bars = close.shape[0]
    bought, sold = np.zeros((bars, 8)), np.zeros((bars + 1, 8))
    sums = np.zeros(2 * SUMS)
    for bar in range(bars):
        sold[bar, : 2 * SUMS] = sums
        sold[bar, PRICE_COLUMN] = received[bar]
        if bar > 0:
            _add_rests(received[bar] / close[bar - 1] - 1, rate, sold[bar], 1.0)
            _add(close[bar] / close[bar - 1] - 1, rate, sums)
        else:
            _add(0.0, rate, sums)
        bought[bar, : 2 * SUMS] = sums
        bought[bar, PRICE_COLUMN] = 1 / paid[bar]
        _add_rests(close[bar] / paid[bar] - 1, rate, bought[bar], -1.0)
    sold[bars, : 2 * SUMS] = sums
    sold[bars, PRICE_COLUMN] = close[bars - 1]
    return bought, sold, _ranges(close)


@kernel
def _summed(change: float, rate: float) -> tuple[float, float, float]:
    shortfall = min(change - rate, 0.0)
    return change, change * change, shortfall * shortfall


@kernel
def _add_rests(change: float, rate: float, row: Array, sign: float) -> None:
    """Add what is summed of one return to the second columns alone."""
    values = _summed(change, rate)
    for place in range(SUMS):
        row[2 * place + 1] += sign * values[place]


@kernel
def _add(change: float, rate: float, sums: Array) -> None:
    """Add what is summed of one return, keeping what each addition loses (Knuth's two-sum)."""
    values = _summed(change, rate)
    for place in range(SUMS):
        before, value = sums[2 * place], values[place]
        after = before + value
        added = after - before
        sums[2 * place] = after
        sums[2 * place + 1] += (before - (after - added)) + (value - added)


@kernel
def _ranges(close: Array) -> Array:
    """Return the disjoint sparse table; a group whose second half has no bars is never asked for."""
    bars = close.shape[0]
    levels = 1
    while 1 << levels < bars:
        levels += 1
    table = np.empty((levels, bars, 3))
    for level in range(levels):
        half = 1 << level
        for middle in range(half, bars, 2 * half):
            lowest, highest, fall = close[middle - 1], close[middle - 1], 1.0
            for bar in range(middle - 1, middle - half - 1, -1):
                lowest, highest = lower(lowest, close[bar]), higher(highest, close[bar])
                fall = lower(fall, lowest / close[bar])
                table[level, bar] = lowest, highest, fall
            lowest, highest, fall = close[middle], close[middle], 1.0
            for bar in range(middle, min(middle + half, bars)):
                lowest, highest = lower(lowest, close[bar]), higher(highest, close[bar])
                fall = lower(fall, close[bar] / highest)
                table[level, bar] = lowest, highest, fall
    return table

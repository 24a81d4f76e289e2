"""The compiled kernel: two averages in, crossings and what became of the money out.

Two averages are compared 64 bars at a time into the bits of one word; a bit that differs from the one
before it is a crossing, and only crossings are visited. Between two of them the shares do not change,
so a held stretch of bars costs the same whether it is short or long: its sums come from sums over all
bars up to each, its lowest close and worst drawdown from a sparse table.

That holds while all money is in shares or none is, and while no stop acts inside the stretch. Fills
that depend on the path go through `walking`.

Importing this module loads numba, which takes a fifth of a second; the functions are compiled at their
first call, or read from numba's cache on disk.
"""

from math import isnan
from typing import Any

import numpy as np
from numba import njit
from numba.cpython.unsafe import numbers

from strategies.engine.prices import ROUNDING
from strategies.engine.sweep.market import Market, Terms
from strategies.engine.sweep.tallies import (
    CANCELLED,
    DOWNSIDE,
    GROWTH,
    HELD,
    RETURNS,
    SPREAD,
    TRADES,
    WINS,
    WORST,
)

trailing_zeros: Any = numbers.trailing_zeros
"""One machine instruction: the place of the lowest bit that is set."""

WORD = 64

type Array = Any
"""A NumPy array; numba finds the exact type at the call."""


@njit(cache=True, nogil=True)
def crossings(
    fast: Array, slow: Array, begin: int, lead: int, words: Array, signals: Array
) -> tuple[int, int, int]:
    """Write the crossings of two averages to `signals`, counted in traded bars; they alternate.

    fast, slow: shape (bars,), bars a multiple of 64, NaN after the last one.
    begin: first bar at which both averages exist.
    lead: bars before the first traded one.
    words: room for one word for each 64 bars.
    Returns the number of crossings, the first traded bar with a side, and the side before the first
    of these crossings: 1, -1, or 0 where there never is one.
    """
    bars = fast.shape[0]
    begin = _untied(fast, slow, begin)
    if begin >= bars or isnan(fast[begin] - slow[begin]):
        return 0, 0, 0
    side = first_side = 1 if fast[begin] > slow[begin] else -1
    _compare(fast, slow, words)
    last_bit = np.uint64(0)
    count = 0
    for index in range(begin // WORD, bars // WORD):
        word = words[index]
        changes = word ^ ((word << np.uint64(1)) | last_bit)
        last_bit = word >> np.uint64(WORD - 1)
        while changes:
            bar = index * WORD + trailing_zeros(changes)
            changes &= changes - np.uint64(1)
            rises = fast[bar] > slow[bar]
            # A rise to the side that holds already: the fall before it was to equality only.
            if bar <= begin or rises == (side > 0):
                continue
            if not rises:
                bar = _untied(fast, slow, bar)
                if bar >= bars or not fast[bar] < slow[bar]:
                    continue
            side = -side
            if bar < lead:
                first_side = side
                continue
            signals[count] = bar - lead
            count += 1
    return count, max(begin - lead, 0), first_side


@njit(cache=True, nogil=True)
def _untied(fast: Array, slow: Array, bar: int) -> int:
    """Return the first bar from `bar` on at which the two are not equal."""
    while bar < fast.shape[0] and fast[bar] == slow[bar]:
        bar += 1
    return bar


@njit(cache=True, nogil=True)
def _compare(fast: Array, slow: Array, words: Array) -> None:
    """Write to each word 64 bits that tell at which of its bars `fast` is above `slow`.

    Nothing else happens in this loop, so that the compiler compares several bars at once.
    """
    for index in range(fast.shape[0] // WORD):
        word = np.uint64(0)
        for bit in range(WORD):
            word |= np.uint64(fast[index * WORD + bit] > slow[index * WORD + bit]) << np.uint64(bit)
        words[index] = word


@njit(cache=True, nogil=True)
def orders_at_crossings(
    signals: Array, count: int, known: int, side: int, terms: Terms, bars: int, orders: Array, targets: Array
) -> int:
    """Write the bars at which orders are filled, and the targets from there on; return how many.

    signals, count, known, side: as `crossings` gives them.
    A fill after the last of the `bars` does not happen, and the first target is not 0.
    """
    filled = 0
    if terms.on_state and side != 0 and not (count > 0 and signals[0] == known):
        target = terms.up if side > 0 else terms.down
        if target != 0 and known + terms.delay < bars:
            orders[0] = known + terms.delay
            targets[0] = target
            filled = 1
    for signal in range(count):
        side = -side
        target = terms.up if side > 0 else terms.down
        if filled == 0 and target == 0:
            continue
        if signals[signal] + terms.delay >= bars:
            break
        orders[filled] = signals[signal] + terms.delay
        targets[filled] = target
        filled += 1
    return filled


@njit(cache=True, nogil=True)
def orders_at_turns(
    sides: Array, known_from: int, lead: int, terms: Terms, orders: Array, targets: Array
) -> int:
    """Write the orders that follow the sides of any rule; return how many, as `orders_at_crossings` does.

    sides: shape (bars,), the bars before the first traded one included.
    """
    bars = sides.shape[0]
    beginning = max(known_from, lead)
    filled = 0
    for bar in range(beginning, bars):
        target = terms.up if sides[bar] > 0 else (terms.down if sides[bar] < 0 else 0)
        if bar > known_from:
            earlier = terms.up if sides[bar - 1] > 0 else (terms.down if sides[bar - 1] < 0 else 0)
        else:
            earlier = target
        if target == earlier and not (terms.on_state and bar == beginning):
            continue
        if filled == 0 and target == 0:
            continue
        if bar - lead + terms.delay >= bars - lead:
            break
        orders[filled] = bar - lead + terms.delay
        targets[filled] = target
        filled += 1
    return filled


@njit(cache=True, nogil=True)
def tally_holdings(orders: Array, count: int, market: Market, terms: Terms, tally: Array) -> bool:
    """Count in `tally` what becomes of cash that goes all in at a purchase and all out at a sale.

    orders: bars of purchase, sale, purchase, ...
    Returns whether the spread is precise: where returns hardly differ, it drowns in rounding.
    """
    close, paid, received, sums = market.close, market.paid, market.received, market.sums
    rate = market.rate
    bars = close.shape[0]
    equity, peak, worst = terms.initial_cash, terms.initial_cash, 1.0
    total, squares, downside = 0.0, 0.0, 0.0
    trades, wins, held, moved = 0, 0, 0, 0
    for order in range(0, count, 2):
        if equity <= ROUNDING * terms.initial_cash:
            break
        first = orders[order]
        is_open = order + 1 >= count
        end = bars if is_open else orders[order + 1]
        last = end - 1
        shares = equity / paid[first]
        entry = close[first] / paid[first] - 1
        total += entry + _between(sums, first + 1, end, 0)
        squares += entry * entry + _between(sums, first + 1, end, 2)
        downside += min(entry - rate, 0.0) ** 2 + _between(sums, first + 1, end, 4)
        lowest, highest, fall = _range(close, market.ranges, first, last)
        worst = min(worst, fall, shares * lowest / peak)
        peak = max(peak, shares * highest)
        trades += 1
        held += end - first
        moved += end - first
        if is_open:
            brought = close[last]
        else:
            brought = received[end]
            leaving = brought / close[last] - 1
            total += leaving
            squares += leaving * leaving
            downside += min(leaving - rate, 0.0) ** 2
            moved += 1
        if brought / paid[first] - 1 > ROUNDING:
            wins += 1
        equity = shares * brought
        worst = min(worst, equity / peak)
        peak = max(peak, equity)
    tally[GROWTH] = equity / terms.initial_cash
    tally[RETURNS] = total
    tally[SPREAD] = max(squares - total * total / bars, 0.0)
    tally[DOWNSIDE] = downside + (bars - moved) * min(-rate, 0.0) ** 2
    tally[WORST] = worst - 1
    tally[TRADES] = trades
    tally[WINS] = wins
    tally[HELD] = held
    precise: bool = tally[SPREAD] >= CANCELLED * squares
    return precise


@njit(cache=True, nogil=True)
def _between(sums: Array, begin: int, end: int, column: int) -> float:
    """Return the sum over the bars [begin, end)."""
    whole: float = sums[end, column] - sums[begin, column]
    rest: float = sums[end, column + 1] - sums[begin, column + 1]
    return whole + rest


@njit(cache=True, nogil=True)
def _range(close: Array, ranges: Array, first: int, last: int) -> tuple[float, float, float]:
    """Return lowest and highest close of the bars [first, last], and the worst low over earlier high."""
    if first == last:
        return close[first], close[first], 1.0
    level = 0
    rest = (first ^ last) >> 1
    while rest:
        level += 1
        rest >>= 1
    early, late = ranges[level, first], ranges[level, last]
    return (
        min(early[0], late[0]),
        max(early[1], late[1]),
        min(early[2], late[2], late[0] / early[1]),
    )

"""The compiled kernel: two averages in, crossings and what became of the money out.

Two averages are compared 64 bars at a time into the bits of one word; a bit that differs from the one
before it is a crossing, and only crossings are visited. Between two of them the shares do not change,
so a held stretch of bars costs the same whether it is short or long: its sums are the difference of two
rows of the market, its lowest close and worst drawdown come from a sparse table.

That holds while all money is in shares or none is, and while no stop acts inside the stretch. Fills
that depend on the path go through `walking`.

Importing this module loads numba, which takes a fifth of a second; the functions are compiled at their
first call, or read from numba's cache on disk.
"""

from math import isnan
from typing import Any

import numpy as np
from numba.cpython.unsafe import numbers

from strategies.engine.compilation.decorators import Array, bare_kernel, higher, lower
from strategies.engine.prices import ROUNDING
from strategies.engine.sweep.averages import WORD
from strategies.engine.sweep.kernels.compare_words import bits_above
from strategies.engine.sweep.market import (
    FALL,
    HIGHEST,
    LOWEST,
    LOWEST_LEVEL,
    PRICE_COLUMN,
    RETURNS_COLUMN,
    SHORTFALLS_COLUMN,
    SQUARES_COLUMN,
    Market,
    Terms,
)
from strategies.engine.sweep.metrics import (
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
leading_zeros: Any = numbers.leading_zeros
"""One machine instruction each: bits before the lowest and above the highest one that is set."""


@bare_kernel
def crossings(fast: Array, slow: Array, begin: int, lead: int, signals: Array) -> tuple[int, int, int]:
    """Write the crossings of two averages to `signals`, counted in traded bars; they alternate.

    fast, slow: shape (bars,), bars a multiple of 64, NaN after the last one.
    begin: first bar at which both averages exist.
    lead: bars before the first traded one.
    Returns the number of crossings, the first traded bar with a side, and the side before the first
    of these crossings: 1, -1, or 0 where there never is one.
    """
    bars = fast.shape[0]
    begin = _untied(fast, slow, begin)
    if begin >= bars or isnan(fast[begin] - slow[begin]):
        return 0, 0, 0
    side = first_side = 1 if fast[begin] > slow[begin] else -1
    last_bit = np.uint64(0)
    count = 0
    for index in range(begin // WORD, bars // WORD):
        word = bits_above(fast, slow, index * WORD)
        changes = word ^ ((word << np.uint64(1)) | last_bit)
        last_bit = word >> np.uint64(WORD - 1)
        while changes:
            bit = trailing_zeros(changes)
            changes &= changes - np.uint64(1)
            bar = index * WORD + bit
            rises = (word >> np.uint64(bit)) & np.uint64(1) == np.uint64(1)
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


@bare_kernel
def _untied(fast: Array, slow: Array, bar: int) -> int:
    """Return the first bar from `bar` on at which the two are not equal."""
    while bar < fast.shape[0] and fast[bar] == slow[bar]:
        bar += 1
    return bar


@bare_kernel
def orders_at_crossings(
    signals: Array, count: int, known: int, side: int, terms: Terms, bars: int, orders: Array, targets: Array
) -> int:
    """Write the bars at which orders are filled, and the targets from there on; return how many.

    signals, count, known, side: as `crossings` gives them.
    Fills beyond the last bar are dropped; the first order always opens a position.
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


@bare_kernel
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


@bare_kernel
def accumulate_holdings(orders: Array, count: int, market: Market, terms: Terms, tally: Array) -> bool:
    """Count in `tally` what becomes of cash that goes all in at a purchase and all out at a sale.

    orders: bars of purchase, sale, purchase, ...
    Returns whether the spread is precise: where returns hardly differ, it drowns in rounding.
    """
    close, bought, sold, ranges = market.close, market.bought, market.sold, market.ranges
    bars = close.shape[0]
    equity, peak, worst = terms.initial_cash, terms.initial_cash, 1.0
    total, squares, shortfalls = 0.0, 0.0, 0.0
    trades, wins, held, moved = 0, 0, 0, 0
    for order in range(0, count, 2):
        if equity <= ROUNDING * terms.initial_cash:
            break
        first = orders[order]
        is_sold = order + 1 < count
        end = orders[order + 1] if is_sold else bars
        until = end if is_sold else bars
        total += _between(bought, first, sold, until, RETURNS_COLUMN)
        squares += _between(bought, first, sold, until, SQUARES_COLUMN)
        shortfalls += _between(bought, first, sold, until, SHORTFALLS_COLUMN)
        shares = equity * bought[first, PRICE_COLUMN]
        lowest, highest, fall = _range(close, ranges, first, end - 1)
        worst = lower(worst, lower(fall, shares * lowest / peak))
        peak = higher(peak, shares * highest)
        trades += 1
        held += end - first
        moved += end - first + is_sold
        wins += bought[first, PRICE_COLUMN] * sold[until, PRICE_COLUMN] - 1 > ROUNDING
        equity = shares * sold[until, PRICE_COLUMN]
        worst = lower(worst, equity / peak)
        peak = higher(peak, equity)
    tally[GROWTH] = equity / terms.initial_cash
    tally[RETURNS] = total
    tally[SPREAD] = max(squares - total * total / bars, 0.0)
    tally[DOWNSIDE] = shortfalls + (bars - moved) * min(-market.rate, 0.0) ** 2
    tally[WORST] = worst - 1
    tally[TRADES] = trades
    tally[WINS] = wins
    tally[HELD] = held
    precise: bool = tally[SPREAD] >= CANCELLED * squares
    return precise


@bare_kernel
def _between(bought: Array, first: int, sold: Array, end: int, column: int) -> float:
    """Return a sum over the returns between a purchase and a sale."""
    whole: float = sold[end, column] - bought[first, column]
    rest: float = sold[end, column + 1] - bought[first, column + 1]
    return whole + rest


@bare_kernel
def _range(close: Array, ranges: Array, first: int, last: int) -> tuple[float, float, float]:
    """Return lowest and highest close of the bars [first, last], and the worst low over earlier high."""
    if first ^ last < 1 << LOWEST_LEVEL:
        return _short_range(close, first, last)
    level = 63 - leading_zeros(first ^ last)
    early_highest, late_lowest = ranges[level, first, HIGHEST], ranges[level, last, LOWEST]
    fall = lower(ranges[level, first, FALL], ranges[level, last, FALL])
    return (
        lower(ranges[level, first, LOWEST], late_lowest),
        higher(early_highest, ranges[level, last, HIGHEST]),
        lower(fall, late_lowest / early_highest),
    )


@bare_kernel
def _short_range(close: Array, first: int, last: int) -> tuple[float, float, float]:
    """Return what `_range` does, by looking at one bar after another."""
    lowest, highest, fall = close[first], close[first], 1.0
    for bar in range(first + 1, last + 1):
        lowest, highest = lower(lowest, close[bar]), higher(highest, close[bar])
        fall = lower(fall, close[bar] / highest)
    return lowest, highest, fall

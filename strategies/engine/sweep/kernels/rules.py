"""The compiled decisions of rules that look at more than two lines: those of `rules`, cell by cell.

What a cell decides is written over what the one before it did, so no array of cells times bars exists.
The tests hold these functions to the rules' own.
"""

from strategies.engine.compilation.decorators import Array, bare_kernel
from strategies.engine.prices import ROUNDING
from strategies.engine.sweep.averages import ENVELOPE, MACD, TRIPLE, RuleCells


@bare_kernel
def decide(recipes: RuleCells, cell: int, room: Array, sides: Array) -> int:
    """Write the sides that a cell wants to `sides`; return the first bar from which they are known.

    room: two lines to work in; shape (2, bars). sides: int8, shape (bars,).
    Raises ValueError for a code that is none of a rule.
    """
    first, third = recipes.values[recipes.first[cell]], recipes.values[recipes.third[cell]]
    if recipes.code == TRIPLE:
        return _in_order(first, recipes.values[recipes.second[cell]], third, sides)
    if recipes.code == MACD:
        begin = recipes.begin[cell]
        for bar in range(begin, len(sides)):
            room[0, bar] = first[bar] - third[bar]
        return _over_signal(room[0], room[1], begin, recipes.signal[cell], sides)
    if recipes.code == ENVELOPE:
        return _outside_bands(first, third, recipes.begin[cell], recipes.band[cell], sides)
    raise ValueError("No rule has this code.")


@bare_kernel
def _in_order(fast: Array, middle: Array, slow: Array, sides: Array) -> int:
    known = len(sides)
    upper, lower = 0, 0
    for bar in range(len(sides)):
        upper = _side(fast[bar], middle[bar], upper)
        lower = _side(middle[bar], slow[bar], lower)
        sides[bar] = upper if upper == lower else 0
        if known == len(sides) and upper != 0 and lower != 0:
            known = bar
    return known


@bare_kernel
def _over_signal(line: Array, signal: Array, begin: int, window: int, sides: Array) -> int:
    """Write the sides of a line from `begin` on and its exponential average, which is written too."""
    bars = len(sides)
    sides[:] = 0
    seeded = begin + window - 1
    if seeded >= bars:
        return bars
    share = 2 / (window + 1)
    last = 0.0
    for bar in range(begin, seeded + 1):
        last += line[bar]
    last /= window
    signal[seeded] = last
    for bar in range(seeded + 1, bars):
        last += share * (line[bar] - last)
        signal[bar] = last
    known = bars
    side = 0
    for bar in range(seeded, bars):
        side = _side(line[bar], signal[bar], side)
        sides[bar] = side
        if known == bars and side != 0:
            known = bar
    return known


@bare_kernel
def _outside_bands(close: Array, average: Array, begin: int, band: float, sides: Array) -> int:
    bars = len(sides)
    side = 0
    sides[: min(begin, bars)] = 0
    for bar in range(begin, bars):
        if close[bar] > average[bar] * (1 + band) * (1 + ROUNDING):
            side = 1
        elif close[bar] < average[bar] * (1 - band) * (1 - ROUNDING):
            side = -1
        sides[bar] = side
    return min(begin, bars)


@bare_kernel
def _side(one: float, other: float, before: int) -> int:
    """Return 1 where `one` is above `other`, -1 where below; the side before where equal or NaN."""
    return 1 if one > other else -1 if one < other else before

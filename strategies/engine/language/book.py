"""The position that a rule wants at each close, as a book that it keeps of its own.

At each close: an entry is made where its condition holds, that of the exit does not, and the other side
does not enter too. An entry of the other side ends a position as well. Stops close a position inside a
bar, as `stops` tells; afterwards the entry's condition must have failed once before it counts again.

The functions are plain loops, in words that numba compiles too.
"""

from math import inf, isnan
from typing import Any, NamedTuple

import numpy as np

from strategies.engine.enums import Direction, Fill
from strategies.engine.language.exits import Exits
from strategies.engine.prices import ROUNDING, IndexArray, Prices
from strategies.engine.stops import Stops

type Array = Any

LONG_EXIT, SHORT_EXIT, REVERSED, STOPPED = 1, 2, 3, 4
"""Why a position was left."""


# What the book remembers from bar to bar, as places in an array of numbers.
HELD, WANTED = 0, 1
"""1, -1 or 0."""
ENTRY, QUOTE = 2, 3
"""The bar of the fill, and the market's price at it."""
BEST, BEST_CLOSE = 4, 5
"""The best price and the best close of the position, times its side."""
LONG_WAITS, SHORT_WAITS = 6, 7
"""1 after a stop, until the condition of the entry has failed once."""
NUMBERS = 8


class BookTerms(NamedTuple):
    """What the book needs to know of the strategy; distances of stops are NaN where not set.

    delay: bars from a signal to its fill. longs, shorts: whether the side may be taken.
    """

    delay: int
    longs: bool
    shorts: bool
    stop_loss: float
    take_profit: float
    trailing_stop: float

    @classmethod
    def of(cls, direction: Direction, fill: Fill, stops: Stops) -> "BookTerms":
        """Return the terms of a strategy."""
        return cls(
            delay=1 if fill == Fill.NEXT_OPEN else 0,
            longs=direction != Direction.SHORT_ONLY,
            shorts=direction != Direction.LONG_ONLY,
            stop_loss=_distance(stops.stop_loss),
            take_profit=_distance(stops.take_profit),
            trailing_stop=_distance(stops.trailing_stop),
        )

    @property
    def has_stops(self) -> bool:
        """Whether any stop is set."""
        return not (isnan(self.stop_loss) and isnan(self.take_profit) and isnan(self.trailing_stop))


class ExitArrays(NamedTuple):
    """The arrays of `Exits`, in its order."""

    free: Array
    masks: Array
    owner: Array
    operand: Array
    sign: Array
    strict: Array
    levels: Array

    @classmethod
    def of(cls, exits: Exits) -> "ExitArrays":
        """Return the arrays."""
        return cls(
            exits.free, exits.masks, exits.owner, exits.operand, exits.sign, exits.strict, exits.levels
        )


class Bars(NamedTuple):
    """Prices, each of shape (bars,)."""

    open: Any
    high: Any
    low: Any
    close: Any

    @classmethod
    def of(cls, prices: Prices) -> "Bars":
        """Return the prices."""
        return cls(
            *(np.ascontiguousarray(line) for line in (prices.open, prices.high, prices.low, prices.close))
        )


class Kept(NamedTuple):
    """What the book writes at each close; each of shape (bars,).

    side: the position wanted. cause: why the one before was left, 0 where none was. alternative: of the exit
    that held, one more than its place; 0 for what the bars alone decided. now: what is remembered from bar
    to bar, of `NUMBERS` places.
    """

    side: Any
    cause: Any
    alternative: IndexArray
    now: Any

    @classmethod
    def empty(cls, bars: int) -> "Kept":
        """Return an empty book."""
        return cls(
            np.zeros(bars, np.int8), np.zeros(bars, np.int8), np.zeros(bars, np.intp), np.zeros(NUMBERS)
        )


def keep_book(
    buy: Array, short: Array, sell: ExitArrays, cover: ExitArrays, bars: Bars, terms: BookTerms, kept: Kept
) -> None:
    """Write the book; `buy` and `short` are truths of shape (bars,)."""
    now = kept.now
    for place in range(NUMBERS):
        now[place] = 0.0
    for bar in range(len(bars.close)):
        kept.cause[bar] = kept.alternative[bar] = 0
    for bar in range(len(bars.close)):
        if now[WANTED] != now[HELD]:
            # Known at the close before, filled at this open.
            fill(now, bar, bars.open[bar])
        if now[HELD] != 0:
            kept.cause[bar] = pass_bar(now, bar, bars, terms)
        now[LONG_WAITS] *= buy[bar] == 1
        now[SHORT_WAITS] *= short[bar] == 1
        if now[HELD] != 0:
            leave(now, bar, sell if now[HELD] > 0 else cover, bars.close[bar], kept)
        enters_long = terms.longs and buy[bar] == 1 and sell.free[bar] != 1 and now[LONG_WAITS] == 0
        enters_short = terms.shorts and short[bar] == 1 and cover.free[bar] != 1 and now[SHORT_WAITS] == 0
        enter(now, bar, enters_long, enters_short, kept)
        kept.side[bar] = np.int8(now[WANTED])
        if terms.delay == 0 and now[WANTED] != now[HELD]:
            fill(now, bar, bars.close[bar])


def fill(now: Array, bar: int, quote: float) -> None:
    """Take the wanted position at a price of the market."""
    now[HELD], now[ENTRY], now[QUOTE] = now[WANTED], bar, quote
    now[BEST] = now[BEST_CLOSE] = now[HELD] * quote


def pass_bar(now: Array, bar: int, bars: Bars, terms: BookTerms) -> int:
    """Carry a position through a bar; return `STOPPED` where a stop closes it inside, or else 0.

    As `stops.first_exit` decides it.
    """
    held, quote = now[HELD], now[QUOTE]
    level = -inf if isnan(terms.stop_loss) else held * quote * (1 - held * terms.stop_loss)
    if not isnan(terms.trailing_stop):
        level = max(level, now[BEST] * (1 - held * terms.trailing_stop))
    target = inf if isnan(terms.take_profit) else held * quote * (1 + held * terms.take_profit)
    worst = bars.low[bar] if held > 0 else -bars.high[bar]
    best = bars.high[bar] if held > 0 else -bars.low[bar]
    if worst <= level + ROUNDING * abs(level) or best >= target - ROUNDING * abs(target):
        now[LONG_WAITS if held > 0 else SHORT_WAITS] = 1
        now[HELD] = now[WANTED] = 0
        return STOPPED
    now[BEST] = max(now[BEST], best)
    now[BEST_CLOSE] = max(now[BEST_CLOSE], held * bars.close[bar])
    return 0


def leave(now: Array, bar: int, exits: ExitArrays, close: float, kept: Kept) -> None:
    """Want no position where the exit's condition holds."""
    found = exit_at(now, bar, exits, close)
    if found >= 0:
        now[WANTED] = 0
        kept.cause[bar] = LONG_EXIT if now[HELD] > 0 else SHORT_EXIT
        kept.alternative[bar] = found


def enter(now: Array, bar: int, enters_long: bool, enters_short: bool, kept: Kept) -> None:
    """Want a position where the condition of one side alone holds; not the one just left."""
    if enters_long == enters_short:
        return
    side = 1 if enters_long else -1
    if now[HELD] == side:
        return
    if now[WANTED] == -side:
        kept.cause[bar] = REVERSED
    now[WANTED] = side


def exit_at(now: Array, bar: int, exits: ExitArrays, close: float) -> int:
    """Return 0 where the bars alone ask for the exit, the number of the alternative that does, or -1."""
    if exits.free[bar] == 1:
        return 0
    for alternative in range(exits.masks.shape[0]):
        holds = exits.masks[alternative, bar] == 1
        for place in range(exits.owner.shape[0]):
            if holds and exits.owner[place] == alternative:
                value = value_of(now, bar, exits.operand[place], close)
                holds = compares(value, exits.levels[place, bar], exits.sign[place], exits.strict[place])
        if holds:
            return alternative + 1
    return -1


def value_of(now: Array, bar: int, operand: int, close: float) -> float:
    """Return a value of the position at a close; `operand` is a place in `exits.OPERANDS`."""
    if operand == 0:
        return float(bar - now[ENTRY])
    since = now[QUOTE] if operand == 1 else now[HELD] * now[BEST_CLOSE]
    return float(now[HELD] * (close / since - 1))


def compares(value: float, level: float, sign: int, strict: int) -> bool:
    """Return whether a value of the position is on the wanted side; a rounding is no difference."""
    if isnan(level):
        return False
    above = sign * (value - level)
    margin = ROUNDING * max(abs(value), abs(level), 1.0)
    return above > margin if strict == 1 else above >= -margin


def _distance(fraction: float | None) -> float:
    return np.nan if fraction is None else float(fraction)

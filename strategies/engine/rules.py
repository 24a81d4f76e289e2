"""Rules: small pure functions from prices to the side of the market wanted at each close.

A side is +1 (long), -1 (out of the market, or short where that is allowed), or 0 while the rule
cannot tell. The side at bar t depends on closes up to t and on nothing else.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from strategies.engine.averages import moving_average
from strategies.engine.choices import Average, Rule
from strategies.engine.prices import FloatArray

type Sides = NDArray[np.int8]


@dataclass(frozen=True, kw_only=True)
class Windows:
    """The averages that a rule compares; `fast` and `slow` in bars."""

    average: Average
    fast: int
    slow: int


@dataclass(frozen=True, eq=False, kw_only=True)
class Decisions:
    """What a rule wants at each close, and the averages behind it; every shape is (bars,)."""

    side: Sides
    fast_average: FloatArray
    slow_average: FloatArray


def ma_crossover(close: FloatArray, windows: Windows) -> Decisions:
    """Want to be long while the fast average is above the slow one.

    While the two are equal the side before is kept, so that touching without crossing is no cross
    and a cross that pauses on equal bars is not lost.
    """
    fast = moving_average(close, windows.fast, windows.average)
    slow = moving_average(close, windows.slow, windows.average)
    # NaN compares false on both sides: while an average is missing the side is 0.
    side = (fast > slow).astype(np.int8) - (fast < slow).astype(np.int8)
    return Decisions(side=_remembered(side), fast_average=fast, slow_average=slow)


def _remembered(side: Sides) -> Sides:
    """Return `side` with every 0 replaced by the last value before it that was not 0."""
    last = np.where(side != 0, np.arange(len(side)), 0)
    return side[np.maximum.accumulate(last)]


RULES: Mapping[Rule, Callable[[FloatArray, Windows], Decisions]] = {
    Rule.MA_CROSSOVER: ma_crossover,
}

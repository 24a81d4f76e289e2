"""Conditions as arrays that know true, false and unknown.

A truth is 1, -1 or 0. So "and" is the lowest of several, "or" the highest, and "not" the opposite
(Kleene 1938): a condition on a value that is not known yet is unknown, and does not hold.
"""

from collections.abc import Callable, Mapping

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from strategies.engine.language.series import AVERAGES, Operands
from strategies.engine.language.tree import (
    Ago,
    AllOf,
    AnyOf,
    Call,
    Compared,
    Comparison,
    Condition,
    Moves,
    Not,
    Number,
    Operand,
    Series,
    Within,
)
from strategies.engine.language.vocabulary import PRICES
from strategies.engine.prices import ROUNDING, FloatArray

type Truth = NDArray[np.int8]

EXACT_CALLS = frozenset({"highest", "lowest"})
ALWAYS_EXACT = frozenset({"macd", "macd_signal"})


class Conditions:
    """The conditions of rules on some bars; each is decided once, however many rules share it."""

    def __init__(self, operands: Operands) -> None:
        self.operands = operands
        self._known: dict[Condition, Truth] = {}

    def truth(self, condition: Condition) -> Truth:
        """Return a condition without parameters and without values of a position; int8, shape (bars,)."""
        if condition not in self._known:
            self._known[condition] = self._decided(condition)
        return self._known[condition]

    def _decided(self, condition: Condition) -> Truth:
        match condition:
            case Not(condition=inner):
                opposite: Truth = -self.truth(inner)
                return opposite
            case AllOf(conditions=several):
                return lowest([self.truth(one) for one in several])
            case AnyOf(conditions=several):
                return highest([self.truth(one) for one in several])
            case Within(condition=inner, bars=Number(value=bars)):
                return over_bars(self.truth(inner), int(bars), np.max)
            case Moves(operand=operand, rises=rises, bars=Number(value=bars)):
                later, sign = self.operands.values(operand), Comparison.GREATER if rises else Comparison.LESS
                before = np.concatenate(([np.nan], later[:-1]))
                steps = compared(later, sign, before, exact=is_exact(operand))
                return over_bars(steps, int(bars), np.min)
            case Compared(left=left, comparison=comparison, right=right):
                return compared(
                    self.operands.values(left),
                    comparison,
                    self.operands.values(right),
                    exact=is_exact(left) and is_exact(right),
                )
        raise TypeError(condition)


def is_exact(operand: Operand) -> bool:
    """Whether an operand has no rounding of its own, so that equal values are equal numbers."""
    match operand:
        case Number() | Series():
            return True
        case Ago(operand=inner):
            return is_exact(inner)
        case Call(name=name, series=series):
            if name in AVERAGES:
                return series is None or (isinstance(series, Series) and series.name in PRICES)
            return name in ALWAYS_EXACT or (name in EXACT_CALLS and (series is None or is_exact(series)))
    return False


def compared(left: FloatArray, comparison: Comparison, right: FloatArray, *, exact: bool) -> Truth:
    """Return the truth of a comparison; without `exact`, a difference by a rounding is none."""
    margin = 0.0 if exact else ROUNDING * np.maximum(np.abs(left), np.abs(right))
    order = (left > right + margin).astype(np.int8) - (left < right - margin).astype(np.int8)
    known = ~(np.isnan(left) | np.isnan(right))
    if comparison in _BY_ORDER:
        return _as_truth(_BY_ORDER[comparison](order), known)
    side = remembered(order)
    if comparison == Comparison.IS_ABOVE:
        return side
    if comparison == Comparison.IS_BELOW:
        below: Truth = -side
        return below
    wanted = 1 if comparison == Comparison.CROSSES_ABOVE else -1
    before = np.concatenate((np.zeros(1, np.int8), side[:-1]))
    return _as_truth((side == wanted) & (before == -wanted), known)


def remembered(order: Truth) -> Truth:
    """Return the order with every 0 replaced by the last value before it that was not 0."""
    last = np.where(order != 0, np.arange(len(order)), 0)
    return order[np.maximum.accumulate(last)]


def over_bars(truth: Truth, bars: int, summed_up: Callable[..., Truth]) -> Truth:
    """Return the lowest or the highest truth of the last `bars`; those before the first are unknown."""
    if not len(truth):
        return truth
    padded = np.concatenate((np.zeros(bars - 1, np.int8), truth))
    return summed_up(sliding_window_view(padded, bars), axis=1)


def lowest(truths: list[Truth]) -> Truth:
    """Return the truth of conditions together."""
    together: Truth = np.minimum.reduce(truths)
    return together


def highest(truths: list[Truth]) -> Truth:
    """Return the truth of alternatives."""
    together: Truth = np.maximum.reduce(truths)
    return together


def _as_truth(holds: NDArray[np.bool_], known: NDArray[np.bool_]) -> Truth:
    return np.where(known, np.where(holds, 1, -1), 0).astype(np.int8)


_BY_ORDER: Mapping[Comparison, Callable[[Truth], NDArray[np.bool_]]] = {
    Comparison.GREATER: lambda order: order > 0,
    Comparison.LESS: lambda order: order < 0,
    Comparison.AT_LEAST: lambda order: order >= 0,
    Comparison.AT_MOST: lambda order: order <= 0,
    Comparison.EQUAL: lambda order: order == 0,
    Comparison.UNEQUAL: lambda order: order != 0,
}

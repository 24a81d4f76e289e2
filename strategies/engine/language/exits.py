"""Conditions of exits, some of which look at the open position, in the form that the book reads.

Such a condition is taken apart into alternatives, each of which is a truth that the bars alone decide
and comparisons of values of the position. An opposite is pushed down to the comparisons first.
"""

from dataclasses import dataclass
from itertools import product

import numpy as np

from strategies.engine.language.conditions import Conditions, Truth, highest, lowest
from strategies.engine.language.errors import RuleTextError
from strategies.engine.language.tree import (
    AllOf,
    AnyOf,
    Compared,
    Comparison,
    Condition,
    Held,
    Not,
    Operand,
    Place,
    walk,
)
from strategies.engine.prices import FloatArray, IndexArray

MOST_ALTERNATIVES = 32
OPERANDS = ("bars_since_entry", "profit", "profit_from_peak")
"""Values of a position, by the number that the book knows them by."""

OPPOSITE = {
    Comparison.GREATER: Comparison.AT_MOST,
    Comparison.LESS: Comparison.AT_LEAST,
    Comparison.AT_LEAST: Comparison.LESS,
    Comparison.AT_MOST: Comparison.GREATER,
}
MIRRORED = {
    Comparison.GREATER: Comparison.LESS,
    Comparison.LESS: Comparison.GREATER,
    Comparison.AT_LEAST: Comparison.AT_MOST,
    Comparison.AT_MOST: Comparison.AT_LEAST,
}
SIGNS = {
    Comparison.GREATER: (1, 1),
    Comparison.AT_LEAST: (1, 0),
    Comparison.LESS: (-1, 1),
    Comparison.AT_MOST: (-1, 0),
}
"""Whether more or less is wanted, and whether equal does not do."""


@dataclass(frozen=True)
class HeldComparison:
    """A value of the position, compared with an operand of the bars."""

    held: str
    comparison: Comparison
    operand: Operand


@dataclass(frozen=True)
class Alternative:
    """Conditions that hold together."""

    free: tuple[Condition, ...] = ()
    held: tuple[HeldComparison, ...] = ()


@dataclass(frozen=True, eq=False, kw_only=True)
class Exits:
    """When to leave a position, as arrays.

    free: truth of what the bars alone decide; shape (bars,).
    masks: 1 where the bars allow an alternative; int8, shape (alternatives, bars).
    owner: of each comparison, its alternative; operand: what it looks at, a place in `OPERANDS`; sign: 1 for
        more, -1 for less; strict: 1 where equal does not do; all of shape (comparisons,).
    levels: what it is compared with; shape (comparisons, bars).
    """

    free: Truth
    masks: Truth
    owner: IndexArray
    operand: IndexArray
    sign: IndexArray
    strict: IndexArray
    levels: FloatArray

    @classmethod
    def of(cls, condition: Condition | None, conditions: Conditions) -> "Exits":
        """Return a condition's arrays; None never holds."""
        bars = len(conditions.operands)
        alternatives = [] if condition is None else alternatives_of(condition)
        free = [one for one in alternatives if not one.held]
        bound = [one for one in alternatives if one.held]
        comparisons = [(owner, held) for owner, one in enumerate(bound) for held in one.held]
        return cls(
            free=_any([_all(one.free, conditions) for one in free], bars),
            masks=np.array([_all(one.free, conditions) for one in bound], np.int8).reshape(len(bound), bars),
            owner=np.array([owner for owner, _ in comparisons], np.intp),
            operand=np.array([OPERANDS.index(held.held) for _, held in comparisons], np.intp),
            sign=np.array([SIGNS[held.comparison][0] for _, held in comparisons], np.intp),
            strict=np.array([SIGNS[held.comparison][1] for _, held in comparisons], np.intp),
            levels=np.array(
                [conditions.operands.values(held.operand) for _, held in comparisons], np.float64
            ).reshape(len(comparisons), bars),
        )


def alternatives_of(condition: Condition) -> list[Alternative]:
    """Return the alternatives of a condition; raises RuleTextError where there are too many."""
    return _alternatives(condition, holds=True)


def looks_at_position(condition: Condition) -> bool:
    """Whether a condition has a value of the position in it."""
    return any(isinstance(node, Held) for node in walk(condition))


def _alternatives(condition: Condition, *, holds: bool) -> list[Alternative]:
    if not looks_at_position(condition):
        return [Alternative(free=(condition if holds else Not(condition),))]
    match condition:
        case Not(condition=inner):
            return _alternatives(inner, holds=not holds)
        case AllOf(conditions=several) | AnyOf(conditions=several):
            parts = [_alternatives(one, holds=holds) for one in several]
            if isinstance(condition, AnyOf) is holds:
                return _few([one for part in parts for one in part])
            size = int(np.prod([len(part) for part in parts]))
            return _few(
                [_together(row) for row in product(*parts)] if size <= MOST_ALTERNATIVES else [], size=size
            )
        case Compared():
            return [Alternative(held=(_held_comparison(condition, holds=holds),))]
    raise TypeError(condition)


def _few(found: list[Alternative], *, size: int = 0) -> list[Alternative]:
    if max(len(found), size) > MOST_ALTERNATIVES:
        raise RuleTextError(
            f"This exit has more than {MOST_ALTERNATIVES} alternatives. Leave some out.", Place(1, 1)
        )
    return found


def _together(row: tuple[Alternative, ...]) -> Alternative:
    return Alternative(
        free=tuple(condition for one in row for condition in one.free),
        held=tuple(comparison for one in row for comparison in one.held),
    )


def _held_comparison(node: Compared, *, holds: bool) -> HeldComparison:
    comparison = node.comparison if holds else OPPOSITE[node.comparison]
    if isinstance(node.left, Held):
        return HeldComparison(node.left.name, comparison, node.right)
    if isinstance(node.right, Held):
        return HeldComparison(node.right.name, MIRRORED[comparison], node.left)
    raise TypeError(node)


def _all(several: tuple[Condition, ...], conditions: Conditions) -> Truth:
    if not several:
        return np.ones(len(conditions.operands), np.int8)
    return lowest([conditions.truth(one) for one in several])


def _any(truths: list[Truth], bars: int) -> Truth:
    if not truths:
        return np.full(bars, -1, np.int8)
    return highest(truths)

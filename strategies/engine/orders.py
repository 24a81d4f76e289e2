"""From the sides a rule wants to the bars at which orders are filled.

A signal is known at the close of its bar. With `next_open` it is filled at the open of the bar
after, so a signal on the last bar is not filled; with `same_close` it is filled at the very close
that gives it, which nobody can do in practice.

The target is the side that the direction allows, and 0 (out) where it allows none. A signal is a
close at which the target differs from that of the close before. Trading begins with the close of
the first traded bar. A cross on that bar, against the bar before it, counts. A target that holds
already is entered with `on_state` only; so is the first target a rule can tell when its averages
begin inside the traded period, since nothing crossed.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from strategies.engine.enums import Direction, Entry, Fill
from strategies.engine.prices import IndexArray
from strategies.engine.rules import Sides

LOWEST_TARGET = {Direction.LONG_ONLY: 0, Direction.LONG_SHORT: -1, Direction.SHORT_ONLY: -1}
HIGHEST_TARGET = {Direction.LONG_ONLY: 1, Direction.LONG_SHORT: 1, Direction.SHORT_ONLY: 0}


@dataclass(frozen=True, eq=False, kw_only=True)
class Orders:
    """Bars of the traded period at which the position is to become another.

    bars: shape (orders,), strictly increasing.
    targets: shape (orders,); from the fill on be long (1), short (-1) or out (0).
        Neighbours differ, and the first is not 0.
    fill: whether at the open or at the close of those bars.
    too_late: whether the last bar gave a signal whose fill lies beyond it.
    """

    bars: IndexArray
    targets: NDArray[np.int8]
    fill: Fill
    too_late: bool = False


def targets_for(side: Sides, direction: Direction) -> Sides:
    """Return the position that a rule's side asks for at each close where only some are allowed."""
    return np.clip(side, LOWEST_TARGET[direction], HIGHEST_TARGET[direction])


def orders_for(targets: Sides, *, known_from: int, first: int, entry: Entry, fill: Fill) -> Orders:
    """Return the orders that targets lead to on the bars from the index `first` on.

    targets: shape (all bars,); known_from: index of the first bar whose target is known.
    The orders count bars from `first`.
    """
    signals = _turns(targets, known_from, first)
    beginning = max(first, known_from) - first
    traded = targets[first:]
    if entry == Entry.ON_STATE and beginning < len(traded):
        signals = np.union1d([beginning], signals)
    if len(signals) and traded[signals[0]] == 0:
        signals = signals[1:]
    return _filled(signals, traded, fill)


def buy_and_hold_orders(fill: Fill) -> Orders:
    """Return one purchase at the first traded bar: it waits for no signal, so its open can be had."""
    return Orders(bars=np.zeros(1, dtype=np.intp), targets=np.ones(1, dtype=np.int8), fill=fill)


def _turns(targets: Sides, known_from: int, first: int) -> IndexArray:
    """Return the traded bars whose target differs from that of the bar before, both being known."""
    turned = np.empty(len(targets), dtype=np.bool_)
    np.not_equal(targets[1:], targets[:-1], out=turned[1:])
    turned[: known_from + 1] = False
    return np.flatnonzero(turned[first:])


def _filled(signals: IndexArray, traded: Sides, fill: Fill) -> Orders:
    if fill == Fill.SAME_CLOSE:
        return Orders(bars=signals, targets=traded[signals], fill=fill)
    fillable = signals[signals < len(traded) - 1]
    return Orders(
        bars=fillable + 1, targets=traded[fillable], fill=fill, too_late=len(fillable) < len(signals)
    )

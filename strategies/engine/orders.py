"""From the sides a rule wants to the bars at which orders are filled.

A signal is known at the close of its bar. With `next_open` it is filled at the open of the bar
after, so a signal on the last bar is not filled; with `same_close` it is filled at the very close
that gives it, which nobody can do in practice.

Trading begins with the close of the first traded bar. A cross on that bar, against the bar before
it, counts. A side that holds already is entered with `on_state` only; so is the first side a rule
can tell when its averages begin inside the traded period, since nothing crossed.
"""

from dataclasses import dataclass

import numpy as np

from strategies.engine.choices import Entry, Fill
from strategies.engine.prices import IndexArray
from strategies.engine.rules import Sides


@dataclass(frozen=True, eq=False, kw_only=True)
class Orders:
    """Bars of the traded period at which orders are filled: a purchase, a sale, a purchase, ...

    bars: shape (orders,), strictly increasing.
    fill: whether at the open or at the close of those bars.
    too_late: whether the last bar gave a signal whose fill lies beyond it.
    """

    bars: IndexArray
    fill: Fill
    too_late: bool = False


def long_only_orders(side: Sides, *, first: int, entry: Entry, fill: Fill) -> Orders:
    """Return the orders of a rule that buys when the side turns long and sells when it turns back.

    side: shape (all bars,), as a rule gives it.
    first: index of the first traded bar; the orders count bars from there.
    """
    traded = side[first:]
    signals = _crossings(side, first)
    if entry == Entry.ON_STATE:
        signals = _with_the_first_state(signals, traded)
    if len(signals) and traded[signals[0]] < 0:
        signals = signals[1:]
    if fill == Fill.SAME_CLOSE:
        return Orders(bars=signals, fill=fill)
    fillable = signals < len(traded) - 1
    return Orders(bars=signals[fillable] + 1, fill=fill, too_late=not fillable.all())


def buy_and_hold_orders(fill: Fill) -> Orders:
    """Return one purchase at the first traded bar: it waits for no signal, so its open can be had."""
    return Orders(bars=np.zeros(1, dtype=np.intp), fill=fill)


def _crossings(side: Sides, first: int) -> IndexArray:
    """Return the traded bars at which the side turned to its opposite; they alternate."""
    before = np.concatenate((side[:1], side[:-1]))
    return np.flatnonzero((side * before)[first:] < 0)


def _with_the_first_state(signals: IndexArray, traded: Sides) -> IndexArray:
    """Return the signals, led by the first bar that has a side unless it is a crossing itself."""
    known = np.flatnonzero(traded)[:1]
    return np.union1d(known, signals)

"""Spells under water: from a peak of the equity to its recovery."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from strategies.engine.equity_curve import Curve
from strategies.engine.prices import FloatArray, IndexArray

WORST = 10


@dataclass(frozen=True, kw_only=True)
class Drawdown:
    """One spell; `peak`, `trough` and `recovery` are bars of the traded period.

    recovery: the first bar back at the peak or above; None: not before the last bar.
    depth: the deepest fall from the peak, below zero.
    days: calendar days from the peak to the recovery, or to the last bar.
    """

    peak: int
    trough: int
    recovery: int | None
    depth: float
    days: int


@dataclass(frozen=True, eq=False, kw_only=True)
class _Spells:
    """All spells as columns: under water at the closes of the bars [begin, end)."""

    begin: IndexArray
    end: IndexArray
    days: IndexArray

    @classmethod
    def of(cls, curve: Curve) -> "_Spells":
        under = curve.drawdown < 0
        edges = _edges(under)
        begin, end = edges[::2], edges[1::2]
        last = len(under) - 1
        # The initial cash has no date, so a spell that begins there counts from the first bar.
        days = curve.dates[np.minimum(end, last)] - curve.dates[np.maximum(begin - 1, 0)]
        return cls(begin=begin, end=end, days=days.astype(np.int64))


def _edges(under: NDArray[np.bool_]) -> IndexArray:
    """Return where spells begin and end, in turn; `len(under)` where the last one lasts."""
    outside = np.zeros(len(under) + 2, dtype=np.bool_)
    outside[1:-1] = under
    return np.flatnonzero(outside[1:] != outside[:-1])


def longest_days(curve: Curve) -> int:
    """Return the longest time under water, in calendar days (after Magdon-Ismail & Atiya 2004).

    A drawdown that lasts at the end counts up to the last bar. One from the initial cash itself
    counts from the first bar.
    """
    return int(_Spells.of(curve).days.max(initial=0))


def worst_drawdowns(curve: Curve, count: int = WORST) -> list[Drawdown]:
    """Return the deepest spells under water, deepest first; of equal ones the earlier first."""
    spells = _Spells.of(curve)
    if not len(spells.begin):
        return []
    depths = _deepest(curve.drawdown, spells)
    order = np.argsort(depths, kind="stable")[:count]
    last = len(curve.drawdown) - 1
    found = []
    for begin, end, days, depth in zip(
        spells.begin[order].tolist(),
        spells.end[order].tolist(),
        spells.days[order].tolist(),
        depths[order].tolist(),
        strict=True,
    ):
        trough = begin + int(curve.drawdown[begin:end].argmin())
        recovery = end if end <= last else None
        found.append(
            Drawdown(peak=max(begin - 1, 0), trough=trough, recovery=recovery, depth=depth, days=days)
        )
    return found


def _deepest(drawdown: FloatArray, spells: _Spells) -> FloatArray:
    # Between two spells every drawdown is zero, so the spell's own lie lowest up to the next one.
    return np.minimum.reduceat(drawdown, spells.begin)

"""Which parameters each cell of a sweep has, and what its rule compares.

Where a rule compares two lines that many cells share, such as the averages of a crossover, the lines
are computed once. Other rules decide cell by cell, in batches.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from strategies.engine.averages import bars_before, moving_average
from strategies.engine.choices import Average, Rule
from strategies.engine.prices import FloatArray, IndexArray, Prices
from strategies.engine.rules import RULES, RuleParameters, decide

TUNABLE = ("fast", "middle", "slow", "signal", "band")
"""What a sweep can vary; each rule uses some of them."""

WORD = 64
"""Lines are padded to a multiple of so many bars, which the kernel compares at once."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Grid:
    """The cells of a sweep.

    axes: for each parameter that varies, its value in every cell; shape (cells,).
    usual: the parameters that do not vary.
    skipped: combinations left out because their windows do not increase.
    """

    rule: Rule
    usual: RuleParameters
    axes: Mapping[str, NDArray[np.generic]]
    skipped: int

    def __len__(self) -> int:
        """Return the number of cells."""
        return len(next(iter(self.axes.values())))

    def tuned(self, cell: int) -> RuleParameters:
        """Return the parameters of one cell."""
        return replace(self.usual, **{name: values[cell].item() for name, values in self.axes.items()})

    def values(self, name: str) -> NDArray[np.generic]:
        """Return a parameter of every cell, whether it varies or not."""
        return self.axes[name] if name in self.axes else np.full(len(self), getattr(self.usual, name))


class Lines(NamedTuple):
    """Lines that cells compare, and which two each cell takes.

    values: shape (lines, bars), padded with NaN to a multiple of 64 bars.
    upper, lower: rows; the rule says up while the one is above the other; shape (cells,).
    begin: first bar at which both exist; shape (cells,).
    lead: bars before the first traded one.
    """

    values: FloatArray
    upper: IndexArray
    lower: IndexArray
    begin: IndexArray
    lead: int

    def of(self, cells: Sequence[int]) -> "Lines":
        """Return the same lines for some cells."""
        chosen = list(cells)
        return self._replace(upper=self.upper[chosen], lower=self.lower[chosen], begin=self.begin[chosen])


class Decided(NamedTuple):
    """What a rule wants in some cells.

    sides: shape (cells, bars), int8, the bars before the first traded one included.
    known_from: shape (cells,); lead: bars before the first traded one.
    """

    sides: NDArray[np.int8]
    known_from: IndexArray
    lead: int


def grid_of(rule: Rule, usual: RuleParameters, ranges: Mapping[str, Sequence[float]]) -> Grid:
    """Return every combination of the ranges of the parameters that `rule` uses, windows increasing.

    A rule's parameter that has no range keeps its usual value; a range that the rule does not use is
    passed over. Cells are ordered by slow window first, since neighbours share it.
    """
    names = [name for name in TUNABLE if name in RULES[rule].uses]
    offered = {name: ranges.get(name, (getattr(usual, name),)) for name in names}
    order = sorted(names, key=lambda name: (name != "slow", name != "middle", TUNABLE.index(name)))
    crossed = np.meshgrid(*(np.array(offered[name], dtype=np.float64) for name in order), indexing="ij")
    columns = {name: values.ravel() for name, values in zip(order, crossed, strict=True)}
    increasing = np.ones(crossed[0].size, dtype=np.bool_)
    windows = RULES[rule].windows
    for shorter, longer in pairwise(windows):
        increasing &= columns[shorter] < columns[longer]
    axes = {
        name: columns[name][increasing].astype(np.float64 if name == "band" else np.int64) for name in names
    }
    return Grid(rule=rule, usual=usual, axes=axes, skipped=int(np.count_nonzero(~increasing)))


def lines_of(grid: Grid, prices: Prices, *, first: int) -> Lines | None:
    """Return the lines that the cells compare; None where the rule compares anything else.

    first: index of the first traded bar.
    Raises PricesTooLarge when prices grew too much to be averaged exactly.
    """
    if grid.rule == Rule.MA_CROSSOVER:
        upper, kind_of_upper = grid.values("fast"), grid.usual.average
    elif grid.rule == Rule.PRICE_CROSSOVER:
        # A window of one bar is the close itself, rounded as averages are.
        upper, kind_of_upper = np.ones(len(grid), dtype=np.int64), Average.SIMPLE
    else:
        return None
    lower, kind = grid.values("slow"), grid.usual.average
    wanted = sorted(
        {
            *((kind_of_upper, int(window)) for window in np.unique(upper)),
            *((kind, int(window)) for window in np.unique(lower)),
        }
    )
    rows = {line: row for row, line in enumerate(wanted)}
    values = np.full((len(wanted), -(-len(prices) // WORD) * WORD), np.nan)
    for (average, window), row in rows.items():
        values[row, : len(prices)] = moving_average(prices.close, window, average)
    return Lines(
        values=values,
        upper=_rows(rows, kind_of_upper, upper),
        lower=_rows(rows, kind, lower),
        begin=_begin(kind, lower),
        lead=first,
    )


def decided(grid: Grid, prices: Prices, cells: Sequence[int], *, first: int) -> Decided:
    """Return what the rule wants in some cells; raises PricesTooLarge as `lines_of` does."""
    decisions = [decide(grid.rule, prices, grid.tuned(cell)) for cell in cells]
    return Decided(
        sides=np.stack([decision.side for decision in decisions]),
        known_from=np.array([decision.known_from for decision in decisions]),
        lead=first,
    )


def _rows(rows: Mapping[tuple[Average, int], int], kind: Average, windows: NDArray[np.generic]) -> IndexArray:
    distinct, inverse = np.unique(windows, return_inverse=True)
    return np.array([rows[kind, int(window)] for window in distinct])[inverse]


def _begin(kind: Average, windows: NDArray[np.generic]) -> IndexArray:
    distinct, inverse = np.unique(windows, return_inverse=True)
    return np.array([bars_before(int(window), kind) for window in distinct])[inverse]

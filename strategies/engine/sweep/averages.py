"""The lines that the cells of a sweep compare: each is computed once, however many cells share it."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from strategies.engine.enums import Average
from strategies.engine.moving_averages import SimpleAverages, moving_averages
from strategies.engine.prices import FloatArray, IndexArray, Prices
from strategies.engine.rules import RULES, SweepKernel
from strategies.engine.sweep.grid import Grid

WORD = 64
"""Lines are padded to a multiple of so many bars, which the kernel compares at once."""

TRIPLE, MACD, ENVELOPE = range(3)
"""Rules that look at more than two lines, as the kernel knows them."""
CODES = {SweepKernel.TRIPLE_MA: TRIPLE, SweepKernel.MACD: MACD, SweepKernel.ENVELOPE: ENVELOPE}


class CrossoverCells(NamedTuple):
    """Cells whose rule says up while one line is above another.

    values: shape (lines, bars), padded with NaN to a multiple of 64 bars.
    upper, lower: rows of the two lines of each cell; shape (cells,).
    begin: first bar at which both exist; shape (cells,).
    lead: bars before the first traded one.
    """

    values: FloatArray
    upper: IndexArray
    lower: IndexArray
    begin: IndexArray
    lead: int

    def of(self, cells: Sequence[int]) -> "CrossoverCells":
        """Return the same lines for some cells."""
        chosen = list(cells)
        return self._replace(upper=self.upper[chosen], lower=self.lower[chosen], begin=self.begin[chosen])


class RuleCells(NamedTuple):
    """Cells whose rule makes its decisions of more than two lines.

    code: of the rule, one of `CODES`.
    values: shape (lines, bars).
    first, second, third: rows of each cell's lines, fastest first, the close before its average; shape
        (cells,). A line that the rule does not have is another one again.
    begin: first bar at which all of them exist; shape (cells,).
    signal: windows of MACD's signal line; band: distance of an envelope, a fraction; shape (cells,).
    lead: bars before the first traded one; bars: those of the lines that are not padding.
    """

    code: int
    values: FloatArray
    first: IndexArray
    second: IndexArray
    third: IndexArray
    begin: IndexArray
    signal: IndexArray
    band: FloatArray
    lead: int
    bars: int

    def of(self, cells: Sequence[int]) -> "RuleCells":
        """Return the same lines for some cells."""
        chosen = list(cells)
        varied = ("first", "second", "third", "begin", "signal", "band")
        return self._replace(**{name: getattr(self, name)[chosen] for name in varied})


def lines_of(
    grid: Grid, prices: Prices, *, first: int, compiled: SimpleAverages | None = None
) -> CrossoverCells | RuleCells:
    """Return the lines that the cells compare.

    first: index of the first traded bar. compiled: computes simple averages, where it is at hand.
    Raises PricesTooLarge when prices grew too much to be averaged exactly, and ValueError for a rule whose
    kernel is not among those that are compiled.
    """
    kernel = RULES[grid.rule].kernel
    if kernel != SweepKernel.CROSSOVER and kernel not in CODES:
        raise ValueError(f"No compiled function decides the rule {grid.rule}.")
    rows = dict(grid.windows.rows)
    length = -(-len(prices) // WORD) * WORD
    values = moving_averages(
        prices.close, grid.windows.distinct, grid.average, length=length, compiled=compiled
    )
    if "fast" not in rows:
        # The close, rounded as its averages are: an average of one bar.
        values = np.concatenate((values, moving_averages(prices.close, [1], Average.SIMPLE, length=length)))
        rows["fast"] = np.full(len(grid), len(values) - 1)
    begin = grid.windows.begin
    if kernel not in CODES:
        return CrossoverCells(values=values, upper=rows["fast"], lower=rows["slow"], begin=begin, lead=first)
    return RuleCells(
        code=CODES[kernel],
        values=values,
        first=rows["fast"],
        second=rows.get("middle", rows["slow"]),
        third=rows["slow"],
        begin=begin,
        signal=_of_cells(grid, "signal").astype(np.intp),
        band=_of_cells(grid, "band").astype(np.float64),
        lead=first,
        bars=len(prices),
    )


def _of_cells(grid: Grid, name: str) -> NDArray[np.generic]:
    return np.ascontiguousarray(grid.values(name))

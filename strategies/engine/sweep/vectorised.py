"""The closed form by NumPy alone: what `events` does, for some cells at a time.

It serves until the kernels are compiled and where numba is missing, at a few times their cost.
"""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from strategies.engine.prices import ROUNDING, FloatArray, IndexArray
from strategies.engine.sweep.grid import Lines
from strategies.engine.sweep.market import Market, Terms
from strategies.engine.sweep.tallies import (
    CANCELLED,
    DOWNSIDE,
    GROWTH,
    HELD,
    RETURNS,
    SPREAD,
    TALLIES,
    TRADES,
    WINS,
    WORST,
)

CELLS_AT_ONCE = 192
"""Cells times bars at once fit into a core's own cache as bits of a byte."""


@dataclass(frozen=True, eq=False, kw_only=True)
class _Holdings:
    """Stretches of bars in which cells hold shares; every shape is (stretches,), ordered by cell.

    first, end: held at the closes of the bars [first, end); is_open: no sale follows.
    place: how many stretches of the same cell come before it.
    """

    cell: IndexArray
    first: IndexArray
    end: IndexArray
    is_open: NDArray[np.bool_]
    place: IndexArray
    cells: int

    @classmethod
    def of(cls, entries: NDArray[np.bool_], exits: NDArray[np.bool_], *, delay: int, bars: int) -> Self:
        """Return the holdings of signals, shape (cells, bars), that are filled `delay` bars later."""
        fillable = bars - delay
        bought = np.flatnonzero(entries[:, :fillable])
        sold = np.flatnonzero(exits[:, :fillable])
        cell, first = np.divmod(bought, fillable)
        following = np.searchsorted(sold, bought)
        sold_padded = np.append(sold, -1)[following]
        is_open = sold_padded // fillable != cell
        end = np.where(is_open, bars, sold_padded % fillable + delay)
        starts = np.searchsorted(cell, np.arange(len(entries)))
        return cls(
            cell=cell,
            first=first + delay,
            end=end,
            is_open=is_open,
            place=np.arange(len(cell)) - starts[cell],
            cells=len(entries),
        )

    def spread(self, values: FloatArray, *, empty: float) -> FloatArray:
        """Return values of stretches as a table, a row for each cell and a column for each place."""
        table = np.full((self.cells, int(self.place.max(initial=0)) + 1), empty)
        table[self.cell, self.place] = values
        return table

    def total(self, values: NDArray[Any]) -> FloatArray:
        """Return the sum over each cell's stretches."""
        return np.bincount(self.cell, weights=values, minlength=self.cells)


def tally_lines(lines: Lines, market: Market, terms: Terms) -> FloatArray:
    """Return the tallies, shape (cells, 8), of cells that go all in and all out, long only."""
    cells = len(lines.upper)
    batches = [
        _tally(_holdings(lines, slice(begin, begin + CELLS_AT_ONCE), market, terms), market, terms)
        for begin in range(0, cells, CELLS_AT_ONCE)
    ]
    return np.concatenate(batches) if batches else np.zeros((0, TALLIES))


def _holdings(lines: Lines, cells: slice, market: Market, terms: Terms) -> _Holdings:
    bars = lines.lead + len(market.close)
    upper = lines.values[lines.upper[cells], :bars]
    lower = lines.values[lines.lower[cells], :bars]
    is_up, known = _remembered(upper > lower, upper < lower, lines.begin[cells])
    changed = np.zeros_like(is_up)
    np.not_equal(is_up[:, 1:], is_up[:, :-1], out=changed[:, 1:])
    rows = np.arange(len(is_up))
    exists = known < bars
    # The first side is no change.
    changed[rows[exists], known[exists]] = False
    entries = changed & is_up
    if terms.on_state:
        beginning = np.maximum(known[exists], lines.lead)
        entries[rows[exists], beginning] = is_up[rows[exists], beginning]
    lead = lines.lead
    return _Holdings.of(
        entries[:, lead:], (changed & ~is_up)[:, lead:], delay=terms.delay, bars=len(market.close)
    )


def _remembered(
    above: NDArray[np.bool_], below: NDArray[np.bool_], begin: IndexArray
) -> tuple[NDArray[np.bool_], IndexArray]:
    """Return whether each cell is up at each bar, equal bars keeping the side before, and since when."""
    bars = above.shape[1]
    known = np.minimum(begin, bars)
    tied = ~(above | below)
    tied &= np.arange(bars) >= begin[:, np.newaxis]
    for cell in np.flatnonzero(tied.any(axis=1)):
        sided = np.where(tied[cell] | (np.arange(bars) < known[cell]), 0, np.arange(bars))
        above[cell] = above[cell, np.maximum.accumulate(sided)]
        untied = np.flatnonzero(~tied[cell, known[cell] :])
        known[cell] += untied[0] if len(untied) else bars - known[cell]
        above[cell, : known[cell]] = False
    return above, known


def _tally(held: _Holdings, market: Market, terms: Terms) -> FloatArray:
    first, end, is_open = held.first, held.end, held.is_open
    last = end - 1
    paid, close = market.paid[first], market.close
    brought = np.where(is_open, close[last], market.received[np.minimum(end, len(close) - 1)])
    growth = brought / paid
    before = np.cumprod(held.spread(growth, empty=1.0), axis=1)
    final, before = _before(before)
    counts = before[held.cell, held.place] > ROUNDING
    if not counts.all():
        final = np.prod(held.spread(np.where(counts, growth, 1.0), empty=1.0), axis=1)
    tallies = np.empty((held.cells, TALLIES))
    tallies[:, GROWTH] = final
    tallies[:, RETURNS], tallies[:, SPREAD], tallies[:, DOWNSIDE] = _sums(held, market, brought, counts)
    tallies[:, WORST] = _worst(held, market, before, growth, counts) - 1
    tallies[:, TRADES] = held.total(counts)
    tallies[:, WINS] = held.total(counts & (growth - 1 > ROUNDING))
    tallies[:, HELD] = held.total(np.where(counts, end - first, 0))
    return tallies


def _before(running: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the last of running products, and those before each factor."""
    before = np.ones_like(running)
    before[:, 1:] = running[:, :-1]
    return running[:, -1], before


def _sums(
    held: _Holdings, market: Market, brought: FloatArray, counts: NDArray[np.bool_]
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return Σr, Σ(r - mean)² (NaN where it drowns in rounding) and Σ min(r - rf, 0)² of each cell."""
    close, rate = market.close, market.rate
    bars = len(close)
    entry = close[held.first] / market.paid[held.first] - 1
    leaving = np.where(held.is_open, 0.0, brought / close[held.end - 1] - 1)
    fell = np.where(held.is_open, 0.0, np.minimum(leaving - rate, 0.0) ** 2)
    total, squares, downside = (
        held.total(np.where(counts, ends + _between(market.sums, held.first + 1, held.end, column), 0.0))
        for column, ends in (
            (0, entry + leaving),
            (2, entry**2 + leaving**2),
            (4, np.minimum(entry - rate, 0.0) ** 2 + fell),
        )
    )
    still = bars - held.total(np.where(counts, held.end - held.first + ~held.is_open, 0))
    spread = squares - total**2 / bars
    spread[spread < CANCELLED * squares] = np.nan
    return total, spread, downside + still * min(-rate, 0.0) ** 2


def _worst(
    held: _Holdings, market: Market, before: FloatArray, growth: FloatArray, counts: NDArray[np.bool_]
) -> FloatArray:
    """Return the lowest equity over an earlier peak, at most 1, of each cell."""
    lowest, highest, fall = _ranges(market, held.first, held.end - 1)
    at = (held.cell, held.place)
    shares = before[at] / market.paid[held.first]
    after = before[at] * growth
    highest_equity = np.where(counts, np.maximum(shares * highest, after), 0.0)
    peaks = np.maximum.accumulate(np.maximum(held.spread(highest_equity, empty=0.0), 1.0), axis=1)
    _, peaks_before = _before(peaks)
    worst = np.minimum(fall, shares * lowest / peaks_before[at])
    worst = np.minimum(worst, after / peaks[at])
    table = held.spread(np.where(counts, worst, 1.0), empty=1.0)
    lowest_ratio: FloatArray = np.minimum(table.min(axis=1), 1.0)
    return lowest_ratio


def _between(sums: FloatArray, begin: IndexArray, end: IndexArray, column: int) -> FloatArray:
    whole = sums[end, column] - sums[begin, column]
    between: FloatArray = whole + (sums[end, column + 1] - sums[begin, column + 1])
    return between


def _ranges(market: Market, first: IndexArray, last: IndexArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    level = np.maximum(np.frexp((first ^ last).astype(np.float64))[1] - 1, 0)
    early, late = market.ranges[level, first], market.ranges[level, last]
    one = first == last
    close = market.close[first]
    return (
        np.where(one, close, np.minimum(early[:, 0], late[:, 0])),
        np.where(one, close, np.maximum(early[:, 1], late[:, 1])),
        np.where(one, 1.0, np.minimum(np.minimum(early[:, 2], late[:, 2]), late[:, 0] / early[:, 1])),
    )

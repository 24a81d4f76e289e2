"""The closed form by NumPy alone: what `events` does, for some cells at a time.

It serves until the kernels are compiled and where numba is missing, at a few times their cost.
"""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from strategies.engine.prices import ROUNDING, FloatArray, IndexArray
from strategies.engine.sweep.averages import CrossoverCells
from strategies.engine.sweep.market import (
    FALL,
    HIGHEST,
    LOWEST,
    PRICE_COLUMN,
    RETURNS_COLUMN,
    SHORTFALLS_COLUMN,
    SQUARES_COLUMN,
    Market,
    Tables,
    Terms,
)
from strategies.engine.sweep.metrics import (
    CANCELLED,
    DOWNSIDE,
    GROWTH,
    HELD,
    RETURNS,
    SPREAD,
    STATS,
    TRADES,
    WINS,
    WORST,
)

CELLS_AT_ONCE = 192
"""Cells times bars at once fit into a core's own cache as bits of a byte."""


def tabulate(close: FloatArray, paid: FloatArray, received: FloatArray, rate: float) -> Tables:
    """Return `bought`, `sold` and `ranges` of a market, as `tables.tabulate` does."""
    sums = _sums(np.concatenate(([0.0], close[1:] / close[:-1] - 1)), rate)
    return _bought(close, paid, sums, rate), _sold(close, received, sums, rate), _tabulated_ranges(close)


def _summed(returns: FloatArray, rate: float) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return what is summed of returns: themselves, their squares, and those of what they lack."""
    shortfall = np.minimum(returns - rate, 0.0)
    return returns, returns * returns, shortfall * shortfall


def _sums(returns: FloatArray, rate: float) -> FloatArray:
    """Return running sums in pairs of doubles, up to before each bar; shape (bars + 1, 6).

    The difference of two of them loses no digit. In one double, a calm stretch after a wild one would
    keep few digits of its own.
    """
    sums = np.zeros((len(returns) + 1, 6))
    exact = np.cumsum(np.array(_summed(returns, rate), dtype=np.longdouble), axis=1)
    sums[1:, ::2] = exact.T
    sums[1:, 1::2] = (exact - sums[1:, ::2].T).T
    return sums


def _bought(close: FloatArray, paid: FloatArray, sums: FloatArray, rate: float) -> FloatArray:
    """Return the rows of purchases: sums up to after their bar, less the return at the purchase."""
    bought = np.zeros((len(close), 8))
    bought[:, :6] = sums[1:]
    bought[:, 1:6:2] -= np.transpose(_summed(close / paid - 1, rate))
    bought[:, PRICE_COLUMN] = 1 / paid
    return bought


def _sold(close: FloatArray, received: FloatArray, sums: FloatArray, rate: float) -> FloatArray:
    """Return the rows of sales: sums up to before their bar, and the return at the sale."""
    sold = np.zeros((len(close) + 1, 8))
    sold[:, :6] = sums
    sold[1:-1, 1:6:2] += np.transpose(_summed(received[1:] / close[:-1] - 1, rate))
    sold[:-1, PRICE_COLUMN] = received
    sold[-1, PRICE_COLUMN] = close[-1]
    return sold


def _tabulated_ranges(close: FloatArray) -> FloatArray:
    """Return the disjoint sparse table.

    Entries of a level reach from or to the ends of half as large groups; `to_end` and `from_start` hold
    those of all bars, and are joined with the group beside them for the next level.
    """
    bars = len(close)
    levels = max((bars - 1).bit_length(), 1)
    padded = np.full(1 << levels, close[-1])
    padded[:bars] = close
    table = np.empty((levels, 1 << levels, 3))
    to_end = np.stack((padded, padded, np.ones_like(padded)))
    from_start = to_end.copy()
    for level in range(levels):
        entries = table[level].reshape(-1, 2, 1 << level, 3)
        early = to_end.reshape(3, -1, 2, 1 << level)
        late = from_start.reshape(3, -1, 2, 1 << level)
        entries[:, 0] = np.moveaxis(early[:, :, 0], 0, -1)
        entries[:, 1] = np.moveaxis(late[:, :, 1], 0, -1)
        _join(early[:, :, 0], early[:, :, 1, :1], into=early[:, :, 0])
        _join(late[:, :, 0, -1:], late[:, :, 1], into=late[:, :, 1])
    return np.ascontiguousarray(table[:, :bars])


def _join(early: FloatArray, late: FloatArray, *, into: FloatArray) -> None:
    """Join ranges with those that follow them: lowest, highest, fall in the first axis."""
    fall = np.minimum(np.minimum(early[FALL], late[FALL]), late[LOWEST] / early[HIGHEST])
    lowest = np.minimum(early[LOWEST], late[LOWEST])
    into[HIGHEST] = np.maximum(early[HIGHEST], late[HIGHEST])
    into[LOWEST], into[FALL] = lowest, fall


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


def accumulate_pairs(pairs: CrossoverCells, market: Market, terms: Terms) -> FloatArray:
    """Return the tallies, shape (cells, 8), of cells that go all in and all out, long only."""
    cells = len(pairs.upper)
    batches = [
        _tally(_holdings(pairs, slice(begin, begin + CELLS_AT_ONCE), market, terms), market, terms)
        for begin in range(0, cells, CELLS_AT_ONCE)
    ]
    return np.concatenate(batches) if batches else np.zeros((0, STATS))


def _holdings(pairs: CrossoverCells, cells: slice, market: Market, terms: Terms) -> _Holdings:
    bars = pairs.lead + len(market.close)
    upper = pairs.values[pairs.upper[cells], :bars]
    lower = pairs.values[pairs.lower[cells], :bars]
    is_up, known = _remembered(upper > lower, upper < lower, pairs.begin[cells])
    changed = np.zeros_like(is_up)
    np.not_equal(is_up[:, 1:], is_up[:, :-1], out=changed[:, 1:])
    rows = np.arange(len(is_up))
    exists = known < bars
    # The first side is no change.
    changed[rows[exists], known[exists]] = False
    entries = changed & is_up
    if terms.on_state:
        beginning = np.maximum(known[exists], pairs.lead)
        entries[rows[exists], beginning] = is_up[rows[exists], beginning]
    lead = pairs.lead
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
    first, end = held.first, held.end
    bought, sold = market.bought[first], market.sold[np.where(held.is_open, len(market.close), end)]
    growth = sold[:, PRICE_COLUMN] * bought[:, PRICE_COLUMN]
    before = np.cumprod(held.spread(growth, empty=1.0), axis=1)
    final, before = _before(before)
    counts = before[held.cell, held.place] > ROUNDING
    if not counts.all():
        final = np.prod(held.spread(np.where(counts, growth, 1.0), empty=1.0), axis=1)
    total, squares, shortfalls = (
        held.total(np.where(counts, _between(bought, sold, column), 0.0))
        for column in (RETURNS_COLUMN, SQUARES_COLUMN, SHORTFALLS_COLUMN)
    )
    bars = len(market.close)
    spread = squares - total**2 / bars
    spread[spread < CANCELLED * squares] = np.nan
    still = bars - held.total(np.where(counts, end - first + ~held.is_open, 0))
    tallies = np.empty((held.cells, STATS))
    tallies[:, GROWTH] = final
    tallies[:, RETURNS] = total
    tallies[:, SPREAD] = spread
    tallies[:, DOWNSIDE] = shortfalls + still * min(-market.rate, 0.0) ** 2
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


def _worst(
    held: _Holdings, market: Market, before: FloatArray, growth: FloatArray, counts: NDArray[np.bool_]
) -> FloatArray:
    """Return the lowest equity over an earlier peak, at most 1, of each cell."""
    lowest, highest, fall = _ranges(market, held.first, held.end - 1)
    at = (held.cell, held.place)
    shares = before[at] * market.bought[held.first, PRICE_COLUMN]
    after = before[at] * growth
    highest_equity = np.where(counts, np.maximum(shares * highest, after), 0.0)
    peaks = np.maximum.accumulate(np.maximum(held.spread(highest_equity, empty=0.0), 1.0), axis=1)
    _, peaks_before = _before(peaks)
    worst = np.minimum(fall, shares * lowest / peaks_before[at])
    worst = np.minimum(worst, after / peaks[at])
    table = held.spread(np.where(counts, worst, 1.0), empty=1.0)
    lowest_ratio: FloatArray = np.minimum(table.min(axis=1), 1.0)
    return lowest_ratio


def _between(bought: FloatArray, sold: FloatArray, column: int) -> FloatArray:
    whole = sold[:, column] - bought[:, column]
    between: FloatArray = whole + (sold[:, column + 1] - bought[:, column + 1])
    return between


def _ranges(market: Market, first: IndexArray, last: IndexArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    level = np.maximum(np.frexp((first ^ last).astype(np.float64))[1] - 1, 0)
    early, late = market.ranges[level, first], market.ranges[level, last]
    one = first == last
    close = market.close[first]
    fall = np.minimum(np.minimum(early[:, FALL], late[:, FALL]), late[:, LOWEST] / early[:, HIGHEST])
    return (
        np.where(one, close, np.minimum(early[:, LOWEST], late[:, LOWEST])),
        np.where(one, close, np.maximum(early[:, HIGHEST], late[:, HIGHEST])),
        np.where(one, 1.0, fall),
    )

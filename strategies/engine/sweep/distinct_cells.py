"""Take together the cells of several sweeps over the same bars, each different one once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from strategies.engine.enums import Direction
from strategies.engine.prices import FloatArray, IndexArray
from strategies.engine.sweep.metrics import Figures
from strategies.engine.sweep.sweep import RETURNS_AT_ONCE, Sweep

SMALLEST_MOVE = 1e-9
"""A return of the market below this says nothing of the position held."""
LARGEST_POSITION = 2.0
"""As a share of the equity: an estimate above it comes from the costs of an order."""
COMPARED = ("total_return", "sharpe", "max_drawdown", "trades", "exposure", "win_rate")
"""Figures that are all the same only where the returns are."""


@dataclass(frozen=True, eq=False, kw_only=True)
class DistinctCells:
    """Cells with different returns, those of the first sweep first.

    sweep, cell: which sweep each stands in, and its place there; shape (cells,).
    of_first: the distinct cell of each cell of the first sweep.
    sharpe: of one bar, NaN where undefined; trades; exposure: as a share of the bars. Shape (cells,).
    candidates: number of cells before equal ones were taken together.
    """

    sweeps: Sequence[Sweep]
    sweep: IndexArray
    cell: IndexArray
    of_first: IndexArray
    sharpe: FloatArray
    trades: IndexArray
    exposure: FloatArray
    candidates: int

    def __len__(self) -> int:
        """Return the number of distinct cells."""
        return len(self.cell)

    def returns(self, chosen: IndexArray) -> Iterator[tuple[IndexArray, FloatArray]]:
        """Yield chosen cells of one sweep and their returns, shape (cells, bars), in batches."""
        for number, sweep in enumerate(self.sweeps):
            own = chosen[self.sweep[chosen] == number]
            for begin in range(0, len(own), RETURNS_AT_ONCE):
                batch = own[begin : begin + RETURNS_AT_ONCE]
                yield batch, sweep.returns_of(tuple(self.cell[batch].tolist()))

    def net_exposure(self, batch: IndexArray, returns: FloatArray, market: FloatArray) -> FloatArray:
        """Return the mean position of cells of one sweep as a share of their equity, shape (cells,).

        returns: of these cells, shape (cells, bars). market: returns of buy and hold, shape (bars,).
        """
        strategy = self.sweeps[int(self.sweep[batch[0]])].strategy
        if strategy.direction == Direction.LONG_SHORT:
            # A bar's return over that of the market is the position: 1 is long, -1 is short, more after a
            # loss. Bars with an order have its costs in them, and so a bound.
            moved = np.abs(market) > SMALLEST_MOVE
            positions = np.clip(returns[:, moved] / market[moved], -LARGEST_POSITION, LARGEST_POSITION)
            found: FloatArray = positions.sum(axis=1) / max(int(moved.sum()), 1)
            return found
        side = 1.0 if strategy.direction == Direction.LONG_ONLY else -1.0
        return side * strategy.account.position_size * self.exposure[batch]


def distinct_cells(sweep: Sweep, figures: Figures, earlier: Sequence[Sweep]) -> DistinctCells:
    """Return the cells of all sweeps, of those with equal returns the first.

    figures: of the first sweep's cells. Raises as `Sweep.figures` does.
    """
    sweeps = [sweep, *earlier]
    found = [figures, *(other.figures() for other in earlier)]
    columns = {name: _joined(found, name) for name in COMPARED}
    # Seven digits: other ways of computing a cell differ in the tenth.
    table = np.nan_to_num(np.stack(list(columns.values()), axis=1), nan=-np.inf).astype(np.float32)
    rows = np.ascontiguousarray(table).view([("", table.dtype)] * table.shape[1]).ravel()
    _, first, inverse = np.unique(rows, return_index=True, return_inverse=True)
    kept = np.sort(first)
    place = np.empty(len(table), np.intp)
    place[kept] = np.arange(len(kept))
    number = np.repeat(np.arange(len(sweeps)), [len(one.grid) for one in sweeps])
    cell = np.concatenate([np.arange(len(one.grid)) for one in sweeps])
    return DistinctCells(
        sweeps=sweeps,
        sweep=number[kept],
        cell=cell[kept],
        of_first=place[first[inverse[: len(sweep.grid)]]],
        sharpe=_joined(found, "bar_sharpe")[kept],
        trades=columns["trades"][kept].astype(np.intp),
        exposure=columns["exposure"][kept],
        candidates=len(table),
    )


def _joined(found: Sequence[Figures], name: str) -> FloatArray:
    return np.concatenate([np.asarray(getattr(one, name), np.float64) for one in found])

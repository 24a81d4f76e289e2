"""Compare the probability of overfitting with what it is where there is nothing to find.

The same cells are run on prices whose bars were put into another order. How often choosing fails there
depends on the grid, the costs and the drift, so no fixed threshold tells a low probability from chance.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from strategies.engine.metrics import Undefined, bar_rate
from strategies.engine.moving_averages import PricesTooLarge
from strategies.engine.prices import IndexArray
from strategies.engine.statistics.block_length import common_block_length
from strategies.engine.statistics.overfitting import BLOCKS, BlockSums, probability_of_overfitting
from strategies.engine.sweep.distinct_cells import DistinctCells
from strategies.engine.sweep.grid import Grid
from strategies.engine.sweep.resampled_prices import resampled_prices
from strategies.engine.sweep.sweep import Sweep

SERIES = 39
"""With 39 series the smallest p-value is 1 / 40."""
MOST_CELLS = 48
SPLITS = 1000


@dataclass(frozen=True, kw_only=True)
class OverfittingNull:
    """How often choosing fails where there is nothing to find.

    observed: the probability on the true series, for the same trials and splits.
    median: of the probability over the series without a pattern.
    p_value: share of those series in which choosing failed as rarely as on the true one, or more rarely;
        the true one counts as one of them.
    series: their number.
    """

    observed: float
    median: float
    p_value: float
    series: int


def overfitting_null(cells: DistinctCells, eligible: IndexArray) -> OverfittingNull | Undefined:
    """Return how often choosing among an even selection of the eligible cells fails by chance."""
    if not len(eligible):
        return Undefined("No combination has enough trades.")
    sample = eligible[np.unique(np.linspace(0, len(eligible) - 1, MOST_CELLS).astype(np.intp))]
    parts = _parts(cells, sample)
    observed = _probability(parts)
    if isinstance(observed, Undefined):
        return observed
    drawn = np.array(list(_drawn(parts)))
    if not len(drawn):
        return Undefined("Series without a pattern could not be drawn from these prices.")
    as_rare = int(np.count_nonzero(drawn <= observed))
    return OverfittingNull(
        observed=observed,
        median=float(np.median(drawn)),
        p_value=(as_rare + 1) / (len(drawn) + 1),
        series=len(drawn),
    )


def _drawn(parts: Sequence[Sweep]) -> Iterator[float]:
    """Yield the probability of overfitting on each series without a pattern that has one."""
    prices = parts[0].prices
    length = common_block_length([np.diff(prices.close) / prices.close[:-1]])
    for series in resampled_prices(prices, draws=SERIES, block_length=length):
        try:
            found = _probability([replace(part, prices=series) for part in parts])
        except PricesTooLarge:
            continue
        if not isinstance(found, Undefined):
            yield found


def _probability(parts: Sequence[Sweep]) -> float | Undefined:
    """Return the probability of overfitting of all cells, by an even selection of the splits."""
    if parts[0].bars < BLOCKS:
        return Undefined("The period has too few bars to be cut into blocks.")
    sums = [
        BlockSums.of(
            sweep.returns_of(tuple(range(len(sweep.grid)))), risk_free=bar_rate(sweep.risk_free_rate)
        )
        for sweep in parts
    ]
    found = probability_of_overfitting(BlockSums.joined(sums), most_splits=SPLITS)
    return found if isinstance(found, Undefined) else found.probability


def _parts(cells: DistinctCells, sample: IndexArray) -> list[Sweep]:
    """Return sweeps of the chosen cells alone."""
    return [
        replace(sweep, grid=_part(sweep.grid, cells.cell[sample[cells.sweep[sample] == number]]))
        for number, sweep in enumerate(cells.sweeps)
        if (cells.sweep[sample] == number).any()
    ]


def _part(grid: Grid, chosen: IndexArray) -> Grid:
    return replace(grid, axes={name: values[chosen] for name, values in grid.axes.items()}, skipped=0)

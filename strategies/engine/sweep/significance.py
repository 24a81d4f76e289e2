"""Test what the best cell of a sweep is worth, after all combinations that were ever tried.

The combinations of earlier sweeps and backtests are evaluated on the same bars as those of this one, so
that every test counts each of them once, however often and on however many versions of the data it was tried.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from math import sqrt

import numpy as np

from strategies.engine.metrics import Undefined, bar_rate
from strategies.engine.prices import FloatArray, IndexArray
from strategies.engine.statistics.block_length import common_block_length
from strategies.engine.statistics.clusters import count_clusters
from strategies.engine.statistics.overfitting import (
    BLOCKS,
    BlockSums,
    Overfitting,
    probability_of_overfitting,
)
from strategies.engine.statistics.sharpe import (
    ReturnShape,
    deflated_sharpe,
    deviation_of,
    expected_maximum,
    minimum_track_record,
    probabilistic_sharpe,
)
from strategies.engine.statistics.spa import Batch, SpaResult, spa_tests
from strategies.engine.sweep.distinct_cells import DistinctCells, distinct_cells
from strategies.engine.sweep.metrics import Figures
from strategies.engine.sweep.overfitting_null import OverfittingNull, overfitting_null
from strategies.engine.sweep.sweep import Report, Sweep

SPLITS_OF_TRIALS = 4_000_000
"""Splits times trials that cross-validation looks at, at most: a twentieth of a second."""
LEAST_SPLITS = 500
CLUSTER_BLOCKS = 64
"""Blocks of bars whose sums decide which trials are alike."""
LENGTH_SAMPLE = 16
"""Trials whose differences from their benchmark decide the length of the bootstrap's blocks."""
BUY_AND_HOLD, SAME_EXPOSURE = "buy_and_hold", "same_exposure"
"""Benchmarks of the tests."""

NO_BEST = Undefined("No combination has enough trades and a figure to be chosen by.")
NEVER_TRADED = Undefined("No combination ever traded.")
FEW_BARS = Undefined("The period has too few bars to be cut into blocks.")


@dataclass(frozen=True, eq=False, kw_only=True)
class Significance:
    """The figures of the verdict, or why there are none.

    trials: cells of this sweep. trials_ever: different ones ever tried, equal returns counted once.
    independent_trials: clusters of correlated returns among those at hand.
    shape: of the best one's returns.
    luck: Sharpe ratio, of one bar, that the best of all trials ever is expected to reach by chance.
    deflated: counting the trials of this sweep; deflated_ever: all; deflated_independent: the clusters.
    track_record: bars that the best one's Sharpe ratio needs to exceed chance.
    buy_and_hold, same_exposure: tests over all trials at hand, this sweep's cells first.
    of_first: place of each cell of this sweep in their results; shape (cells,).
    """

    trials: int
    trials_ever: int
    independent_trials: int
    shape: ReturnShape | Undefined
    luck: float
    probabilistic: float | Undefined
    deflated: float | Undefined
    deflated_ever: float | Undefined
    deflated_independent: float | Undefined
    track_record: float | Undefined
    overfitting: Overfitting | Undefined
    overfitting_null: OverfittingNull | Undefined
    buy_and_hold: SpaResult | Undefined
    same_exposure: SpaResult | Undefined
    of_first: IndexArray

    def adjusted(self, test: SpaResult) -> FloatArray:
        """Return the p-value of each cell of this sweep, adjusted for all trials; shape (cells,)."""
        found: FloatArray = test.adjusted[self.of_first]
        return found


@dataclass(eq=False, kw_only=True)
class _Recorded:
    """What is kept of the returns of all trials, which are gone through once.

    cells: the distinct cell of each trial recorded. stretches: sums over `CLUSTER_BLOCKS`.
    """

    cells: list[IndexArray] = field(default_factory=list)
    sums: list[BlockSums] = field(default_factory=list)
    stretches: list[FloatArray] = field(default_factory=list)


def assess(
    sweep: Sweep,
    figures: Figures,
    *,
    best_returns: FloatArray | None,
    market: FloatArray,
    minimum_trades: int,
    earlier: Sequence[Sweep] = (),
    known: int = 0,
    report: Report = lambda _: None,
) -> Significance:
    """Return what the best cell is worth.

    best_returns: those of the cell that was chosen, None where none qualifies; market: those of buy and
        hold. Shape (bars,).
    earlier: other combinations that were tried, over the same bars.
    known: number of different combinations ever tried, those given included.
    Raises as `Sweep.figures` does.
    """
    cells = distinct_cells(sweep, figures, earlier)
    recorded = _Recorded()
    tests = _tests(cells, market, recorded, report)
    shape = NO_BEST if best_returns is None else ReturnShape.of(best_returns - bar_rate(sweep.risk_free_rate))
    # Of combinations that are not at hand as large a share is distinct as of those that are.
    ever = max(len(cells), round(known * len(cells) / cells.candidates))
    independent = _independent(cells, recorded)
    deviation = deviation_of(cells.sharpe)
    luck = expected_maximum(trials=ever, deviation=deviation)

    def of_the_best(figure: Callable[[ReturnShape], float | Undefined]) -> float | Undefined:
        return shape if isinstance(shape, Undefined) else figure(shape)

    def deflated(trials: int, deviation: float = deviation) -> float | Undefined:
        return of_the_best(lambda found: deflated_sharpe(found, trials=trials, deviation=deviation))

    eligible = np.flatnonzero(cells.trades >= max(minimum_trades, 1))
    return Significance(
        trials=len(sweep.grid),
        trials_ever=ever,
        independent_trials=independent,
        shape=shape,
        luck=luck,
        probabilistic=of_the_best(probabilistic_sharpe),
        deflated=deflated(len(sweep.grid)),
        deflated_ever=deflated(ever),
        # The ratios of independent worthless trials differ by their standard error at least.
        deflated_independent=deflated(independent, max(deviation, 1 / sqrt(sweep.bars))),
        track_record=of_the_best(lambda found: minimum_track_record(found, luck=luck)),
        overfitting=_overfitting(cells, recorded, eligible),
        overfitting_null=overfitting_null(cells, eligible),
        buy_and_hold=tests if isinstance(tests, Undefined) else tests[BUY_AND_HOLD],
        same_exposure=tests if isinstance(tests, Undefined) else tests[SAME_EXPOSURE],
        of_first=cells.of_first,
    )


def _tests(
    cells: DistinctCells, market: FloatArray, recorded: _Recorded, report: Report
) -> dict[str, SpaResult] | Undefined:
    """Return the tests against both benchmarks, and record what else needs the returns."""
    traded = np.flatnonzero(cells.trades > 0)
    if not len(traded):
        return NEVER_TRADED
    batches = _batches(cells, traded, market, recorded, report)
    tests = spa_tests(market, batches, block_length=_block_length(cells, traded, market))
    for _ in batches:
        # Periods too short for the tests still have sums to record.
        pass
    if isinstance(tests, Undefined):
        return tests
    places = np.concatenate(recorded.cells)
    return {name: _over_all_cells(test, places, len(cells)) for name, test in tests.items()}


def _batches(
    cells: DistinctCells, traded: IndexArray, market: FloatArray, recorded: _Recorded, report: Report
) -> Iterator[Batch]:
    risk_free = bar_rate(cells.sweeps[0].risk_free_rate)
    stretches = min(CLUSTER_BLOCKS, len(market))
    starts = np.arange(stretches) * len(market) // stretches
    done = 0
    for batch, returns in cells.returns(traded):
        recorded.cells.append(batch)
        recorded.stretches.append(np.add.reduceat(returns, starts, axis=1))
        if len(market) >= BLOCKS:
            recorded.sums.append(BlockSums.of(returns, risk_free=risk_free))
        exposure = cells.net_exposure(batch, returns, market)
        yield Batch(returns=returns, exposures={BUY_AND_HOLD: np.ones(len(batch)), SAME_EXPOSURE: exposure})
        done += len(batch)
        report(done / len(traded))


def _block_length(cells: DistinctCells, traded: IndexArray, market: FloatArray) -> int:
    """Return the length of the bootstrap's blocks that suits an even selection of the trials."""
    sample = traded[np.unique(np.linspace(0, len(traded) - 1, LENGTH_SAMPLE).astype(np.intp))]
    differences: list[FloatArray] = []
    for batch, returns in cells.returns(sample):
        exposure = cells.net_exposure(batch, returns, market)
        differences.extend(returns - exposure[:, np.newaxis] * market)
    return common_block_length(differences)


def _over_all_cells(test: SpaResult, places: IndexArray, count: int) -> SpaResult:
    """Return the test with a place for each cell: those that never traded beat nothing."""
    leads, adjusted = np.full(count, np.nan), np.ones(count)
    leads[places], adjusted[places] = test.leads, test.adjusted
    return replace(test, leads=leads, adjusted=adjusted)


def _independent(cells: DistinctCells, recorded: _Recorded) -> int:
    """Return the number of clusters, led by the best; cells that never traded are one together."""
    idle = int((cells.trades == 0).any())
    if not recorded.cells:
        return idle
    places = np.concatenate(recorded.cells)
    sharpe = np.nan_to_num(cells.sharpe[places], nan=-np.inf)
    order = np.argsort(-sharpe, kind="stable")
    return idle + count_clusters(np.concatenate(recorded.stretches)[order])


def _overfitting(cells: DistinctCells, recorded: _Recorded, eligible: IndexArray) -> Overfitting | Undefined:
    if not recorded.sums:
        return FEW_BARS if recorded.cells else NEVER_TRADED
    joined, places = BlockSums.joined(recorded.sums), np.concatenate(recorded.cells)
    chosen = np.isin(places, eligible)
    sums = BlockSums(bars=joined.bars, returns=joined.returns[chosen], squares=joined.squares[chosen])
    most_splits = max(LEAST_SPLITS, SPLITS_OF_TRIALS // max(len(eligible), 1))
    return probability_of_overfitting(sums, most_splits=most_splits)

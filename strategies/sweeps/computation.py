"""Computing a sweep: every cell, and all that judges the best of them."""

from collections.abc import Iterator
from dataclasses import dataclass

from jobs.registry import Progress
from strategies.backtests.inputs import BacktestInputs
from strategies.backtests.run import Run
from strategies.engine.backtest import Result, backtest
from strategies.engine.metrics import Undefined, bar_rate
from strategies.engine.prices import FloatArray
from strategies.engine.statistics.bootstrap import BootstrapIntervals, bootstrap_bands
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
    probabilistic_sharpe,
)
from strategies.engine.statistics.spa import SpaResult, spa_test
from strategies.engine.sweep.metrics import Figures
from strategies.engine.sweep.selection import best_cell, neighbourhood_means, scores
from strategies.engine.sweep.sweep import Sweep
from strategies.engine.sweep.walk_forward import Plan, Selection, WalkForward, walk_forward
from strategies.inputs import strategy_of
from strategies.sweeps.inputs import SweepMaterial

SPLITS_OF_TRIALS = 64_000_000
"""Splits times trials that cross-validation looks at, at most: half a second of two cores."""
LEAST_SPLITS = 500

FIGURES_DONE, RETURNS_DONE, STRETCHES_DONE = 0.2, 0.8, 0.95
"""Shares of the work, for its progress."""


@dataclass(frozen=True, kw_only=True)
class OverfittingStatistics:
    """The figures of the verdict, or why there are none.

    shape: of the best one's returns. deflated_ever: counting all trials ever made.
    """

    trials: int
    trials_ever: int
    shape: ReturnShape | Undefined
    probabilistic: float | Undefined
    deflated: float | Undefined
    deflated_ever: float | Undefined
    overfitting: Overfitting | Undefined
    superiority: SpaResult | Undefined


@dataclass(frozen=True, eq=False, kw_only=True)
class SweepRun:
    """A computed sweep with its circumstances.

    score: what cells are chosen by; neighbourhood: its mean over each cell and those next to it; (cells,).
    run: the single backtest of the best cell, or of the first one where none qualifies.
    """

    material: SweepMaterial
    sweep: Sweep
    figures: Figures
    score: FloatArray
    neighbourhood: FloatArray
    best: int | None
    run: Run
    evidence: OverfittingStatistics
    walk_forward: WalkForward | Undefined
    bands: BootstrapIntervals | Undefined


def compute(material: SweepMaterial, *, trials_ever: int, progress: Progress) -> SweepRun:
    """Return the sweep; raises PricesTooLarge or ReconciliationError as the single backtest does."""
    parameters = material.parameters
    sweep = Sweep(
        prices=material.prices,
        strategy=strategy_of(parameters, material.grid.usual),
        grid=material.grid,
        first=material.first,
        risk_free_rate=parameters.risk_free_rate,
    )
    step = f"Backtesting {len(material.grid):,d} combinations"
    figures = sweep.figures(lambda done: progress(FIGURES_DONE * done, step))
    score = scores(figures, parameters.objective, minimum_trades=parameters.minimum_trades)
    best = best_cell(score)
    run = _single(material, sweep, best or 0)
    return SweepRun(
        material=material,
        sweep=sweep,
        figures=figures,
        score=score,
        neighbourhood=neighbourhood_means(material.grid, score),
        best=best,
        run=run,
        evidence=_evidence(
            sweep, figures, best=best, result=run.result, trials_ever=trials_ever, progress=progress
        ),
        walk_forward=_walk_forward(material, sweep, best, progress),
        bands=_bands(sweep, best, run.result),
    )


def _single(material: SweepMaterial, sweep: Sweep, cell: int) -> Run:
    asked = material.parameters.backtest(material.values(cell))
    result = backtest(
        material.prices,
        strategy_of(asked, asked.rule_parameters),
        first=material.first,
        risk_free_rate=sweep.risk_free_rate,
    )
    inputs = BacktestInputs(
        parameters=asked, bars=material.bars, first=material.first, splits=material.splits
    )
    return Run(inputs=inputs, result=result)


def _evidence(
    sweep: Sweep,
    figures: Figures,
    *,
    best: int | None,
    result: Result,
    trials_ever: int,
    progress: Progress,
) -> OverfittingStatistics:
    trials = len(sweep.grid)
    superiority, overfitting = _of_all_returns(sweep, result.benchmark.curve.returns, progress)
    shape = _shape(result, best, sweep.risk_free_rate)
    deviation = deviation_of(figures.bar_sharpe)

    def deflated(count: int) -> float | Undefined:
        return (
            shape
            if isinstance(shape, Undefined)
            else deflated_sharpe(shape, trials=count, deviation=deviation)
        )

    return OverfittingStatistics(
        trials=trials,
        trials_ever=trials_ever,
        shape=shape,
        probabilistic=shape if isinstance(shape, Undefined) else probabilistic_sharpe(shape),
        deflated=deflated(trials),
        deflated_ever=deflated(trials_ever),
        overfitting=overfitting,
        superiority=superiority,
    )


def _of_all_returns(
    sweep: Sweep, benchmark: FloatArray, progress: Progress
) -> tuple[SpaResult | Undefined, Overfitting | Undefined]:
    """Return what needs the returns of every cell, which are gone through once, a batch at a time."""
    sums: list[BlockSums] = []

    def recorded() -> Iterator[FloatArray]:
        for returns in sweep.returns(
            lambda done: progress(_between(FIGURES_DONE, RETURNS_DONE, done), "Comparing with buy and hold")
        ):
            if sweep.bars >= BLOCKS:
                sums.append(BlockSums.of(returns - bar_rate(sweep.risk_free_rate)))
            yield returns

    superiority = spa_test(benchmark, recorded())
    if not sums:
        return superiority, Undefined("The period has too few bars to be cut into blocks.")
    most_splits = max(LEAST_SPLITS, SPLITS_OF_TRIALS // len(sweep.grid))
    return superiority, probability_of_overfitting(BlockSums.joined(sums), most_splits=most_splits)


def _shape(result: Result, best: int | None, risk_free_rate: float) -> ReturnShape | Undefined:
    if best is None:
        return _no_best()
    return ReturnShape.of(result.strategy.curve.returns - bar_rate(risk_free_rate))


def _walk_forward(
    material: SweepMaterial, sweep: Sweep, best: int | None, progress: Progress
) -> WalkForward | Undefined:
    parameters = material.parameters
    plan = parameters.walk_forward
    return walk_forward(
        sweep,
        Plan(scheme=plan.scheme, train_bars=plan.train_bars, test_bars=plan.test_bars),
        Selection(objective=parameters.objective, minimum_trades=parameters.minimum_trades),
        best=best,
        report=lambda done: progress(_between(RETURNS_DONE, STRETCHES_DONE, done), "Walking forward"),
    )


def _bands(sweep: Sweep, best: int | None, result: Result) -> BootstrapIntervals | Undefined:
    if best is None:
        return _no_best()
    curve = result.strategy.curve
    return bootstrap_bands(
        curve.returns, initial_cash=curve.initial_cash, risk_free_rate=sweep.risk_free_rate
    )


def _between(begin: float, end: float, done: float) -> float:
    return begin + (end - begin) * done


def _no_best() -> Undefined:
    return Undefined("No combination has enough trades and a figure to be chosen by.")


def silent(fraction: float, step: str) -> None:
    """Take progress and do nothing, where nobody waits long enough to see it."""

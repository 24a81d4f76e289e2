"""Computing a sweep: every cell, and all that judges the best of them."""

from dataclasses import dataclass

import numpy as np

from jobs.registry import Progress
from strategies.backtests.inputs import BacktestInputs
from strategies.backtests.run import Run
from strategies.engine.backtest import Result, backtest
from strategies.engine.metrics import Undefined
from strategies.engine.moving_averages import PricesTooLarge
from strategies.engine.parameters import RuleParameters
from strategies.engine.prices import FloatArray
from strategies.engine.simulation import ReconciliationError
from strategies.engine.statistics.bootstrap import BootstrapIntervals, bootstrap_bands
from strategies.engine.sweep.grid import Grid
from strategies.engine.sweep.metrics import Figures
from strategies.engine.sweep.selection import best_cell, neighbourhood_means, scores
from strategies.engine.sweep.significance import NO_BEST, Significance, assess
from strategies.engine.sweep.sweep import Sweep
from strategies.engine.sweep.walk_forward import Plan, Selection, WalkForward, walk_forward
from strategies.inputs import strategy_of
from strategies.parameters import TradingParameters
from strategies.sweeps.inputs import SweepInputs
from strategies.trials import Ledger, TriedGroup

TESTING = "Comparing with buy and hold"
FIGURES_DONE, RETURNS_DONE, STRETCHES_DONE = 0.2, 0.8, 0.95
"""Shares of the work, for its progress."""


@dataclass(frozen=True, eq=False, kw_only=True)
class EvaluatedCells:
    """The cells of a sweep with their figures, and nothing yet of what the best one is worth.

    score: what cells are chosen by; neighbourhood: its mean over each cell and those next to it; (cells,).
    best: the cell with the highest score; None where none qualifies.
    """

    inputs: SweepInputs
    sweep: Sweep
    figures: Figures
    score: FloatArray
    neighbourhood: FloatArray
    best: int | None


@dataclass(frozen=True, eq=False, kw_only=True)
class SweepRun(EvaluatedCells):
    """A computed sweep with its verdict.

    run: the single backtest of the best cell, or of the first one where none qualifies.
    """

    run: Run
    significance: Significance
    walk_forward: WalkForward | Undefined
    bands: BootstrapIntervals | Undefined


def evaluate(inputs: SweepInputs, progress: Progress) -> EvaluatedCells:
    """Return the figures of every cell; raises PricesTooLarge or ReconciliationError as `compute` does."""
    parameters = inputs.parameters
    sweep = Sweep(
        prices=inputs.prices,
        strategy=strategy_of(parameters, inputs.grid.usual),
        grid=inputs.grid,
        first=inputs.first,
        risk_free_rate=parameters.risk_free_rate,
    )
    step = f"Backtesting {len(inputs.grid):,d} combinations"
    figures = sweep.figures(lambda done: progress(FIGURES_DONE * done, step))
    score = scores(figures, parameters.objective, minimum_trades=parameters.minimum_trades)
    return EvaluatedCells(
        inputs=inputs,
        sweep=sweep,
        figures=figures,
        score=score,
        neighbourhood=neighbourhood_means(inputs.grid, score),
        best=best_cell(score),
    )


def compute(inputs: SweepInputs, *, ledger: Ledger, progress: Progress) -> SweepRun:
    """Return the sweep; raises PricesTooLarge or ReconciliationError as the single backtest does."""
    cells = evaluate(inputs, progress)
    sweep, figures, best = cells.sweep, cells.figures, cells.best
    run = _single(inputs, sweep, best or 0)
    return SweepRun(
        **vars(cells),
        run=run,
        significance=assess(
            sweep,
            figures,
            best_returns=None if best is None else run.result.strategy.curve.returns,
            market=run.result.benchmark.curve.returns,
            minimum_trades=inputs.parameters.minimum_trades,
            earlier=earlier_sweeps(inputs, ledger),
            known=ledger.known,
            report=lambda done: progress(_between(FIGURES_DONE, RETURNS_DONE, done), TESTING),
        ),
        walk_forward=_walk_forward(inputs, sweep, best, progress),
        bands=_bands(sweep, best, run.result),
    )


def _single(inputs: SweepInputs, sweep: Sweep, cell: int) -> Run:
    asked = inputs.parameters.backtest(inputs.values(cell))
    result = backtest(
        inputs.prices,
        strategy_of(asked, asked.rule_parameters),
        first=inputs.first,
        risk_free_rate=sweep.risk_free_rate,
    )
    single = BacktestInputs(parameters=asked, bars=inputs.bars, first=inputs.first, splits=inputs.splits)
    return Run(inputs=single, result=result)


def earlier_sweeps(inputs: SweepInputs, ledger: Ledger) -> list[Sweep]:
    """Return what was tried before as sweeps over the bars of this one.

    Those that can no longer be computed on these bars are left out.
    """
    found = []
    for group in ledger.earlier:
        sweep = _earlier_sweep(inputs, group)
        try:
            sweep.figures()
        except (PricesTooLarge, ReconciliationError):
            continue
        found.append(sweep)
    return found


def _earlier_sweep(inputs: SweepInputs, group: TriedGroup) -> Sweep:
    now = inputs.parameters
    terms = {"initial_investment": now.initial_investment, "average": now.average, **group.terms}
    parameters = TradingParameters.model_validate(terms)
    usual = RuleParameters(average=parameters.average)
    rule = parameters.custom_rule
    whole = set() if rule is not None else set(group.values) - {"band"}
    axes = {
        name: values.astype(np.int64) if name in whole else values for name, values in group.values.items()
    }
    return Sweep(
        prices=inputs.prices,
        strategy=strategy_of(parameters, usual),
        grid=Grid(rule=parameters.rule, usual=usual, axes=axes, skipped=0, custom=rule),
        first=inputs.first,
        risk_free_rate=now.risk_free_rate,
    )


def _walk_forward(
    inputs: SweepInputs, sweep: Sweep, best: int | None, progress: Progress
) -> WalkForward | Undefined:
    parameters = inputs.parameters
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
        return NO_BEST
    curve = result.strategy.curve
    return bootstrap_bands(
        curve.returns, initial_cash=curve.initial_cash, risk_free_rate=sweep.risk_free_rate
    )


def _between(begin: float, end: float, done: float) -> float:
    return begin + (end - begin) * done


def silent(fraction: float, step: str) -> None:
    """Take progress and do nothing, where nobody waits long enough to see it."""

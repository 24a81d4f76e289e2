"""Walk-forward: what choosing by the past would have brought in the time after it.

The bars are cut into stretches. In each, the cell that was best in the training bars before it is
traded; nothing of the stretch itself enters the choice. The sides wanted in all stretches are put
together and traded as one strategy with one account, so that a change of parameters costs what the
trades cost that it leads to (Pardo 2008, The evaluation and optimization of trading strategies).
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from strategies.engine.backtest import decisions_of
from strategies.engine.equity_curve import Curve
from strategies.engine.metrics import Metrics, Undefined, measure
from strategies.engine.orders import buy_and_hold_orders
from strategies.engine.rules import Decisions, Sides
from strategies.engine.simulation import simulate
from strategies.engine.statistics.sharpe import yearly_sharpe
from strategies.engine.sweep.metrics import Figures
from strategies.engine.sweep.selection import Objective, best_cell, scores
from strategies.engine.sweep.sweep import Report, Sweep, simulated

LEAST_TEST_BARS = 20
"""A last stretch with fewer bars is joined to the one before it."""


class Scheme(StrEnum):
    """Which bars the choice looks back on."""

    ROLLING = "rolling"
    ANCHORED = "anchored"


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How the bars are cut; lengths in bars.

    scheme: rolling trains on the last `train_bars`, anchored on all bars since the first traded one.
    """

    scheme: Scheme
    train_bars: int
    test_bars: int


@dataclass(frozen=True, kw_only=True)
class Selection:
    """What the best cell is best at."""

    objective: Objective
    minimum_trades: int


@dataclass(frozen=True, kw_only=True)
class WalkForwardWindow:
    """One choice and what came after it; indices are into all bars, ends excluded.

    cell: chosen by the training bars; None where no cell had a figure: then nothing is traded.
    score: its score in the training bars; total_return, sharpe: in the stretch itself.
    """

    train_first: int
    test_first: int
    test_end: int
    cell: int | None
    score: float
    in_sample_return: float
    in_sample_sharpe: float
    total_return: float
    sharpe: float


@dataclass(frozen=True, eq=False, kw_only=True)
class WalkForward:
    """All stretches, traded as one strategy from `first` on.

    curve, metrics: out of sample; benchmark: buy and hold over the same bars.
    hindsight: the best cell of the whole sweep over the same bars, which nobody could have known.
    """

    first: int
    stretches: list[WalkForwardWindow]
    curve: Curve
    metrics: Metrics
    hindsight_curve: Curve | None
    hindsight: Metrics | None
    benchmark_curve: Curve
    benchmark: Metrics

    @property
    def efficiency(self) -> float:
        """Mean Sharpe ratio after the choices over the mean before them; NaN unless that is positive.

        Each window counts by the number of its bars, so that a short last one cannot outweigh the others.
        """
        chosen = [stretch for stretch in self.stretches if not np.isnan(stretch.in_sample_sharpe)]
        bars = [stretch.test_end - stretch.test_first for stretch in chosen]
        before = sum(length * stretch.in_sample_sharpe for length, stretch in zip(bars, chosen, strict=True))
        after = sum(
            length * stretch.sharpe
            for length, stretch in zip(bars, chosen, strict=True)
            if not np.isnan(stretch.sharpe)
        )
        return after / before if before > 0 else np.nan


@dataclass(frozen=True, kw_only=True)
class _Choice:
    train_first: int
    test_first: int
    test_end: int
    cell: int | None
    score: float
    figures: Figures


def walk_forward(
    sweep: Sweep, plan: Plan, choosing: Selection, *, best: int | None, report: Report = lambda _: None
) -> WalkForward | Undefined:
    """Return what the choices of the past would have brought.

    best: the best cell of the whole sweep, for comparison. Raises as `Sweep.figures` does.
    """
    if sweep.bars < plan.train_bars + LEAST_TEST_BARS:
        return Undefined(
            f"The period has {sweep.bars:,d} bars: too few to choose by {plan.train_bars:,d} of them and "
            f"trade {LEAST_TEST_BARS} more."
        )
    cuts = list(_cuts(sweep, plan))
    choices = []
    for done, (train_first, test_first, test_end) in enumerate(cuts, start=1):
        choices.append(_chosen(sweep, choosing, train_first, test_first, test_end))
        report(done / len(cuts))
    return _traded(sweep, choices, best)


def _cuts(sweep: Sweep, plan: Plan) -> Iterator[tuple[int, int, int]]:
    """Yield the first training bar, the first bar of a stretch, and its end."""
    end = len(sweep.prices)
    test_first = sweep.first + plan.train_bars
    while test_first < end:
        test_end = test_first + plan.test_bars
        if end - test_end < LEAST_TEST_BARS:
            test_end = end
        train_first = sweep.first if plan.scheme == Scheme.ANCHORED else test_first - plan.train_bars
        yield train_first, test_first, test_end
        test_first = test_end


def _chosen(sweep: Sweep, choosing: Selection, train_first: int, test_first: int, test_end: int) -> _Choice:
    """Choose by the bars before `test_first` alone: no later bar is handed over."""
    training = replace(sweep, prices=sweep.prices.until(test_first), first=train_first)
    figures = training.figures()
    score = scores(figures, choosing.objective, minimum_trades=choosing.minimum_trades)
    cell = best_cell(score)
    return _Choice(
        train_first=train_first,
        test_first=test_first,
        test_end=test_end,
        cell=cell,
        score=np.nan if cell is None else float(score[cell]),
        figures=figures,
    )


def _traded(sweep: Sweep, choices: list[_Choice], best: int | None) -> WalkForward:
    first = choices[0].test_first
    held = simulate(
        sweep.prices.since(first),
        buy_and_hold_orders(sweep.strategy.fill),
        replace(sweep.strategy.account, position_size=1.0),
    )
    held_curve = Curve.of(held, sweep.prices.dates[first:])

    def performance(decisions: Decisions) -> tuple[Curve, Metrics]:
        simulation = simulated(sweep.prices, sweep.strategy, decisions, first=first)
        curve = Curve.of(simulation, sweep.prices.dates[first:])
        return curve, measure(simulation, curve, held_curve, sweep.risk_free_rate)

    curve, metrics = performance(_stitched(sweep, choices))
    hindsight = None if best is None else performance(_decisions(sweep, best))
    return WalkForward(
        first=first,
        stretches=[_stretch(choice, curve, first, sweep.risk_free_rate) for choice in choices],
        curve=curve,
        metrics=metrics,
        hindsight_curve=hindsight[0] if hindsight else None,
        hindsight=hindsight[1] if hindsight else None,
        benchmark_curve=held_curve,
        benchmark=measure(held, held_curve, held_curve, sweep.risk_free_rate),
    )


def _stitched(sweep: Sweep, choices: list[_Choice]) -> Decisions:
    """Return the sides of each stretch's own choice; before the first stretch those of the first choice."""
    sides: Sides = np.zeros(len(sweep.prices), dtype=np.int8)
    known_from = choices[0].test_first
    for place, choice in enumerate(choices):
        if choice.cell is None:
            continue
        decisions = _decisions(sweep, choice.cell)
        begin = 0 if place == 0 else choice.test_first
        sides[begin : choice.test_end] = decisions.side[begin : choice.test_end]
        if place == 0:
            known_from = decisions.known_from
    return Decisions(side=sides, known_from=known_from, indicators=())


def _decisions(sweep: Sweep, cell: int) -> Decisions:
    return decisions_of(sweep.strategy, sweep.prices, sweep.grid.rule_parameters(cell))


def _stretch(choice: _Choice, curve: Curve, first: int, risk_free_rate: float) -> WalkForwardWindow:
    returns = curve.returns[choice.test_first - first : choice.test_end - first]
    cell = choice.cell
    return WalkForwardWindow(
        train_first=choice.train_first,
        test_first=choice.test_first,
        test_end=choice.test_end,
        cell=cell,
        score=choice.score,
        in_sample_return=np.nan if cell is None else float(choice.figures.total_return[cell]),
        in_sample_sharpe=np.nan if cell is None else float(choice.figures.sharpe[cell]),
        total_return=float(np.prod(1 + returns)) - 1,
        sharpe=yearly_sharpe(returns, risk_free_rate=risk_free_rate),
    )

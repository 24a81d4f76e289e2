"""What a sweep found, and what it is worth, in sentences."""

import numpy as np

from core.formatting import SPACE, counted, number, percent
from strategies.engine.metrics import Metrics, Undefined
from strategies.engine.sweep.walk_forward import WalkForward
from strategies.parameters import values_in_words
from strategies.sweeps.computation import OverfittingStatistics, SweepRun
from strategies.sweeps.inputs import SweepMaterial
from strategies.sweeps.parameters import Objective

SIGNIFICANT = 0.05
EVEN_ODDS = 0.5
LITTLE = 0.2
ALL_BUT_SURE = 0.99
OBJECTIVES = {
    Objective.TOTAL_RETURN: "total return",
    Objective.CAGR: "CAGR",
    Objective.SHARPE: "Sharpe ratio",
    Objective.SORTINO: "Sortino ratio",
    Objective.CALMAR: "Calmar ratio",
    Objective.MAX_DRAWDOWN: "worst drawdown",
    Objective.TRADES: "number of trades",
    Objective.EXPOSURE: "time in the market",
    Objective.WIN_RATE: "share of winning trades",
}
_AS_PERCENT = {
    Objective.TOTAL_RETURN,
    Objective.CAGR,
    Objective.MAX_DRAWDOWN,
    Objective.EXPOSURE,
    Objective.WIN_RATE,
}

CORRELATED = (
    "Neighbouring combinations trade almost alike. Counting each as a trial of its own makes the deflated "
    "Sharpe ratio too strict, never too kind."
)


def cell_in_words(material: SweepMaterial, cell: int) -> str:
    """Return the parameters of a cell: 20 / 50, or 12 / 26, signal 9, or 50, band 2.5 %."""
    return values_in_words(material.values(cell))


def summary(run: SweepRun) -> str:
    """Return which combination was best, beside buy and hold."""
    objective = run.material.parameters.objective
    tried = f"Of {counted(len(run.material.grid), 'combination')}"
    if run.best is None:
        least = run.material.parameters.minimum_trades
        return f"{tried} none can be chosen: each has fewer than {counted(least, 'trade')} or no figure."
    held = getattr(run.run.result.benchmark.metrics, objective)
    beside = "" if isinstance(held, Undefined) else f"; buy and hold has {_figure(objective, float(held))}"
    return (
        f"{tried} {cell_in_words(run.material, run.best)} has the best {OBJECTIVES[objective]}: "
        f"{_figure(objective, float(run.score[run.best]))}{beside}."
    )


def verdict(run: SweepRun) -> str:
    """Return whether the best combination means anything."""
    if run.best is None:
        return "No combination can be chosen, so there is nothing to judge."
    return " ".join(
        filter(None, (_against_holding(run), _of_the_choice(run.evidence), _of_luck(run.evidence)))
    )


def caveats(run: SweepRun) -> list[str]:
    """Return what limits the verdict's figures."""
    evidence = run.evidence
    found = [CORRELATED]
    objective = run.material.parameters.objective
    if objective != Objective.SHARPE:
        found.append(
            f"The best was chosen by its {OBJECTIVES[objective]}; the probability of overfitting is that of "
            "choosing by the Sharpe ratio."
        )
    if evidence.trials_ever > evidence.trials:
        found.append(
            f"With earlier sweeps and backtests, {counted(evidence.trials_ever, 'different combination')} "
            "were tried on these bars. The more combinations are tried, the better the best one looks by "
            "chance."
        )
    if run.best is not None and _is_lonely(run, run.best):
        found.append("The best combination stands alone: those next to it do much worse, as it is with luck.")
    return found


def likelihood(probability: float) -> str:
    """Return a probability in words that never call an estimate certain."""
    return percent(probability, 0) if probability < ALL_BUT_SURE else f"over 99{SPACE}%"


def walk_forward_in_words(found: WalkForward) -> str:
    """Return what choosing by the past alone brought."""
    made = counted(len(found.stretches), "choice")
    sentence = (
        f"Chosen by the past alone, {made} in a row returned {_return(found.metrics)} out of sample; "
        f"buy and hold returned {_return(found.benchmark)}"
    )
    if found.hindsight is None:
        return f"{sentence}."
    return f"{sentence}, and the combination that was best with hindsight {_return(found.hindsight)}."


def _against_holding(run: SweepRun) -> str:
    tested = run.evidence.superiority
    tried = counted(run.evidence.trials, "combination")
    if isinstance(tested, Undefined):
        return ""
    p_value = f"p = {number(tested.p_value, 2)}" if tested.p_value >= 0.01 else "p < 0.01"  # noqa: PLR2004
    held = run.run.result.benchmark.metrics.total_return
    if tested.p_value < SIGNIFICANT:
        found = f"The best of {tried} beat buy and hold by more than luck explains: {p_value}."
    elif run.figures.total_return.max() <= held:
        return f"The best of {tried} did not beat buy and hold: {p_value}."
    else:
        found = f"The best of {tried} beat buy and hold, but by no more than luck explains: {p_value}."
    if run.run.result.strategy.metrics.total_return > held:
        return found
    objective = OBJECTIVES[run.material.parameters.objective]
    return f"{found} The one with the best {objective} did not: it returned less than buy and hold."


def _of_the_choice(evidence: OverfittingStatistics) -> str:
    found = evidence.overfitting
    if isinstance(found, Undefined):
        return ""
    share = percent(found.probability, 0)
    if found.probability > EVEN_ODDS:
        return f"Choosing by the past is more likely luck than skill: {share}."
    if found.probability > LITTLE:
        return f"Choosing by the past helped a little: it failed in {share} of the splits."
    return f"Choosing by the past held up: it failed in {share} of the splits."


def _of_luck(evidence: OverfittingStatistics) -> str:
    if isinstance(evidence.deflated, Undefined):
        return ""
    return f"That it earns more than nothing, after so many tries, is {likelihood(evidence.deflated)} likely."


def _is_lonely(run: SweepRun, best: int) -> bool:
    """Whether the mean around the best cell falls behind it by more than a deviation of all cells."""
    return bool(run.score[best] - run.neighbourhood[best] > np.nanstd(run.score))


def _figure(objective: Objective, value: float) -> str:
    if objective == Objective.TRADES:
        return number(value, 0)
    return percent(value, 1) if objective in _AS_PERCENT else number(value, 2)


def _return(metrics: Metrics) -> str:
    return percent(metrics.total_return, 1)

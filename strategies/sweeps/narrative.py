"""What a sweep found, and what it is worth, in sentences."""

import numpy as np

from core.formatting import counted, number, percent
from strategies.engine.metrics import Metrics, Undefined
from strategies.engine.sweep.walk_forward import WalkForward
from strategies.parameters import values_in_words
from strategies.sweeps.computation import SweepRun
from strategies.sweeps.inputs import SweepInputs
from strategies.sweeps.parameters import Objective

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

SELECTED = (
    "The bands of the bootstrap are those of a combination that was chosen because it did best: they flatter "
    "it. On noise, 90 % bands of the best of 251 combinations held the true Sharpe ratio in 73 of 100 series."
)


def cell_in_words(inputs: SweepInputs, cell: int) -> str:
    """Return the parameters of a cell: 20 / 50, or 12 / 26, signal 9, or 50, band 2.5 %."""
    return values_in_words(inputs.values(cell))


def summary(run: SweepRun) -> str:
    """Return which combination was best, beside buy and hold."""
    objective = run.inputs.parameters.objective
    tried = f"Of {counted(len(run.inputs.grid), 'combination')}"
    if run.best is None:
        least = run.inputs.parameters.minimum_trades
        too_few = (
            f"each has fewer than {counted(least, 'trade')} or no figure" if least else "none has a figure"
        )
        return f"{tried} none can be chosen: {too_few}."
    held = getattr(run.run.result.benchmark.metrics, objective)
    beside = "" if isinstance(held, Undefined) else f"; buy and hold has {_figure(objective, float(held))}"
    return (
        f"{tried} {cell_in_words(run.inputs, run.best)} has the best {OBJECTIVES[objective]}: "
        f"{_figure(objective, float(run.score[run.best]))}{beside}."
    )


def caveats(run: SweepRun) -> list[str]:
    """Return what limits the verdict's figures."""
    significance = run.significance
    found = [
        (
            "Neighbouring combinations trade almost alike: "
            f"{counted(significance.trials_ever, 'different combination')} ever tried on this symbol, by any "
            "sweep or backtest, are worth about "
            f"{counted(significance.independent_trials, 'independent one')}. "
            "The more are tried, the better the best one looks by chance."
        )
    ]
    objective = run.inputs.parameters.objective
    if objective != Objective.SHARPE:
        found.append(
            f"The best was chosen by its {OBJECTIVES[objective]}; the probability of overfitting is that of "
            "choosing by the Sharpe ratio."
        )
    if not isinstance(run.bands, Undefined):
        found.append(SELECTED)
    if run.best is not None and _is_lonely(run, run.best):
        found.append(
            "The best combination stands alone: those next to it do much worse, as chance would have it."
        )
    return found


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


def _is_lonely(run: SweepRun, best: int) -> bool:
    """Whether the mean around the best cell falls behind it by more than a deviation of all cells."""
    return bool(run.score[best] - run.neighbourhood[best] > np.nanstd(run.score))


def _figure(objective: Objective, value: float) -> str:
    if objective == Objective.TRADES:
        return number(value, 0)
    return percent(value, 1) if objective in _AS_PERCENT else number(value, 2)


def _return(metrics: Metrics) -> str:
    return percent(metrics.total_return, 1)

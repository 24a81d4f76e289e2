"""What each test of a sweep says, in words: what was tested, the figure, and what it means."""

from dataclasses import dataclass
from math import sqrt

import numpy as np

from core.formatting import counted, number, percent
from strategies.engine.metrics import BARS_IN_A_YEAR, Undefined
from strategies.engine.statistics.spa import SpaResult
from strategies.engine.sweep.significance import Significance
from strategies.sweeps.computation import SweepRun
from strategies.sweeps.headline import (
    CLEAR,
    CONFIDENT,
    SENTENCES,
    SIGNIFICANT,
    Findings,
    Headline,
    VerdictTestName,
    headline_of,
)
from strategies.sweeps.narrative import OBJECTIVES

LEAST_WRITTEN = 0.01
"""Two digits are written of a p-value."""
MOST_WRITTEN = 0.999


@dataclass(frozen=True, kw_only=True)
class VerdictTest:
    """One test: its name, the figure as written, and what it means."""

    name: VerdictTestName
    figure: str
    meaning: str


def findings(run: SweepRun) -> Findings:
    """Return which tests reject chance."""
    found = run.significance
    null = found.overfitting_null
    return Findings(
        beats_same_exposure=_is_below(SIGNIFICANT, found.same_exposure),
        beats_clearly=_is_below(CLEAR, found.same_exposure),
        best_survives=bool(best_p_value(run) < SIGNIFICANT),
        exceeds_luck=not isinstance(found.deflated_ever, Undefined) and found.deflated_ever > CONFIDENT,
        choice_holds_up=not isinstance(null, Undefined) and null.observed < null.median,
    )


def headline(run: SweepRun) -> Headline:
    """Return how much evidence of skill there is."""
    return headline_of(findings(run))


def survivors(run: SweepRun) -> list[int]:
    """Return the cells that beat their own exposure to the market, counting all trials."""
    test = run.significance.same_exposure
    if isinstance(test, Undefined):
        return []
    cells: list[int] = np.flatnonzero(run.significance.adjusted(test) < SIGNIFICANT).tolist()
    return cells


def best_p_value(run: SweepRun) -> float:
    """Return the adjusted p-value of the best cell against its own exposure; NaN without one."""
    test = run.significance.same_exposure
    if isinstance(test, Undefined) or run.best is None:
        return float("nan")
    return float(run.significance.adjusted(test)[run.best])


def tests(run: SweepRun) -> list[VerdictTest]:
    """Return the tests that could be made, the decisive one first."""
    made = (
        _same_exposure(run),
        _survivors(run),
        _deflated(run),
        _overfitting(run.significance),
        _track_record(run),
        _buy_and_hold(run.significance),
        _probabilistic(run.significance),
    )
    return [test for test in made if test is not None]


def sentence(run: SweepRun) -> str:
    """Return the headline and what it rests on."""
    if run.best is None:
        return "No combination can be chosen, so there is nothing to judge."
    found, made = findings(run), tests(run)
    if not made:
        return f"{SENTENCES[Headline.NONE]} The period is too short for any test."
    doubts = _doubts(found) if found.beats_same_exposure else []
    parts = (
        SENTENCES[headline_of(found)],
        made[0].meaning,
        f"But {' and '.join(doubts)}." if doubts else "",
        _lag(run),
        _choice(run.significance),
    )
    return " ".join(filter(None, parts))


def _lag(run: SweepRun) -> str:
    """Return that others than the chosen one are ahead of buy and hold, where that is so."""
    held = run.run.result.benchmark.metrics.total_return
    if run.figures.total_return.max() <= held or run.run.result.strategy.metrics.total_return > held:
        return ""
    objective = OBJECTIVES[run.inputs.parameters.objective]
    return f"The one with the best {objective} returned less than buy and hold."


def _choice(found: Significance) -> str:
    if isinstance(found.overfitting, Undefined):
        return ""
    failed = f"Choosing by the past failed in {percent(found.overfitting.probability, 0)} of the splits"
    if isinstance(found.overfitting_null, Undefined):
        return f"{failed}."
    return f"{failed}; on series without a pattern it is {percent(found.overfitting_null.median, 0)}."


def p_value(value: float) -> str:
    """Return a p-value as written."""
    return f"p = {number(value, 2)}" if value >= LEAST_WRITTEN else "p < 0.01"


def _doubts(found: Findings) -> list[str]:
    doubts = {
        "beats_clearly": "its lead is clear at the 5 % level only, not at 1 %",
        "best_survives": "the one with the best figure is not among those that do",
        "exceeds_luck": "its Sharpe ratio is not clearly above what the best of so many reaches by chance",
        "choice_holds_up": "choosing by the past fails as often as on series without a pattern",
    }
    return [text for name, text in doubts.items() if not getattr(found, name)]


def _is_below(level: float, test: SpaResult | Undefined) -> bool:
    return not isinstance(test, Undefined) and test.p_value < level


def _tried(found: Significance) -> str:
    return f"{counted(found.trials_ever, 'different combination')} ever tried on this symbol"


def _same_exposure(run: SweepRun) -> VerdictTest | None:
    found = run.significance
    test = found.same_exposure
    if isinstance(test, Undefined):
        return None
    if test.p_value < SIGNIFICANT:
        meaning = (
            f"Of {_tried(found)}, the best beats buy and hold at the same exposure by more than "
            "chance explains."
        )
    else:
        meaning = (
            f"Of {_tried(found)}, none beats buy and hold at the same exposure by more than chance explains."
        )
    return VerdictTest(name=VerdictTestName.SAME_EXPOSURE, figure=p_value(test.p_value), meaning=meaning)


def _survivors(run: SweepRun) -> VerdictTest | None:
    if isinstance(run.significance.same_exposure, Undefined) or run.best is None:
        return None
    surviving = survivors(run)
    if not surviving:
        meaning = "No combination can be named that beats its own exposure to the market."
    elif run.best in surviving:
        meaning = "The best one shown is among those that beat their own exposure to the market."
    else:
        meaning = "The best one shown is not among those that beat their own exposure to the market."
    return VerdictTest(
        name=VerdictTestName.SURVIVORS,
        figure=f"{len(surviving):,d} of {run.significance.trials:,d}",
        meaning=meaning,
    )


def _deflated(run: SweepRun) -> VerdictTest | None:
    found = run.significance
    deflated, shape = found.deflated_ever, found.shape
    if isinstance(deflated, Undefined) or isinstance(shape, Undefined):
        return None
    reached, luck = (number(value * sqrt(BARS_IN_A_YEAR), 2) for value in (shape.sharpe, found.luck))
    above = "is clearly above" if deflated > CONFIDENT else "is not clearly above"
    return VerdictTest(
        name=VerdictTestName.DEFLATED,
        figure=percent(deflated, 1),
        meaning=(
            f"Its Sharpe ratio of {reached} a year {above} the {luck} that the best of "
            f"{counted(found.trials_ever, 'worthless trial')} reaches by chance; 95 % or more is clear."
        ),
    )


def _overfitting(found: Significance) -> VerdictTest | None:
    choice, null = found.overfitting, found.overfitting_null
    if isinstance(choice, Undefined):
        return None
    failed = (
        "The best of one half of the days was below the middle in the other half in "
        f"{percent(choice.probability, 0)} of the splits"
    )
    if isinstance(null, Undefined):
        meaning = f"{failed}."
    else:
        rarely = "more rarely than" if null.p_value <= SIGNIFICANT else "no more rarely than"
        meaning = (
            f"{failed}, {rarely} on series without a pattern, where it was {percent(null.median, 0)} in the "
            f"median ({p_value(null.p_value)})."
        )
    return VerdictTest(
        name=VerdictTestName.OVERFITTING,
        figure=percent(choice.probability, 0),
        meaning=meaning,
    )


def _track_record(run: SweepRun) -> VerdictTest | None:
    needed = run.significance.track_record
    if isinstance(needed, Undefined):
        return None
    years, there = needed / BARS_IN_A_YEAR, run.sweep.bars / BARS_IN_A_YEAR
    enough = "long enough" if years <= there else "too short"
    return VerdictTest(
        name=VerdictTestName.TRACK_RECORD,
        figure=f"{number(years, 1)} years",
        meaning=(
            f"To tell its Sharpe ratio from chance, counting all tries, takes {number(years, 1)} years; "
            f"there are {number(there, 1)}: {enough}."
        ),
    )


def _buy_and_hold(found: Significance) -> VerdictTest | None:
    test = found.buy_and_hold
    if isinstance(test, Undefined):
        return None
    if test.p_value < SIGNIFICANT:
        meaning = (
            "Some combination beats buy and hold by more than chance explains. In a falling market, being in "
            "cash does that without skill."
        )
    else:
        meaning = "No combination beats buy and hold by more than chance explains."
    return VerdictTest(name=VerdictTestName.BUY_AND_HOLD, figure=p_value(test.p_value), meaning=meaning)


def _probabilistic(found: Significance) -> VerdictTest | None:
    if isinstance(found.probabilistic, Undefined):
        return None
    above = "clearly above zero" if found.probabilistic > CONFIDENT else "not clearly above zero"
    return VerdictTest(
        name=VerdictTestName.PROBABILISTIC,
        figure=percent(found.probabilistic, 1),
        meaning=(
            f"As if it had been the only one tried, its Sharpe ratio is {above}. In a rising market that of "
            "holding is too."
        ),
    )


def score(value: float) -> str:
    """Return a PSR or DSR as written: never rounded to certainty."""
    return percent(value, 1) if value <= MOST_WRITTEN else f"over {percent(MOST_WRITTEN, 1)}"

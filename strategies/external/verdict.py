"""Judge daily returns by how many trials they are the best of."""

from math import sqrt

import numpy as np

from strategies.engine.metrics import BARS_IN_A_YEAR, Undefined, bar_rate
from strategies.engine.prices import FloatArray
from strategies.engine.statistics.sharpe import (
    CONFIDENCE,
    ReturnShape,
    deflated_sharpe,
    expected_maximum,
    minimum_track_record,
    probabilistic_sharpe,
)
from strategies.external.schemas import ExternalVerdict


def judge(
    returns: FloatArray, *, trials: int, deviation: float | None, risk_free_rate: float
) -> ExternalVerdict | Undefined:
    """Return the verdict on the best of `trials`.

    deviation: of the trials' Sharpe ratios, of one bar; None: unknown, taken as that of trials without skill,
        which is the standard error of a ratio of zero, 1 / √n.
    """
    shape = ReturnShape.of(returns - bar_rate(risk_free_rate))
    if isinstance(shape, Undefined):
        return shape
    spread = deviation or 1 / sqrt(shape.bars)
    chance = expected_maximum(trials=trials, deviation=spread)
    deflated = defined(deflated_sharpe(shape, trials=trials, deviation=spread))
    record = defined(minimum_track_record(shape, luck=chance))
    is_convincing = deflated is not None and deflated >= CONFIDENCE
    return ExternalVerdict(
        trials=trials,
        probabilistic_sharpe=defined(probabilistic_sharpe(shape)),
        deflated_sharpe=deflated,
        chance_sharpe=chance * sqrt(BARS_IN_A_YEAR),
        minimum_track_record_years=None if record is None else record / BARS_IN_A_YEAR,
        headline="weak" if is_convincing else "none",
        sentence=_sentence(shape, trials=trials, chance=chance, is_convincing=is_convincing),
    )


def defined(figure: float | Undefined) -> float | None:
    """Return a figure, None where it is undefined."""
    return None if isinstance(figure, Undefined) or not np.isfinite(figure) else figure


def _sentence(shape: ReturnShape, *, trials: int, chance: float, is_convincing: bool) -> str:
    year = sqrt(BARS_IN_A_YEAR)
    found = f"a Sharpe ratio of {shape.sharpe * year:.2f}"
    if trials == 1:
        luck = "One trial was declared; every rule and setting that was looked at before counts as one too."
    else:
        luck = f"The best of {trials:,d} trials without skill reaches {chance * year:.2f} by chance."
    if is_convincing:
        return f"Weak evidence of skill: {found}. {luck}"
    return f"No evidence of skill: {found} is not clear of chance. {luck}"

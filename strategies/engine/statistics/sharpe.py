"""How likely a Sharpe ratio is to be more than luck: probabilistic and deflated.

Ratios are those of one bar, not of a year: the mean of the excess returns over their deviation.
"""

from dataclasses import dataclass
from math import e, nan, sqrt
from statistics import NormalDist

import numpy as np

from strategies.engine.metrics import BARS_IN_A_YEAR, NO_DEVIATION, Undefined, bar_rate
from strategies.engine.prices import FloatArray

EULER_MASCHERONI = 0.5772156649015329
LEAST_TRIALS = 2
LEAST_RETURNS = 2

_NORMAL = NormalDist()


@dataclass(frozen=True, kw_only=True)
class ReturnShape:
    """What the Sharpe ratio's own uncertainty depends on.

    sharpe: of one bar.
    kurtosis: 3 for a normal distribution.
    """

    bars: int
    sharpe: float
    skewness: float
    kurtosis: float

    @classmethod
    def of(cls, excess: FloatArray) -> "ReturnShape | Undefined":
        """Return the shape of excess returns, shape (bars,)."""
        if len(excess) < LEAST_RETURNS:
            return Undefined("One bar has no deviation; at least two are needed.")
        deviation = float(excess.std(ddof=1))
        if deviation < NO_DEVIATION:
            return Undefined("Every bar had the same return, so there is no deviation to divide by.")
        standard = (excess - excess.mean()) / excess.std()
        squared = standard * standard
        return cls(
            bars=len(excess),
            sharpe=float(excess.mean()) / deviation,
            skewness=float((squared @ standard) / len(excess)),
            kurtosis=float((squared @ squared) / len(excess)),
        )


def probabilistic_sharpe(shape: ReturnShape, *, above: float = 0.0) -> float | Undefined:
    """Return the probability that the true Sharpe ratio exceeds `above` (both of one bar).

    Φ[(SR - SR*) √(n - 1) / √(1 - γ₃ SR + (γ₄ - 1) / 4 · SR²)] with skewness γ₃ and kurtosis γ₄
    (Bailey & López de Prado 2012, The Sharpe ratio efficient frontier, equation 9).
    """
    spread = 1 - shape.skewness * shape.sharpe + (shape.kurtosis - 1) / 4 * shape.sharpe**2
    if spread <= 0:
        return Undefined("The returns are too few or too skewed for this estimate.")
    return _NORMAL.cdf((shape.sharpe - above) * sqrt(shape.bars - 1) / sqrt(spread))


def deflated_sharpe(shape: ReturnShape, *, trials: int, deviation: float) -> float | Undefined:
    """Return the probability that the best of `trials` ratios is more than the luck of so many tries.

    deviation: standard deviation of the trials' Sharpe ratios, of one bar.
    The probabilistic Sharpe ratio above what the best of so many worthless strategies is expected to
    reach (Bailey & López de Prado 2014, The deflated Sharpe ratio, equations 1 and 2).
    """
    return probabilistic_sharpe(shape, above=expected_maximum(trials=trials, deviation=deviation))


def expected_maximum(*, trials: int, deviation: float) -> float:
    """Return the Sharpe ratio to expect of the best of independent trials without skill.

    sd(SR_k) · [(1 - g) Φ⁻¹(1 - 1/N) + g Φ⁻¹(1 - 1/(N e))], g Euler's constant; zero for one trial.
    """
    if trials < LEAST_TRIALS:
        return 0.0
    usual = _NORMAL.inv_cdf(1 - 1 / trials)
    extreme = _NORMAL.inv_cdf(1 - 1 / (trials * e))
    return deviation * ((1 - EULER_MASCHERONI) * usual + EULER_MASCHERONI * extreme)


def yearly_sharpe(returns: FloatArray, *, risk_free_rate: float) -> float:
    """Return mean(r - rf) / sd · √252, NaN where there is no deviation. risk_free_rate: a year's."""
    excess = returns - bar_rate(risk_free_rate)
    deviation = float(excess.std(ddof=1)) if len(excess) >= LEAST_RETURNS else 0.0
    return float(excess.mean()) / deviation * sqrt(BARS_IN_A_YEAR) if deviation >= NO_DEVIATION else nan


def deviation_of(sharpes: FloatArray) -> float:
    """Return the standard deviation (n - 1) of the ratios that exist; zero for fewer than two."""
    known = sharpes[~np.isnan(sharpes)]
    return float(known.std(ddof=1)) if len(known) >= LEAST_TRIALS else 0.0

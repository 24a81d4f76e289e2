"""How likely a Sharpe ratio is to be more than luck: probabilistic and deflated.

Ratios are those of one bar, not of a year: the mean of the excess returns over their deviation.
"""

from dataclasses import dataclass
from enum import Enum
from math import e, nan, sqrt
from statistics import NormalDist

import numpy as np

from strategies.engine.metrics import (
    BARS_IN_A_YEAR,
    MOST_AUTOCORRELATION,
    NO_DEVIATION,
    Undefined,
    bar_rate,
)
from strategies.engine.prices import FloatArray

EULER_MASCHERONI = 0.5772156649015329
LEAST_TRIALS = 2
LEAST_RETURNS = 2
CONFIDENCE = 0.95

_NORMAL = NormalDist()
_FEW = Undefined("The returns are too few or too skewed for this estimate.")


class Revision(Enum):
    """Which definition of the probabilistic Sharpe ratio.

    OF_2012: variance of the estimate at the observed ratio, over n - 1 (Bailey & López de Prado 2012,
        The Sharpe ratio efficient frontier, equation 9).
    OF_2025: variance at the ratio of the hypothesis, over n, and with first-order autocorrelation
        (López de Prado, Lipton & Zoonekynd 2025, How to use the Sharpe ratio).
    """

    OF_2012 = 2012
    OF_2025 = 2025


@dataclass(frozen=True, kw_only=True)
class ReturnShape:
    """What the Sharpe ratio's own uncertainty depends on.

    sharpe: of one bar.
    kurtosis: 3 for a normal distribution.
    autocorrelation: of first order, between returns of consecutive bars.
    """

    bars: int
    sharpe: float
    skewness: float
    kurtosis: float
    autocorrelation: float = 0.0

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
            autocorrelation=float((standard[1:] @ standard[:-1]) / len(excess)),
        )


def probabilistic_sharpe(
    shape: ReturnShape, *, above: float = 0.0, revision: Revision = Revision.OF_2025
) -> float | Undefined:
    """Return the probabilistic Sharpe ratio: Φ of the ratio's distance to `above` in standard errors.

    above: the ratio of the hypothesis, of one bar.
    """
    old = revision == Revision.OF_2012
    spread = _spread(shape, shape.sharpe if old else above, 0.0 if old else shape.autocorrelation)
    if spread <= 0:
        return _FEW
    return _NORMAL.cdf((shape.sharpe - above) * sqrt(shape.bars - old) / sqrt(spread))


def deflated_sharpe(
    shape: ReturnShape, *, trials: float, deviation: float, revision: Revision = Revision.OF_2025
) -> float | Undefined:
    """Return the probabilistic Sharpe ratio above what the best of `trials` reaches by chance.

    deviation: standard deviation of the trials' Sharpe ratios, of one bar (Bailey & López de Prado 2014,
    The deflated Sharpe ratio, equations 1 and 2).
    """
    above = expected_maximum(trials=trials, deviation=deviation)
    return probabilistic_sharpe(shape, above=above, revision=revision)


def expected_maximum(*, trials: float, deviation: float) -> float:
    """Return the Sharpe ratio to expect of the best of independent trials without skill.

    sd(SR_k) · [(1 - g) Φ⁻¹(1 - 1/N) + g Φ⁻¹(1 - 1/(N e))], g Euler's constant; zero for one trial.
    """
    if trials < LEAST_TRIALS:
        return 0.0
    usual = _NORMAL.inv_cdf(1 - 1 / trials)
    extreme = _NORMAL.inv_cdf(1 - 1 / (trials * e))
    return deviation * ((1 - EULER_MASCHERONI) * usual + EULER_MASCHERONI * extreme)


def minimum_track_record(shape: ReturnShape, *, luck: float = 0.0) -> float | Undefined:
    """Return the bars that this ratio needs to exceed chance with 95 % confidence.

    luck: what the best of the trials reaches by chance over `shape.bars` bars. As chance falls with the
    square root of the bars, n = ((z √V + luck √bars) / SR)², V the variance of one bar's estimate; with
    `luck` 0 it is the minimum track record length of the 2025 paper.
    """
    if shape.sharpe <= 0:
        return Undefined("The Sharpe ratio is not positive, so no length of record could confirm it.")
    spread = _spread(shape, luck, shape.autocorrelation)
    if spread <= 0:
        return _FEW
    needed = _NORMAL.inv_cdf(CONFIDENCE) * sqrt(spread) + luck * sqrt(shape.bars)
    return (needed / shape.sharpe) ** 2


def yearly_sharpe(returns: FloatArray, *, risk_free_rate: float) -> float:
    """Return mean(r - rf) / sd · √252, NaN where there is no deviation. risk_free_rate: a year's."""
    excess = returns - bar_rate(risk_free_rate)
    deviation = float(excess.std(ddof=1)) if len(excess) >= LEAST_RETURNS else 0.0
    return float(excess.mean()) / deviation * sqrt(BARS_IN_A_YEAR) if deviation >= NO_DEVIATION else nan


def deviation_of(sharpes: FloatArray) -> float:
    """Return the standard deviation (n - 1) of the ratios that exist; zero for fewer than two."""
    known = sharpes[~np.isnan(sharpes)]
    return float(known.std(ddof=1)) if len(known) >= LEAST_TRIALS else 0.0


def _spread(shape: ReturnShape, sharpe: float, autocorrelation: float) -> float:
    """Return n times the variance of the estimate, if the true ratio is `sharpe`."""
    rho = min(max(autocorrelation, -MOST_AUTOCORRELATION), MOST_AUTOCORRELATION)
    first, second = rho / (1 - rho), rho**2 / (1 - rho**2)
    return (
        1
        + 2 * first
        - (1 + first + second) * shape.skewness * sharpe
        + (1 + 2 * second) * (shape.kurtosis - 1) / 4 * sharpe**2
    )

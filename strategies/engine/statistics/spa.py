"""Hansen's test for superior predictive ability (SPA): did the best of many beat a benchmark?

The null hypothesis: no trial has a higher expected return than the benchmark. With d_k the mean
difference of trial k and ω_k its deviation, the statistic is max(0, max_k √n d_k / ω_k), and its
distribution under the null comes from the stationary bootstrap, recentred by Hansen's consistent
choice: trials far behind the benchmark do not count (White 2000, A reality check for data snooping;
Hansen 2005, A test for superior predictive ability, Journal of Business & Economic Statistics 23).

The means of one draw are sums of returns times how often the draw took each bar, so all draws of some
trials are one matrix product, and trials come in batches: no array holds all bars of all trials.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from math import log, sqrt

import numpy as np

from strategies.engine.metrics import NO_DEVIATION, Undefined
from strategies.engine.prices import FloatArray
from strategies.engine.statistics.stationary_bootstrap import block_length, draw_counts

DRAWS = 1000
LEAST_BARS = 64


@dataclass(frozen=True, kw_only=True)
class SpaResult:
    """What the test says.

    p_value: probability of so large an advantage, or a larger one, if no trial is better than the benchmark.
        What was observed counts as one draw more, so that it is never zero: among many tests some zeros
        would come of too few draws alone (Davison & Hinkley 1997, Bootstrap methods, section 4.2.3).
    """

    p_value: float
    draws: int


@dataclass(eq=False, kw_only=True)
class _Strongest:
    """The largest studentised advantage so far, as observed and in each draw."""

    observed: float = 0.0
    drawn: FloatArray = field(default_factory=lambda: np.zeros(DRAWS))


def spa_test(benchmark: FloatArray, batches: Iterable[FloatArray]) -> SpaResult | Undefined:
    """Return the p-value of the hypothesis that no trial beats the benchmark.

    benchmark: returns, shape (bars,).
    batches: returns of trials, each of the shape (trials, bars).
    """
    bars = len(benchmark)
    if bars < LEAST_BARS:
        return Undefined(f"The period has fewer than {LEAST_BARS} bars: too few to draw from.")
    strongest = _Strongest()
    weights = _covariance_weights(bars)
    for returns in batches:
        _compare(returns - benchmark, strongest, weights)
    reached = int(np.count_nonzero(strongest.drawn >= strongest.observed))
    return SpaResult(p_value=(reached + 1) / (DRAWS + 1), draws=DRAWS)


def _compare(differences: FloatArray, strongest: _Strongest, weights: FloatArray) -> None:
    """Let a batch of differences, shape (trials, bars), raise the strongest advantage."""
    bars = differences.shape[1]
    mean = differences.mean(axis=1)
    centred = differences - mean[:, np.newaxis]
    deviation = np.sqrt(np.maximum(_variances(centred, weights), 0))
    # A trial that is the benchmark has no deviation and no advantage.
    moves = deviation > NO_DEVIATION
    if not moves.any():
        return
    mean, centred, deviation = mean[moves], centred[moves], deviation[moves]
    strongest.observed = max(strongest.observed, float((mean / deviation).max()) * sqrt(bars))
    far_behind = mean < -deviation * sqrt(2 * log(log(bars)) / bars)
    drawn = draw_counts(bars, DRAWS) @ (centred / deviation[:, np.newaxis]).T.astype(np.float32)
    drawn /= np.float32(sqrt(bars))
    drawn += np.where(far_behind, mean / deviation * sqrt(bars), 0.0).astype(np.float32)
    np.maximum(strongest.drawn, drawn.max(axis=1), out=strongest.drawn)


def _covariance_weights(bars: int) -> FloatArray:
    """Return the Fourier transform of the weights of autocovariances in the bootstrap's variance.

    κ_i = (1 - i/n) (1 - q)^i + i/n · (1 - q)^(n - i), with 1 / q the mean length of a block (Politis &
    Romano 1994, equation 5): the variance that the draws themselves have, so none need be drawn for it.
    """
    keep = 1 - 1 / block_length(bars)
    lag = np.arange(1, bars)
    kappa = (1 - lag / bars) * keep**lag + lag / bars * keep ** (bars - lag)
    length = _transform_length(bars)
    weights = np.zeros(length)
    weights[0] = 1.0
    weights[1:bars] = kappa
    weights[length - bars + 1 :] = kappa[::-1]
    return np.fft.rfft(weights).real


def _variances(centred: FloatArray, weights: FloatArray) -> FloatArray:
    """Return Σ κ_|i| cov_i for each trial: a weighted sum of the power at each frequency."""
    bars = centred.shape[1]
    length = _transform_length(bars)
    spectrum = np.fft.rfft(centred, length, axis=1)
    power = spectrum.real**2 + spectrum.imag**2
    # Every frequency but the first and the last stands for two.
    twice = np.full(power.shape[1], 2.0)
    twice[[0, -1]] = 1.0
    variances: FloatArray = power @ (weights * twice) / (length * bars)
    return variances


def _transform_length(bars: int) -> int:
    """Return a power of two that leaves no lag of one end of the series mixed with the other."""
    return 1 << (2 * bars - 1).bit_length()

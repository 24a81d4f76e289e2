"""Where the middle of a forecast lies: the drift, in proportion to the volatility of the price."""

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

DRIFT_WINDOW = 1000
"""Days over which a price's own drift and volatility are measured."""
PRIOR_DEVIATION = 0.01
"""Standard deviation of true daily drifts around the pool's, as a fraction of the daily volatility.

For a share that moves 1.9 % a day this is 5 % a year.
"""
POOL_WEIGHT = 0.5
"""Weight of the pool's drift. The rest stands for a drift of zero: the pool's companies survived."""


def daily_volatility(closes: FloatArray) -> FloatArray:
    """Return the root mean squared log return of the days before, shape (days,)."""
    logs = np.log(closes)
    totals = np.cumsum(np.diff(logs, prepend=logs[0]) ** 2)
    return np.asarray(np.sqrt(_mean_change(totals)))


def daily_drift(closes: FloatArray, drift_per_volatility: float) -> FloatArray:
    """Return the drift of a session as known on each day, a log return of shape (days,).

    drift_per_volatility: of the prior, in units of the daily volatility; zero for currencies and indices.
    The own mean return counts by its precision: n days of it against PRIOR_DEVIATION, which gives a weight
    of 1/11 after 1,000 days. A constant price has no volatility and so no drift.
    """
    volatility = daily_volatility(closes)
    count = np.minimum(np.arange(len(closes)), DRIFT_WINDOW)
    own = _mean_change(np.log(closes))
    weight = PRIOR_DEVIATION**2 * count / (PRIOR_DEVIATION**2 * count + 1)
    return np.asarray((1 - weight) * drift_per_volatility * volatility + weight * own)


def pooled_drift(closes: FloatArray) -> float:
    """Return the mean log return over all days, in units of their root mean square."""
    returns = np.diff(np.log(closes))
    return float(returns.mean() / np.sqrt((returns**2).mean()))


def _mean_change(levels: FloatArray) -> FloatArray:
    """Return the mean daily change of `levels` over at most DRIFT_WINDOW days; zero on the first day."""
    days = np.arange(len(levels))
    count = np.minimum(days, DRIFT_WINDOW)
    return np.asarray((levels - levels[days - count]) / np.maximum(count, 1))

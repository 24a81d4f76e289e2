"""What other shares tell of a share's coming volatility: how much the market moves, and how much as one."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecasting.model.features import daily_features
from forecasting.model.price_moves import Prices, window_means

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
DateArray = NDArray[np.datetime64]

FEWEST_MEMBERS = 4
"""With fewer other shares at a date, the model without a market is used there."""
FRESH_DAYS = 7
"""Calendar days after which the last bar of a share no longer tells of the market."""
WARM_UP = 252
"""Days with enough members before the first that has features: from there on every window is full."""
LARGEST_RETURN = 0.3
MOMENTUM_LIMIT = 3.0
VARIANCE_FLOOR = 1e-8
_VARIANCES = (0, 1, 2, 4, 3)
"""Columns of `daily_features`: log variances over 5, 21 and 63 days, exponentially weighted, over 252."""

MARKET_FEATURES = (
    "market_log_variance_5",
    "market_log_variance_21",
    "market_log_variance_63",
    "market_log_ewma_variance_0.94",
    "common_log_variance_5",
    "common_log_variance_21",
    "common_log_variance_63",
    "common_share_63",
    "market_momentum_5",
    "market_momentum_21",
    "market_log_variance_252",
)
MARKET_21, MARKET_63, MARKET_MOMENTUM, MARKET_LONG = 1, 2, 9, 10
"""Positions in MARKET_FEATURES of what the width regression uses."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Member:
    """A share of the market. dates: shape (days,); log_closes: shape (days,); log_variances: (days, 5)."""

    dates: DateArray
    log_closes: FloatArray
    log_variances: FloatArray


@dataclass(frozen=True, eq=False, kw_only=True)
class _MarketMeans:
    """Means over the fresh members on each date; log_variances: (days, 5), returns and enough: (days,)."""

    log_variances: FloatArray
    returns: FloatArray
    enough: NDArray[np.bool_]


def member_of(dates: DateArray, prices: Prices) -> Member:
    """Return what a share contributes to the market of others."""
    return Member(
        dates=dates,
        log_closes=np.log(prices.close),
        log_variances=np.ascontiguousarray(daily_features(prices)[:, _VARIANCES]),
    )


def market_features(members: Sequence[Member], dates: DateArray) -> FloatArray:
    """Return the features of the market on each of `dates`, shape (days, len(MARKET_FEATURES)).

    members: the other shares. A row is NaN where fewer than FEWEST_MEMBERS of them have a bar of the week
    before, and in the year after that. A row depends on bars up to its date only.
    """
    features = np.full((len(dates), len(MARKET_FEATURES)), np.nan)
    if len(members) < FEWEST_MEMBERS:
        return features
    means = _means(members, dates)
    usable = _steadily(means.enough)
    features[usable] = _features(means)[usable]
    return features


def _steadily(enough: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return on which days there were enough members on that day and the WARM_UP before it."""
    total = np.concatenate([[0], np.cumsum(enough)])
    days = np.arange(len(enough))
    steady = total[days + 1] - total[np.maximum(days - WARM_UP, 0)] == WARM_UP + 1
    return np.asarray(steady)


def _means(members: Sequence[Member], dates: DateArray) -> _MarketMeans:
    days = dates.astype("datetime64[D]").astype(np.int64)
    totals, returns = np.zeros((len(days), 5)), np.zeros(len(days))
    count = np.zeros(len(days))
    for member in members:
        own = member.dates.astype("datetime64[D]").astype(np.int64)
        place = _last_known(own, days)
        fresh = (place >= 0) & (days - own[place] <= FRESH_DAYS)
        closes = member.log_closes[np.maximum(place, 0)]
        moves = np.minimum(np.maximum(np.diff(closes, prepend=closes[0]), -LARGEST_RETURN), LARGEST_RETURN)
        rows = slice(None) if fresh.all() else fresh
        totals[rows] += member.log_variances[place[rows]]
        returns[rows] += moves[rows]
        count += fresh
    some = np.maximum(count, 1)
    return _MarketMeans(
        log_variances=totals / some[:, None], returns=returns / some, enough=count >= FEWEST_MEMBERS
    )


def _last_known(own: IntArray, days: IntArray) -> IntArray:
    """Return the position in `own` of the last day up to each of `days`, -1 where there is none."""
    start = int(np.searchsorted(own, days[0]))
    if np.array_equal(own[start : start + len(days)], days):
        return np.arange(start, start + len(days))
    return np.searchsorted(own, days, side="right") - 1


def _features(means: _MarketMeans) -> FloatArray:
    """Return the features of each day; those of days without enough members mean nothing."""
    log_variances, returns = means.log_variances, means.returns
    yearly = log_variances[:, 4]
    squares = returns**2
    common = {window: _log(window_means(squares, window)) for window in (5, 21, 63, 252)}
    to_date = np.cumsum(yearly * means.enough) / np.maximum(np.cumsum(means.enough), 1)
    columns = [
        *(log_variances[:, column] - yearly for column in range(4)),
        *(common[window] - common[252] for window in (5, 21, 63)),
        common[63] - log_variances[:, 2],
        *(_momentum(returns, window, common[63]) for window in (5, 21)),
        yearly - to_date,
    ]
    return np.column_stack(columns)


def _log(variance: FloatArray) -> FloatArray:
    return np.asarray(np.log(np.maximum(variance, VARIANCE_FLOOR)))


def _momentum(returns: FloatArray, window: int, log_variance: FloatArray) -> FloatArray:
    """Return the move over `window` days in units of its expected size, within the limit."""
    totals = np.cumsum(returns)
    moves = totals - totals[np.maximum(np.arange(len(returns)) - window, 0)]
    return np.clip(moves / np.sqrt(np.exp(log_variance) * window), -MOMENTUM_LIMIT, MOMENTUM_LIMIT)

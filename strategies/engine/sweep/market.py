"""What all cells of a sweep share, in the form that compiled functions read: plain numbers and arrays.

Made once for a sweep, so that a cell needs constant time for each stretch of bars it holds.
"""

from math import nan
from typing import NamedTuple

import numpy as np

from strategies.engine.account import Account
from strategies.engine.backtest import Strategy
from strategies.engine.choices import Entry, Fill
from strategies.engine.metrics import bar_rate
from strategies.engine.orders import HIGHEST_TARGET, LOWEST_TARGET
from strategies.engine.prices import FloatArray, Prices


class Terms(NamedTuple):
    """How signals become positions, and what trading costs; distances of stops are NaN where not set.

    delay: bars from a signal to its fill.
    up, down: position wanted while the rule says up or down: 1, -1 or 0.
    """

    on_state: bool
    delay: int
    up: int
    down: int
    initial_cash: float
    position_size: float
    fractional_shares: bool
    commission_rate: float
    commission_fixed: float
    slippage: float
    stop_loss: float
    take_profit: float
    trailing_stop: float

    @classmethod
    def of(cls, strategy: Strategy) -> "Terms":
        """Return the terms of a strategy; its rule and its windows are no part of them."""
        account, stops = strategy.account, strategy.stops
        return cls(
            on_state=strategy.entry == Entry.ON_STATE,
            delay=1 if strategy.fill == Fill.NEXT_OPEN else 0,
            up=HIGHEST_TARGET[strategy.direction],
            down=LOWEST_TARGET[strategy.direction],
            initial_cash=float(account.initial_cash),
            position_size=float(account.position_size),
            fractional_shares=account.fractional_shares,
            commission_rate=float(account.commission_rate),
            commission_fixed=float(account.commission_fixed),
            slippage=float(account.slippage),
            stop_loss=_distance(stops.stop_loss),
            take_profit=_distance(stops.take_profit),
            trailing_stop=_distance(stops.trailing_stop),
        )


class Market(NamedTuple):
    """Traded bars; every array of prices has the shape (bars,).

    quotes: price at which orders of a bar are filled, before costs.
    paid, received: what one share takes at a purchase and brings at a sale, proportional costs included.
    sums: Σr, Σr², Σ min(r - rf, 0)² of the closes' returns r up to before each bar, each as a double
        and the rest that it cannot hold; shape (bars + 1, 6).
    ranges: disjoint sparse table, see `_ranges`; shape (levels, bars, 3).
    rate: the risk-free rate of one bar.
    """

    open: FloatArray
    high: FloatArray
    low: FloatArray
    close: FloatArray
    quotes: FloatArray
    paid: FloatArray
    received: FloatArray
    sums: FloatArray
    ranges: FloatArray
    rate: float

    @classmethod
    def of(cls, traded: Prices, account: Account, *, fill: Fill, risk_free_rate: float) -> "Market":
        """Return the market of the traded bars. risk_free_rate: a year's, as a fraction."""
        open_, high, low, close = (
            np.ascontiguousarray(prices) for prices in (traded.open, traded.high, traded.low, traded.close)
        )
        quotes = open_ if fill == Fill.NEXT_OPEN else close
        returns = np.concatenate(([0.0], close[1:] / close[:-1] - 1))
        rate = bar_rate(risk_free_rate)
        return cls(
            open=open_,
            high=high,
            low=low,
            close=close,
            quotes=quotes,
            paid=quotes * (1 + account.slippage) * (1 + account.commission_rate),
            received=quotes * (1 - account.slippage) * (1 - account.commission_rate),
            sums=_sums(returns, rate),
            ranges=_ranges(close),
            rate=rate,
        )


def _distance(fraction: float | None) -> float:
    return nan if fraction is None else float(fraction)


def _sums(returns: FloatArray, rate: float) -> FloatArray:
    """Return running sums in pairs of doubles: the difference of two of them loses no digit.

    In one double, a calm stretch after a wild one would keep few digits of its own.
    """
    shortfall = np.minimum(returns - rate, 0.0)
    sums = np.zeros((len(returns) + 1, 6))
    for pair, values in enumerate((returns, returns**2, shortfall**2)):
        exact = np.cumsum(values.astype(np.longdouble))
        sums[1:, 2 * pair] = exact
        sums[1:, 2 * pair + 1] = exact - sums[1:, 2 * pair]
    return sums


def _ranges(close: FloatArray) -> FloatArray:
    """Return lowest close, highest close and worst fall (low over earlier high) of ranges of bars.

    A disjoint sparse table: on level k the bars lie in groups of 2^(k+1), and each bar holds the range
    from itself to the middle of its group. Two bars whose indices first differ in bit k lie on either
    side of such a middle, so any range of bars is the union of two entries of one level.
    """
    bars = len(close)
    levels = max((bars - 1).bit_length(), 1)
    size = 1 << levels
    padded = np.full(size, close[-1])
    padded[:bars] = close
    table = np.empty((levels, size, 3))
    for level in range(levels):
        groups = padded.reshape(-1, 2, 1 << level)
        entries = table[level].reshape(-1, 2, 1 << level, 3)
        early, late = groups[:, 0, ::-1], groups[:, 1]
        lowest = np.minimum.accumulate(early, axis=1)
        entries[:, 0, ::-1, 0] = lowest
        entries[:, 0, ::-1, 1] = np.maximum.accumulate(early, axis=1)
        entries[:, 0, ::-1, 2] = np.minimum.accumulate(lowest / early, axis=1)
        highest = np.maximum.accumulate(late, axis=1)
        entries[:, 1, :, 0] = np.minimum.accumulate(late, axis=1)
        entries[:, 1, :, 1] = highest
        entries[:, 1, :, 2] = np.minimum.accumulate(late / highest, axis=1)
    return np.ascontiguousarray(table[:, :bars])

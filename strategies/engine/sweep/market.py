"""What all cells of a sweep share, in the form that compiled functions read: plain numbers and arrays.

Made once for a sweep, so that a cell needs constant time for each stretch of bars it holds: sums over
the stretch are differences of rows of `bought` and `sold`, its extremes two entries of `ranges`.
"""

from collections.abc import Callable
from math import nan
from typing import NamedTuple

import numpy as np

from strategies.engine.account import Account
from strategies.engine.backtest import Strategy
from strategies.engine.enums import Entry, Fill
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


RETURNS_COLUMN, SQUARES_COLUMN, SHORTFALLS_COLUMN, PRICE_COLUMN = 0, 2, 4, 6
"""Columns of `Market.bought` and `Market.sold`."""
LOWEST, HIGHEST, FALL = range(3)
"""Columns of `Market.ranges`."""
LOWEST_LEVEL = 4
"""Of `Market.ranges` that is read: stretches within 16 bars are looked at bar by bar."""


class Market(NamedTuple):
    """Traded bars; every array of prices has the shape (bars,).

    quotes: price at which orders of a bar are filled, before costs.
    bought, sold: shapes (bars, 8) and (bars + 1, 8), a cache line a row. `sold[end] - bought[first]` is
        Σr, Σr², Σ min(r - rf, 0)² of the returns r of a share bought at the bar `first` and sold at `end`,
        those at purchase and sale included; the last row stands for no sale. Their prices are shares for
        one unit of currency, and what one share brings.
    ranges: disjoint sparse table of closes; shape (levels, bars, 3). With 2^level the highest bit in which
        two bars differ, the row of the earlier one has lowest, highest and worst fall from it to the end
        of its group of 2^level bars, that of the later one those from the start of its group on; the two
        groups are neighbours. Levels below `LOWEST_LEVEL` may be empty.
    rate: the risk-free rate of one bar.
    """

    open: FloatArray
    high: FloatArray
    low: FloatArray
    close: FloatArray
    quotes: FloatArray
    bought: FloatArray
    sold: FloatArray
    ranges: FloatArray
    rate: float

    @classmethod
    def of(
        cls, traded: Prices, account: Account, *, fill: Fill, risk_free_rate: float, tabulate: "Tabulate"
    ) -> "Market":
        """Return the market of the traded bars.

        risk_free_rate: a year's, as a fraction.
        tabulate: of `kernels.range_tables`, which loads numba.
        """
        open_, high, low, close = (
            np.ascontiguousarray(prices) for prices in (traded.open, traded.high, traded.low, traded.close)
        )
        quotes = open_ if fill == Fill.NEXT_OPEN else close
        paid = quotes * ((1 + account.slippage) * (1 + account.commission_rate))
        received = quotes * ((1 - account.slippage) * (1 - account.commission_rate))
        rate = bar_rate(risk_free_rate)
        bought, sold, ranges = tabulate(close, paid, received, rate)
        return cls(
            open=open_,
            high=high,
            low=low,
            close=close,
            quotes=quotes,
            bought=bought,
            sold=sold,
            ranges=ranges,
            rate=rate,
        )


type Tables = tuple[FloatArray, FloatArray, FloatArray]
"""`bought`, `sold` and `ranges` of a market."""

type Tabulate = Callable[[FloatArray, FloatArray, FloatArray, float], Tables]
"""Takes closes, what a share takes and brings with all costs, and the risk-free rate of a bar."""


def _distance(fraction: float | None) -> float:
    return nan if fraction is None else float(fraction)

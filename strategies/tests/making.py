"""Prices and questions for the engine's tests."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from hypothesis import strategies as st

from strategies.engine.account import Account
from strategies.engine.backtest import Result, Strategy, backtest
from strategies.engine.choices import Average, Direction, Entry, Fill, Rule
from strategies.engine.orders import Orders
from strategies.engine.prices import Prices
from strategies.engine.rules import RuleParameters
from strategies.engine.simulation import NO_STOPS
from strategies.engine.stops import Stops

QUARTER = 0.25
"""Prices in quarters are exact in floating point, and so are their sums."""


def make_prices(close: Sequence[float], *, open_: Sequence[float] | None = None, **more: object) -> Prices:
    """Bars on consecutive days; without more, each bar opens where it closes and has no range."""
    opens = np.array(close if open_ is None else open_, dtype=np.float64)
    closes = np.array(close, dtype=np.float64)
    values = {
        "dates": np.datetime64("2020-01-01") + np.arange(len(closes)),
        "high": np.maximum(opens, closes),
        "low": np.minimum(opens, closes),
    }
    return Prices(**(values | {"open": opens, "close": closes} | more))  # type: ignore[arg-type]


def in_turn(*bars: int, fill: Fill = Fill.NEXT_OPEN) -> Orders:
    """Be long from the first of `bars` on, out from the second on, and so on."""
    targets = np.arange(1, len(bars) + 1, dtype=np.int8) % 2
    return Orders(bars=np.array(bars, dtype=np.intp), targets=targets, fill=fill)


def make_account(**changes: float) -> Account:
    """10,000 in cash, all of it invested, and no costs."""
    defaults = {
        "initial_cash": 10_000.0,
        "position_size": 1.0,
        "fractional_shares": True,
        "commission_rate": 0.0,
        "commission_fixed": 0.0,
        "slippage": 0.0,
    }
    return Account(**(defaults | changes))  # type: ignore[arg-type]


def make_strategy(
    *,
    average: Average = Average.SIMPLE,
    fast: int = 1,
    slow: int = 2,
    entry: Entry = Entry.ON_CROSS,
    fill: Fill = Fill.NEXT_OPEN,
    direction: Direction = Direction.LONG_ONLY,
    stops: Stops = NO_STOPS,
    **account: float,
) -> Strategy:
    """A crossover of the close and its average over two bars, unless told otherwise."""
    return Strategy(
        rule=Rule.MA_CROSSOVER,
        tuned=RuleParameters(average=average, fast=fast, slow=slow),
        entry=entry,
        direction=direction,
        fill=fill,
        stops=stops,
        account=make_account(**account),
    )


@dataclass(frozen=True, kw_only=True)
class Question:
    """One run of the engine."""

    prices: Prices
    strategy: Strategy
    first: int
    risk_free_rate: float

    def answer(self) -> Result:
        return backtest(self.prices, self.strategy, first=self.first, risk_free_rate=self.risk_free_rate)


@st.composite
def quarter_prices(draw: st.DrawFn) -> Prices:
    """Bars with many ties, jumps over night, days without a bar, and sometimes a flat or rising price."""
    bars = draw(st.sampled_from([90, 60, 60, 60, 30, 30, 10, 3, 2, 1]))
    lowest, highest = draw(st.sampled_from([(38, 42), (20, 80), (20, 80), (40, 41), (40, 40), (1, 4000)]))
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    opens, closes = random.integers(lowest, highest, (2, bars), endpoint=True)
    if draw(st.sampled_from([False, False, True])):
        closes = np.sort(closes)
    highs = np.maximum(opens, closes) + random.integers(0, 4, bars)
    lows = np.maximum(np.minimum(opens, closes) - random.integers(0, 4, bars), 1)
    return Prices(
        dates=np.datetime64("2020-01-01") + np.cumsum(random.choice([1, 1, 1, 3, 10], bars)),
        open=opens * QUARTER,
        high=highs * QUARTER,
        low=lows * QUARTER,
        close=closes * QUARTER,
    )


@st.composite
def questions(draw: st.DrawFn, *, free: bool = False) -> Question:
    """Every parameter, windows beyond the data included; `free`: nothing costs anything fixed."""
    prices = draw(quarter_prices())
    fast = draw(st.integers(1, 8))
    strategy = make_strategy(
        average=draw(st.sampled_from([Average.SIMPLE, Average.EXPONENTIAL])),
        fast=fast,
        slow=draw(st.integers(fast + 1, 24)),
        entry=draw(st.sampled_from(Entry)),
        fill=draw(st.sampled_from(Fill)),
        initial_cash=draw(st.sampled_from([10_000.0, 10_000.0, 10_000.0, 250_000.0, 150.0, 0.02, 0.005])),
        position_size=draw(st.sampled_from([1.0, 0.5, 0.01])),
        fractional_shares=True if free else draw(st.booleans()),
        commission_rate=draw(st.sampled_from([0.0, 0.001, 0.2])),
        commission_fixed=0.0 if free else draw(st.sampled_from([0.0, 0.0, 20.0, 4_000.0])),
        slippage=draw(st.sampled_from([0.0, 0.0005, 0.1])),
    )
    return Question(
        prices=prices,
        strategy=strategy,
        first=draw(st.sampled_from([0, 0, len(prices) // 4, len(prices) // 2, len(prices) - 1])),
        risk_free_rate=draw(st.sampled_from([0.0, 0.03, -0.01])),
    )

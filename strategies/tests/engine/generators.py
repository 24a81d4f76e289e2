"""Random runs of the engine, for Hypothesis: every parameter, and prices that provoke mistakes."""

import os
from dataclasses import dataclass

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st

from strategies.engine.account import Account
from strategies.engine.backtest import Result, Strategy, backtest
from strategies.engine.enums import Average, Direction, Entry, Fill
from strategies.engine.parameters import RuleParameters
from strategies.engine.prices import Prices
from strategies.engine.rules import BUILT_IN
from strategies.engine.stops import Stops

many = settings(max_examples=int(os.environ.get("EXAMPLES", "200")), deadline=None)
"""Hundreds of runs for each property; `make test-engine` asks for thousands."""

QUARTER = 0.25
"""Prices in quarters are exact in floating point, and so are their sums."""

RANGES = [(38, 42), *[(20, 80)] * 4, (40, 41), (40, 40), *[(1, 4_000)] * 2, (1, 4_000_000)]
"""Lowest and highest price, in quarters: quiet and full of ties, usual, flat, and wild."""


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
    """Bars with ties, jumps over night, splits, days without a bar; sometimes flat, rising or drifting."""
    bars = draw(st.sampled_from([150, 150, 90, 90, 60, 60, 60, 60, 30, 10, 3, 2, 1]))
    lowest, highest = draw(st.sampled_from(RANGES))
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    shape = draw(st.sampled_from(["jumping", "jumping", "drifting", "drifting", "rising", "split"]))
    opens, closes = random.integers(lowest, highest, (2, bars), endpoint=True)
    if shape == "drifting":
        closes = np.clip(closes[0] + np.cumsum(random.integers(-2, 3, bars)), 1, None)
        opens = np.clip(closes + random.integers(-1, 2, bars), 1, None)
    elif shape == "rising":
        closes = np.sort(closes)
    elif shape == "split":
        opens, closes = (np.where(np.arange(bars) < bars // 2, 7 * line, line) for line in (opens, closes))
    spread = draw(st.sampled_from([0, 4, 4, 12]))
    highs = np.maximum(opens, closes) + random.integers(0, spread + 1, bars)
    lows = np.maximum(np.minimum(opens, closes) - random.integers(0, spread + 1, bars), 1)
    return Prices(
        dates=np.datetime64("2020-01-01") + np.cumsum(random.choice([1, 1, 1, 3, 10], bars)),
        open=opens * QUARTER,
        high=highs * QUARTER,
        low=lows * QUARTER,
        close=closes * QUARTER,
    )


@st.composite
def rule_parameters(draw: st.DrawFn) -> RuleParameters:
    """Windows in order, those beyond the data included."""
    fast = draw(st.integers(1, 8))
    middle = draw(st.integers(fast + 1, 12))
    return RuleParameters(
        average=draw(st.sampled_from(Average)),
        fast=fast,
        middle=middle,
        slow=draw(st.integers(middle + 1, 24)),
        signal=draw(st.integers(2, 9)),
        band=draw(st.sampled_from([0.0, 0.01, 0.025, 0.1])),
    )


@st.composite
def stops(draw: st.DrawFn) -> Stops:
    """None of them, some, or all."""
    return Stops(
        stop_loss=draw(st.sampled_from([None, None, 0.01, 0.05, 0.3, 1.0])),
        take_profit=draw(st.sampled_from([None, None, 0.02, 0.1, 0.5, 3.0])),
        trailing_stop=draw(st.sampled_from([None, None, 0.02, 0.1, 0.5])),
    )


@st.composite
def accounts(draw: st.DrawFn, *, free: bool = False) -> Account:
    """`free`: parts of a share can be bought, and nothing costs anything fixed."""
    return Account(
        initial_cash=draw(st.sampled_from([*[10_000.0] * 5, 250_000.0, 150.0, 0.005])),
        position_size=draw(st.sampled_from([1.0, 0.5, 0.01])),
        fractional_shares=True if free else draw(st.booleans()),
        commission_rate=draw(st.sampled_from([0.0, 0.001, 0.2])),
        commission_fixed=0.0 if free else draw(st.sampled_from([*[0.0] * 4, 1.0, 20.0, 4_000.0])),
        slippage=draw(st.sampled_from([0.0, 0.0005, 0.1])),
    )


@st.composite
def questions(
    draw: st.DrawFn, *, free: bool = False, directions: type[Direction] | list[Direction] = Direction
) -> Question:
    """A question about anything; `free` as for accounts."""
    prices = draw(quarter_prices())
    return Question(
        prices=prices,
        strategy=Strategy(
            rule=draw(st.sampled_from(BUILT_IN)),
            rule_parameters=draw(rule_parameters()),
            entry=draw(st.sampled_from(Entry)),
            direction=draw(st.sampled_from(Direction)),
            fill=draw(st.sampled_from(Fill)),
            stops=draw(st.one_of(st.just(Stops()), stops())),
            account=draw(accounts(free=free)),
        ),
        first=draw(st.sampled_from([*[0, len(prices) // 4] * 3, len(prices) // 2, len(prices) - 1])),
        risk_free_rate=draw(st.sampled_from([0.0, 0.03, -0.01])),
    )

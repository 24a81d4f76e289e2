"""Prices, accounts, orders and strategies for the engine's tests."""

from collections.abc import Sequence

import numpy as np

from strategies.engine.account import Account
from strategies.engine.backtest import Strategy
from strategies.engine.enums import Average, Direction, Entry, Fill, Rule
from strategies.engine.orders import Orders
from strategies.engine.parameters import RuleParameters
from strategies.engine.prices import Prices
from strategies.engine.simulation import NO_STOPS
from strategies.engine.stops import Stops


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
        rule_parameters=RuleParameters(average=average, fast=fast, slow=slow),
        entry=entry,
        direction=direction,
        fill=fill,
        stops=stops,
        account=make_account(**account),
    )

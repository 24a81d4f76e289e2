"""Tell the order for the next open, and which closes of the next session would give another.

The closes are found by trying: a bar is added whose open is the last close, and the rule is asked what it
wants at its close. Where its answer changes between two closes, the price in between is found by bisection.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from strategies.engine.backtest import Strategy
from strategies.engine.enums import Fill
from strategies.engine.live.sessions import LiveSessions, wanted
from strategies.engine.prices import FloatArray, Prices

REACH = 1.25
"""Closes of the next session are tried up to this many times the last close, and down to its inverse."""
TRIED = 31
STEPS = 24
"""Of each bisection: the price is exact to a billionth."""


class Action(StrEnum):
    """What an order does."""

    BUY = "buy"
    SELL = "sell"
    SHORT = "short"
    COVER = "cover"


ACTIONS = {
    (0, 1): Action.BUY,
    (-1, 1): Action.BUY,
    (0, -1): Action.SHORT,
    (1, -1): Action.SHORT,
    (1, 0): Action.SELL,
    (-1, 0): Action.COVER,
}
"""By the side that is held and the side that is wanted."""


@dataclass(frozen=True, kw_only=True)
class NextOrder:
    """An order that is filled at the next open.

    closes: shares of the present position that it closes; opens: shares that it opens, estimated at the
        last close, since an order is sized at its fill.
    """

    action: Action
    closes: float
    opens: float


@dataclass(frozen=True, kw_only=True)
class Trigger:
    """Closes of the next session that would give an order: those above one price and below another.

    above, below: prices; None: without a limit.
    """

    action: Action
    above: float | None
    below: float | None


def next_order(sessions: LiveSessions, strategy: Strategy) -> NextOrder | None:
    """Return the order that the last close gave; None where it gave none, or it has been filled."""
    target = int(sessions.targets[-1])
    if not sessions.orders.too_late or target == sessions.held:
        return None
    close, shares = float(sessions.traded.close[-1]), abs(float(sessions.simulation.position[-1]))
    opened = None
    if target:
        money = float(sessions.simulation.equity[-1])
        opened = strategy.account.opened(cash=money, bar=0, quote=close, direction=target)
    return NextOrder(
        action=ACTIONS[sessions.held, target], closes=shares, opens=opened.shares if opened else 0.0
    )


def triggers(prices: Prices, strategy: Strategy, *, first: int, held: int) -> tuple[Trigger, ...]:
    """Return which closes of the next session give an order, lowest first.

    held: the side that is held then, after the order for its open.
    """
    if len(prices) == 0:
        return ()
    last = float(prices.close[-1])

    def action_at(close: float) -> Action | None:
        return _action(_with_bar(prices, close), strategy, first=first, held=held)

    tried = [last * REACH ** float(power) for power in np.linspace(-1, 1, TRIED)]
    found = [action_at(close) for close in tried]
    edges = [
        (_edge(action_at, low, high, left), left, right)
        for low, high, left, right in zip(tried, tried[1:], found, found[1:], strict=False)
        if left != right
    ]
    limits = [None, *(price for price, _, _ in edges), None]
    actions = [found[0], *(right for _, _, right in edges)]
    return tuple(
        Trigger(action=action, above=above, below=below)
        for action, above, below in zip(actions, limits, limits[1:], strict=False)
        if action is not None
    )


def _action(prices: Prices, strategy: Strategy, *, first: int, held: int) -> Action | None:
    targets, orders = wanted(prices, strategy, first=first)
    at_close = len(orders.bars) > 0 and int(orders.bars[-1]) == len(targets) - 1
    is_ordered = at_close if strategy.fill == Fill.SAME_CLOSE else orders.too_late
    return ACTIONS.get((held, int(targets[-1]))) if is_ordered else None


def _edge(action_at: Callable[[float], Action | None], low: float, high: float, left: Action | None) -> float:
    for _ in range(STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if action_at(middle) == left else (low, middle)
    return (low + high) / 2


def _with_bar(prices: Prices, close: float) -> Prices:
    """Return the bars with one more that opens at the last close and ends at `close`."""
    opened = float(prices.close[-1])

    def longer(column: FloatArray, value: float) -> FloatArray:
        return np.append(column, value)

    return replace(
        prices,
        dates=np.append(prices.dates, prices.dates[-1] + np.timedelta64(1, "D")),
        open=longer(prices.open, opened),
        high=longer(prices.high, max(opened, close)),
        low=longer(prices.low, min(opened, close)),
        close=longer(prices.close, close),
        volume=None if prices.volume is None else longer(prices.volume, float(prices.volume[-1])),
    )

"""Follow a strategy from a session on: what it holds at each close, beside buy and hold."""

from dataclasses import dataclass

import numpy as np

from strategies.engine.backtest import Strategy, decisions_of
from strategies.engine.orders import Orders, buy_and_hold_orders, orders_for, targets_for
from strategies.engine.prices import FloatArray, Prices
from strategies.engine.rules import Sides
from strategies.engine.simulation import Simulation, simulate


@dataclass(frozen=True, eq=False, kw_only=True)
class LiveSessions:
    """What became of the money; the series have the shape (traded bars,), at the close.

    targets: the position wanted at each close: long (1), short (-1) or out (0).
    """

    traded: Prices
    targets: Sides
    orders: Orders
    simulation: Simulation
    benchmark_equity: FloatArray

    @property
    def held(self) -> int:
        """The side of the position at the last close."""
        return int(np.sign(self.simulation.position[-1]))


def wanted(prices: Prices, strategy: Strategy, *, first: int) -> tuple[Sides, Orders]:
    """Return the targets of the traded bars, from the index `first` on, and the orders they lead to."""
    decisions = decisions_of(strategy, prices, strategy.rule_parameters)
    targets = targets_for(decisions.side, strategy.direction)
    orders = orders_for(
        targets, known_from=decisions.known_from, first=first, entry=strategy.entry, fill=strategy.fill
    )
    return targets[first:], orders


def follow(prices: Prices, strategy: Strategy, *, first: int) -> LiveSessions:
    """Trade `strategy` from the bar `first` on, of which there must be one at least.

    Raises ReconciliationError and PricesTooLarge as a backtest does.
    """
    targets, orders = wanted(prices, strategy, first=first)
    traded = prices.since(first)
    held = simulate(traded, buy_and_hold_orders(strategy.fill), strategy.account)
    return LiveSessions(
        traded=traded,
        targets=targets,
        orders=orders,
        simulation=simulate(traded, orders, strategy.account, strategy.stops),
        benchmark_equity=held.equity,
    )

"""A whole backtest: rule, orders, money and figures, beside buy and hold.

Averages warm up on the bars before the first traded one. Buy and hold is simulated like the
strategy, with the same costs and the same kind of fill: all the money goes in at the first traded
bar and stays until the end.
"""

from dataclasses import dataclass, replace

from strategies.engine.choices import Entry, Fill, Rule
from strategies.engine.curve import Curve
from strategies.engine.metrics import Metrics, measure
from strategies.engine.orders import Orders, buy_and_hold_orders, long_only_orders
from strategies.engine.prices import FloatArray, Prices
from strategies.engine.rules import RULES, Windows
from strategies.engine.simulation import Account, Simulation, simulate


@dataclass(frozen=True, kw_only=True)
class Strategy:
    """Everything that decides what is bought and sold, and for how much."""

    rule: Rule
    windows: Windows
    entry: Entry
    fill: Fill
    account: Account


@dataclass(frozen=True, eq=False, kw_only=True)
class Performance:
    """A simulation, its curve and its key figures."""

    simulation: Simulation
    curve: Curve
    metrics: Metrics


@dataclass(frozen=True, eq=False, kw_only=True)
class Result:
    """A backtest's answer; every series has the shape (traded bars,)."""

    traded: Prices
    orders: Orders
    fast_average: FloatArray
    slow_average: FloatArray
    strategy: Performance
    benchmark: Performance


def backtest(prices: Prices, strategy: Strategy, *, first: int, risk_free_rate: float) -> Result:
    """Trade `strategy` on the bars from the index `first` on; the bars before it only warm up averages.

    risk_free_rate: a year's, as a fraction.
    Raises ReconciliationError when profits and equity do not agree.
    """
    decisions = RULES[strategy.rule](prices.close, strategy.windows)
    orders = long_only_orders(decisions.side, first=first, entry=strategy.entry, fill=strategy.fill)
    traded = prices.since(first)
    simulation = simulate(traded, orders, strategy.account)
    held = simulate(traded, buy_and_hold_orders(strategy.fill), replace(strategy.account, position_size=1.0))
    curve, held_curve = Curve.of(simulation, traded.dates), Curve.of(held, traded.dates)
    return Result(
        traded=traded,
        orders=orders,
        fast_average=decisions.fast_average[first:],
        slow_average=decisions.slow_average[first:],
        strategy=Performance(
            simulation=simulation,
            curve=curve,
            metrics=measure(simulation, curve, held_curve, risk_free_rate),
        ),
        benchmark=Performance(
            simulation=held,
            curve=held_curve,
            metrics=measure(held, held_curve, held_curve, risk_free_rate),
        ),
    )

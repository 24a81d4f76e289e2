"""A whole backtest: rule, orders, money and figures, beside buy and hold.

Averages warm up on the bars before the first traded one. Buy and hold is simulated like the
strategy, with the same costs and the same kind of fill: all the money goes in at the first traded
bar and stays until the end. So is another share that the strategy is compared with.
"""

from dataclasses import dataclass, field, replace

from strategies.engine.account import Account
from strategies.engine.custom import decide_custom
from strategies.engine.enums import Direction, Entry, Fill, Rule
from strategies.engine.equity_curve import Curve
from strategies.engine.language.book import BookTerms
from strategies.engine.metrics import Metrics, measure
from strategies.engine.orders import Orders, buy_and_hold_orders, orders_for, targets_for
from strategies.engine.parameters import RuleParameters
from strategies.engine.prices import Prices
from strategies.engine.rolling import RollingFigures, rolling_figures
from strategies.engine.rules import Decisions, Sides, decide
from strategies.engine.simulation import Simulation, simulate
from strategies.engine.stops import Stops


@dataclass(frozen=True, kw_only=True)
class Strategy:
    """Everything that decides what is bought and sold, and for how much."""

    rule: Rule
    rule_parameters: RuleParameters
    entry: Entry
    direction: Direction = Direction.LONG_ONLY
    fill: Fill
    stops: Stops = field(default_factory=Stops)
    account: Account


@dataclass(frozen=True, eq=False, kw_only=True)
class Performance:
    """A simulation, its curve and its key figures."""

    simulation: Simulation
    curve: Curve
    metrics: Metrics


@dataclass(frozen=True, eq=False, kw_only=True)
class Result:
    """A backtest's answer; every series has the shape (traded bars,), except those in `decisions`.

    decisions: on all bars, those before the first traded one included.
    targets: the position wanted at each close: long (1), short (-1) or out (0).
    comparison: another share bought and held, or None.
    rolling: of the strategy, over the last half year.
    """

    traded: Prices
    decisions: Decisions
    targets: Sides
    orders: Orders
    strategy: Performance
    benchmark: Performance
    comparison: Performance | None
    rolling: RollingFigures

    @property
    def was_wanted(self) -> bool:
        """Whether the rule asked for a position at any close of the traded period."""
        return bool(self.targets.any())


def backtest(
    prices: Prices,
    strategy: Strategy,
    *,
    first: int,
    risk_free_rate: float,
    compared: Prices | None = None,
) -> Result:
    """Trade `strategy` on the bars from the index `first` on; the bars before it only warm up averages.

    risk_free_rate: a year's, as a fraction.
    compared: bars of another share on the same traded days, as `comparison.on_the_days_of` gives them.
    Raises ReconciliationError when profits and equity do not agree, and PricesTooLarge when prices
    grew too much to be averaged exactly.
    """
    decisions = decisions_of(strategy, prices, strategy.rule_parameters)
    targets = targets_for(decisions.side, strategy.direction)
    orders = orders_for(
        targets, known_from=decisions.known_from, first=first, entry=strategy.entry, fill=strategy.fill
    )
    traded = prices.since(first)
    held = _held(traded, strategy, None, risk_free_rate)
    simulation = simulate(traded, orders, strategy.account, strategy.stops)
    own = _performance(simulation, traded, held.curve, risk_free_rate)
    return Result(
        traded=traded,
        decisions=decisions,
        targets=targets[first:],
        orders=orders,
        strategy=own,
        benchmark=held,
        comparison=None if compared is None else _held(compared, strategy, held.curve, risk_free_rate),
        rolling=rolling_figures(own.curve.returns, held.curve.returns, risk_free_rate),
    )


def decisions_of(strategy: Strategy, prices: Prices, parameters: RuleParameters) -> Decisions:
    """Return what the rule of `strategy` wants at each close, tuned by `parameters`.

    Raises PricesTooLarge when prices grew too much to be averaged exactly.
    """
    if parameters.custom is None:
        return decide(strategy.rule, prices, parameters)
    terms = BookTerms.of(strategy.direction, strategy.fill, strategy.stops)
    return decide_custom(parameters.custom, prices, terms)


def _held(prices: Prices, strategy: Strategy, benchmark: Curve | None, risk_free_rate: float) -> Performance:
    """Return what all the money comes to when it buys at the first bar and holds."""
    account = replace(strategy.account, position_size=1.0)
    simulation = simulate(prices, buy_and_hold_orders(strategy.fill), account)
    return _performance(simulation, prices, benchmark, risk_free_rate)


def _performance(
    simulation: Simulation, prices: Prices, benchmark: Curve | None, risk_free_rate: float
) -> Performance:
    """Return the figures beside those of `benchmark`; None: it is the benchmark itself."""
    curve = Curve.of(simulation, prices.dates)
    metrics = measure(simulation, curve, benchmark or curve, risk_free_rate)
    return Performance(simulation=simulation, curve=curve, metrics=metrics)

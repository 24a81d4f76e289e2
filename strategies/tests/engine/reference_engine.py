"""A second engine, slow and obvious: one bar at a time, plain Python, no code shared with the first.

It follows docs/methods/backtesting.md and exists to be compared with. Prices must be exact in
floating point (quarters, say), so that its ties are ties.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from strategies.engine.account import Account
from strategies.engine.stops import Stops
from strategies.tests.engine.reference_rules import Sided

TINY = 1e-12


@dataclass(frozen=True, kw_only=True)
class Bar:
    day: date
    open: float
    high: float
    low: float
    close: float


@dataclass(kw_only=True)
class ReferenceTrade:
    entry_bar: int
    direction: int
    shares: float
    market: float
    entry_price: float
    cash_before: float
    committed: float
    costs: float
    traded: float
    best_since: float
    exit_bar: int = -1
    exit_price: float = math.nan
    exit_reason: str = "end_of_data"
    pnl: float = math.nan
    bars: int = 0
    seen: list[float] = field(default_factory=list)

    @property
    def open(self) -> bool:
        return self.exit_reason == "end_of_data"


@dataclass(kw_only=True)
class ReferenceRun:
    account: Account
    stops: Stops
    cash: float
    trade: ReferenceTrade | None = None
    unfilled: int = 0
    equity: list[float] = field(default_factory=list)
    cash_at_close: list[float] = field(default_factory=list)
    position: list[float] = field(default_factory=list)
    trades: list[ReferenceTrade] = field(default_factory=list)

    def order(self, target: int, index: int, market: float) -> None:
        """Hold `target` from here on, at this market price."""
        if self.trade is not None and self.trade.direction != target:
            self.leave(index, market, "signal")
        if self.trade is None and target != 0:
            self.enter(target, index, market)

    def enter(self, direction: int, index: int, market: float) -> None:
        account = self.account
        price = market + direction * market * account.slippage
        budget = self.cash * account.position_size - account.commission_fixed
        shares = (
            budget / (price * (1 + account.commission_rate)) if budget > TINY * account.initial_cash else 0
        )
        if not account.fractional_shares:
            shares = (
                round(shares) if math.isclose(shares, round(shares), rel_tol=1e-13) else math.floor(shares)
            )
        if shares <= 0:
            self.unfilled += 1
            return
        worth = shares * price
        commission = worth * account.commission_rate + account.commission_fixed
        before = self.cash
        self.cash = (
            max(self.cash - worth - commission, 0.0) if direction == 1 else self.cash + worth - commission
        )
        self.trade = ReferenceTrade(
            entry_bar=index,
            direction=direction,
            shares=shares,
            market=market,
            entry_price=price,
            cash_before=before,
            committed=worth + commission,
            costs=commission + shares * market * account.slippage,
            traded=worth,
            best_since=market,
        )
        self.trades.append(self.trade)

    def leave(self, index: int, market: float, reason: str) -> None:
        account, trade = self.account, self.trade
        assert trade is not None
        price = market - trade.direction * market * account.slippage
        worth = trade.shares * price
        commission = worth * account.commission_rate + account.commission_fixed
        if trade.direction == 1:
            commission = min(commission, self.cash + worth)
            self.cash = self.cash + worth - commission
        else:
            commission = min(commission, max(self.cash - worth, 0.0))
            self.cash = max(self.cash - worth - commission, 0.0)
        trade.exit_bar, trade.exit_price, trade.exit_reason = index, price, reason
        trade.costs += commission + trade.shares * market * account.slippage
        trade.traded += worth
        trade.pnl = even(self.cash - trade.cash_before, trade.committed)
        self.trade = None

    def watch(self, index: int, bar: Bar) -> None:
        """Let the stops act inside the bar on the position held."""
        trade = self.trade
        if trade is None:
            return
        levels = self.stop_levels(trade)
        found = long_exit(bar, levels) if trade.direction == 1 else short_exit(bar, levels)
        if found is not None:
            market, reason = found
            self.leave(index, market, reason)
            return
        if trade.direction == 1:
            trade.best_since = max(trade.best_since, bar.high)
        else:
            trade.best_since = min(trade.best_since, bar.low)
        trade.seen += [bar.low, bar.high]

    def stop_levels(self, trade: ReferenceTrade) -> dict[str, float]:
        """Every level that is set, the stops in the order in which equal ones are named."""
        stops, account, levels = self.stops, self.account, {}
        away = 1 if trade.direction == 1 else -1
        if stops.stop_loss is not None:
            levels["stop_loss"] = trade.market * (1 - away * stops.stop_loss)
        if stops.trailing_stop is not None:
            levels["trailing_stop"] = trade.best_since * (1 - away * stops.trailing_stop)
        if trade.direction == -1:
            buying_one = (1 + account.slippage) * (1 + account.commission_rate)
            levels["margin_call"] = (self.cash - account.commission_fixed) / (trade.shares * buying_one)
        if stops.take_profit is not None:
            levels["take_profit"] = trade.market * (1 + away * stops.take_profit)
        return levels

    def write_down(self, close: float) -> None:
        held = 0.0 if self.trade is None else self.trade.direction * self.trade.shares
        if self.trade is not None:
            self.trade.bars += 1
        self.cash_at_close.append(self.cash)
        self.position.append(held)
        self.equity.append(self.cash + held * close)

    def mark(self, last: int, close: float) -> None:
        """Value the trade that is open at the end."""
        trade = self.trade
        if trade is not None:
            trade.exit_bar, trade.exit_price = last, close
            now = self.cash + trade.direction * trade.shares * close
            trade.pnl = even(now - trade.cash_before, trade.committed)


def long_exit(bar: Bar, levels: dict[str, float]) -> tuple[float, str] | None:
    """Market price and reason of the exit of a long position inside the bar."""
    stops = {name: level for name, level in levels.items() if name != "take_profit"}
    stop_name = max(stops, key=stops.__getitem__, default="")
    stop, target = stops.get(stop_name, -math.inf), levels.get("take_profit", math.inf)
    if below(bar.open, stop):
        return bar.open, stop_name
    if above(bar.open, target):
        return bar.open, "take_profit"
    if below(bar.low, stop):
        return stop, stop_name
    if above(bar.high, target):
        return target, "take_profit"
    return None


def short_exit(bar: Bar, levels: dict[str, float]) -> tuple[float, str] | None:
    """Market price and reason of the exit of a short position inside the bar."""
    stops = {name: level for name, level in levels.items() if name != "take_profit"}
    stop_name = min(stops, key=stops.__getitem__, default="")
    stop, target = stops.get(stop_name, math.inf), levels.get("take_profit", -math.inf)
    if above(bar.open, stop):
        return bar.open, stop_name
    if below(bar.open, target):
        return bar.open, "take_profit"
    if above(bar.high, stop):
        return stop, stop_name
    if below(bar.low, target):
        return target, "take_profit"
    return None


def below(price: float, level: float) -> bool:
    return price <= level + TINY * abs(level) if math.isfinite(level) else price <= level


def above(price: float, level: float) -> bool:
    return price >= level - TINY * abs(level) if math.isfinite(level) else price >= level


def even(profit: float, committed: float) -> float:
    return 0.0 if abs(profit) <= TINY * committed else profit


def signals(sided: Sided, *, first: int, entry: str, direction: str) -> list[int | None]:
    """What each traded close asks to hold from then on; None: nothing new."""
    allowed = {"long_only": (0, 1), "long_short": (-1, 0, 1), "short_only": (-1, 0)}[direction]
    targets = [side if side in allowed else 0 for side in sided.sides]
    found: list[int | None] = []
    asked_before = False
    for bar in range(first, len(targets)):
        known_before = bar > sided.known_from
        turned = known_before and targets[bar] != targets[bar - 1]
        begins = entry == "on_state" and bar == max(first, sided.known_from)
        signal = targets[bar] if turned or begins else None
        # To leave is nothing new before anything was asked for.
        signal = None if signal == 0 and not asked_before else signal
        asked_before = asked_before or signal is not None
        found.append(signal)
    return found


def run_strategy(
    bars: list[Bar],
    *,
    first: int,
    sided: Sided,
    entry: str,
    direction: str,
    fill: str,
    account: Account,
    stops: Stops,
) -> ReferenceRun:
    """Go through the traded bars, deciding at each close what happens at the next fill."""
    wanted = signals(sided, first=first, entry=entry, direction=direction)
    return carry_out(bars[first:], wanted, fill=fill, account=account, stops=stops)


def hold(bars: list[Bar], *, first: int, fill: str, account: Account) -> ReferenceRun:
    traded = bars[first:]
    nothing: list[int | None] = [None] * (len(traded) - 1)
    if fill == "same_close":
        return carry_out(traded, [1, *nothing], fill=fill, account=account, stops=Stops())
    return carry_out(traded, [*nothing, None], fill=fill, account=account, stops=Stops(), at_first_open=1)


def carry_out(
    bars: list[Bar],
    wanted: list[int | None],
    *,
    fill: str,
    account: Account,
    stops: Stops,
    at_first_open: int | None = None,
) -> ReferenceRun:
    run = ReferenceRun(account=account, stops=stops, cash=account.initial_cash)
    step: Callable[[ReferenceRun, int, Bar, int | None], None] = (
        at_the_close if fill == "same_close" else at_the_open
    )
    orders = wanted if fill == "same_close" else [at_first_open, *wanted[:-1]]
    for index, (bar, order) in enumerate(zip(bars, orders, strict=True)):
        step(run, index, bar, order)
        run.write_down(bar.close)
    run.mark(len(bars) - 1, bars[-1].close)
    return run


def at_the_open(run: ReferenceRun, index: int, bar: Bar, order: int | None) -> None:
    if order is not None:
        run.order(order, index, bar.open)
    run.watch(index, bar)


def at_the_close(run: ReferenceRun, index: int, bar: Bar, order: int | None) -> None:
    run.watch(index, bar)
    if order is not None:
        run.order(order, index, bar.close)

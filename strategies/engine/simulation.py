"""From orders to trades, cash and equity.

Money. An entry takes `position_size` of the cash, commission and slippage included; cash is then all
the equity there is, since a position is closed before another is opened. Slippage makes every fill
price worse by a fraction. A commission is a share of the notional plus a fixed amount. The proceeds
of a short sale stay in the account as cash. Cash never goes negative: an entry for which the money is
too little is not filled and not repeated, and what a position costs at its end takes at most what is
there. A short position is bought back at the price at which nothing would be left (margin call).

Time. `equity`, `cash` and `position` hold one value for each traded bar, at its close. A trade
counts a bar as held when the position is there at its close. A trade still open after the last bar
is marked to the last close without the costs of an exit, and labelled as open.

Order of events in a bar. With fills at the open, the order comes first and the stops act on what is
then held. With fills at the close, the stops act on what was held before, and the order comes last.
A position that a stop has closed is not opened again until the next order that asks for a position;
an order for what is held already, or for no position where none is held, does nothing.

Between orders only the stops depend on the path of prices, so without them no bar is visited but
those with orders; everything between them is filled in by array operations.
"""

from dataclasses import dataclass
from math import inf

import numpy as np

from strategies.engine import trades
from strategies.engine.account import Account, Position
from strategies.engine.enums import ExitReason, Fill
from strategies.engine.orders import Orders
from strategies.engine.prices import FloatArray, Prices
from strategies.engine.stops import Exit, SignedBars, Stops, first_exit
from strategies.engine.trades import RoundTrip, Trades

CENT = 0.01
NO_STOPS = Stops()


class ReconciliationError(Exception):
    """The profits of the trades do not add up to the change in equity."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Simulation:
    """What became of the money; the series have the shape (traded bars,), at the close.

    position: shares, negative when short.
    unfilled: number of entries for which the money was too little.
    """

    initial_cash: float
    equity: FloatArray
    cash: FloatArray
    position: FloatArray
    trades: Trades
    unfilled: int


def simulate(prices: Prices, orders: Orders, account: Account, stops: Stops = NO_STOPS) -> Simulation:
    """Carry out `orders` on the traded bars `prices`.

    Raises ReconciliationError when the trades do not add up to the final equity.
    """
    trading = _Trading(prices, orders, account, stops)
    trading.carry_out()
    cash, position = _holdings(trading.trips, account.initial_cash, len(prices))
    simulation = Simulation(
        initial_cash=account.initial_cash,
        equity=cash + position * prices.close,
        cash=cash,
        position=position,
        trades=trades.columns(trading.trips, prices, orders.fill),
        unfilled=trading.unfilled,
    )
    reconcile(simulation)
    return simulation


def reconcile(simulation: Simulation) -> None:
    """Raise ReconciliationError unless initial cash plus the trades' profits is the final equity.

    To a cent, or to a billionth of the sum where that is more.
    """
    explained = simulation.initial_cash + float(simulation.trades.pnl.sum())
    final = float(simulation.equity[-1])
    if not abs(explained - final) <= max(CENT, 1e-9 * abs(final)):
        raise ReconciliationError(f"The trades explain {explained:.2f}, the equity is {final:.2f}.")


class _Trading:
    """The account while orders are carried out, one after another."""

    def __init__(self, prices: Prices, orders: Orders, account: Account, stops: Stops) -> None:
        self.prices, self.orders, self.account, self.stops = prices, orders, account, stops
        self.cash = account.initial_cash
        self.trips: list[RoundTrip] = []
        self.unfilled = 0
        self._signed: dict[int, SignedBars] = {}

    def carry_out(self) -> None:
        """Fill `trips` and `unfilled`."""
        prices, orders = self.prices, self.orders
        quotes = (prices.open if orders.fill == Fill.NEXT_OPEN else prices.close)[orders.bars].tolist()
        bars, targets = orders.bars.tolist(), orders.targets.tolist()
        for order, (bar, quote, target) in enumerate(zip(bars, quotes, targets, strict=True)):
            if target == 0:
                continue
            position = self.account.opened(cash=self.cash, bar=bar, quote=quote, direction=target)
            if position is None:
                self.unfilled += 1
            elif order + 1 < len(bars):
                self._end(position, next_bar=bars[order + 1], next_quote=quotes[order + 1])
            else:
                self._keep(position)

    def _end(self, position: Position, *, next_bar: int, next_quote: float) -> None:
        """Close `position` by a stop, or else by the next order."""
        stopped = self._stopped(position, before=next_bar)
        self._close(position, stopped or Exit(next_bar, next_quote, ExitReason.SIGNAL))

    def _keep(self, position: Position) -> None:
        """Hold `position` until a stop closes it, or until the data end."""
        last = len(self.prices) - 1
        stopped = self._stopped(position, before=last + 1)
        if stopped is not None:
            self._close(position, stopped)
            return
        settlement = self.account.marked(position, float(self.prices.close[-1]))
        self.cash = settlement.cash
        self.trips.append(RoundTrip(position, settlement, last, last + 1, ExitReason.END_OF_DATA))

    def _close(self, position: Position, exit_: Exit) -> None:
        settlement = self.account.closed(position, exit_.quote)
        self.cash = settlement.cash
        self.trips.append(RoundTrip(position, settlement, exit_.bar, exit_.bar, exit_.reason))

    def _stopped(self, position: Position, *, before: int) -> Exit | None:
        """Return the exit inside a bar that comes before the order at the bar `before`, if any."""
        if position.direction > 0 and not self.stops.are_set:
            return None
        at_close = 1 if self.orders.fill == Fill.SAME_CLOSE else 0
        return first_exit(
            position,
            self.stops,
            self._bars_for(position.direction),
            ruin=inf if position.direction > 0 else self.account.ruin(position),
            begin=position.bar + at_close,
            end=min(before + at_close, len(self.prices)),
        )

    def _bars_for(self, direction: int) -> SignedBars:
        if direction not in self._signed:
            self._signed[direction] = SignedBars.of(self.prices, direction)
        return self._signed[direction]


def _holdings(trips: list[RoundTrip], initial_cash: float, bars: int) -> tuple[FloatArray, FloatArray]:
    """Return cash and shares at each close: steps that last from one fill to the next."""
    edges, cash, shares = [0], [initial_cash], [0.0]
    for trip in trips:
        edges += [trip.position.bar, trip.held_until]
        cash += [trip.position.cash, trip.settlement.cash]
        shares += [trip.position.direction * trip.position.shares, 0.0]
    lengths = np.diff([*edges, bars])
    return np.repeat(cash, lengths), np.repeat(shares, lengths)

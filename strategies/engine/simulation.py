"""From orders to trades, cash and equity.

Money. A purchase spends `position_size` of the equity, commission and slippage included, so cash
never goes negative. Slippage makes the fill price worse by a fraction, on both sides. A commission
is a share of the notional plus a fixed amount; at a sale it takes at most what is there, since the
account cannot owe anything. A purchase for which the money is too little (for its fixed commission
and a cent's worth of shares, or for one whole share) is not filled and not repeated.

Time. `equity`, `cash` and `position` hold one value for each traded bar, at its close. A trade
counts a bar as held when the shares are there at its close. A trade still open after the last bar
is marked to the last close without the costs of a sale, and labelled as open.

Fills do not depend on the path of prices inside a trade, so only the bars with orders are visited;
everything between them is filled in by array operations.
"""

from dataclasses import dataclass
from math import floor
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from strategies.engine.choices import Fill
from strategies.engine.orders import Orders
from strategies.engine.prices import FloatArray, IndexArray, Prices

CENT = 0.01
ROUNDING = 1e-12
"""Share of a price or an amount below which a difference is rounding."""


class ReconciliationError(Exception):
    """The profits of the trades do not add up to the change in equity."""


@dataclass(frozen=True, kw_only=True)
class Account:
    """The money and what trading it costs.

    initial_cash: in currency, positive.
    position_size: share of the equity put into a trade, above 0 up to 1.
    commission_rate, slippage: fractions of the notional and of the price, on each side.
    commission_fixed: in currency, for each order.
    """

    initial_cash: float
    position_size: float
    fractional_shares: bool
    commission_rate: float
    commission_fixed: float
    slippage: float

    def shares_for(self, cash: float, price: float) -> float:
        """Return how many shares `position_size` of `cash` buys at the fill price `price`."""
        budget = cash * self.position_size - self.commission_fixed
        shares = budget / (price * (1 + self.commission_rate))
        if budget < CENT:
            return 0.0
        return shares if self.fractional_shares else float(floor(shares * (1 + ROUNDING)))

    def commission(self, notional: float) -> float:
        """Return the commission of one order."""
        return notional * self.commission_rate + self.commission_fixed


@dataclass(frozen=True, eq=False, kw_only=True)
class Trades:
    """Round trips as columns, in order; every shape is (trades,).

    entry_bar, exit_bar: bars of the traded period; the exit of an open trade is the last bar.
    entry_price, exit_price: fill prices, slippage included; of an open trade the last close.
    entry_notional, exit_notional: shares times fill price; the latter 0 while open.
    costs: commissions, and what slippage made worse, in currency.
    pnl: what the sale brought less what the purchase took, in currency.
    fraction: pnl over what the purchase took, commission included.
    bars: bars held at their close.
    max_adverse, max_favourable: lowest and highest price while held, over the entry price, less 1;
        the exit price counts, and the entry itself, so the one is never above 0 nor the other below.
    """

    entry_bar: IndexArray
    exit_bar: IndexArray
    shares: FloatArray
    entry_price: FloatArray
    exit_price: FloatArray
    entry_notional: FloatArray
    exit_notional: FloatArray
    costs: FloatArray
    pnl: FloatArray
    fraction: FloatArray
    bars: IndexArray
    max_adverse: FloatArray
    max_favourable: FloatArray
    open: NDArray[np.bool_]

    def __len__(self) -> int:
        """Return the number of trades."""
        return len(self.shares)


@dataclass(frozen=True, eq=False, kw_only=True)
class Simulation:
    """What became of the money; the series have the shape (traded bars,), at the close.

    unfilled: number of purchases for which the money was too little.
    """

    initial_cash: float
    equity: FloatArray
    cash: FloatArray
    position: FloatArray
    trades: Trades
    unfilled: int


class _Purchase(NamedTuple):
    """One filled purchase; `costs` are its commission and what slippage made worse."""

    bar: int
    shares: float
    price: float
    outlay: float
    costs: float
    cash_left: float


class _RoundTrip(NamedTuple):
    """One trade's bookkeeping: held at the closes of the bars [purchase.bar, held_until)."""

    purchase: _Purchase
    held_until: int
    exit_bar: int
    exit_price: float
    exit_notional: float
    costs: float
    pnl: float
    cash_after: float
    open: bool


def simulate(prices: Prices, orders: Orders, account: Account) -> Simulation:
    """Carry out `orders` on the traded bars `prices`.

    Raises ReconciliationError when the trades do not add up to the final equity.
    """
    trips, unfilled = _round_trips(prices, orders, account)
    cash, position = _holdings(trips, account.initial_cash, len(prices))
    simulation = Simulation(
        initial_cash=account.initial_cash,
        equity=cash + position * prices.close,
        cash=cash,
        position=position,
        trades=_columns(trips, prices, orders.fill),
        unfilled=unfilled,
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


def _round_trips(prices: Prices, orders: Orders, account: Account) -> tuple[list[_RoundTrip], int]:
    """Return the trades, and the number of purchases that could not be filled."""
    quotes = (prices.open if orders.fill == Fill.NEXT_OPEN else prices.close)[orders.bars].tolist()
    bars = orders.bars.tolist()
    cash = account.initial_cash
    trips: list[_RoundTrip] = []
    unfilled = 0
    for order in range(0, len(bars), 2):
        purchase = _bought(account, cash, bars[order], quotes[order])
        if purchase is None:
            unfilled += 1
            continue
        if order + 1 < len(bars):
            trip = _sold(account, purchase, bars[order + 1], quotes[order + 1])
        else:
            trip = _marked(purchase, len(prices) - 1, float(prices.close[-1]))
        trips.append(trip)
        cash = trip.cash_after
    return trips, unfilled


def _bought(account: Account, cash: float, bar: int, quote: float) -> _Purchase | None:
    price = quote * (1 + account.slippage)
    shares = account.shares_for(cash, price)
    if shares == 0:
        return None
    notional = shares * price
    commission = account.commission(notional)
    # Spending everything must not miss zero by a rounding.
    outlay = min(notional + commission, cash)
    return _Purchase(
        bar=bar,
        shares=shares,
        price=price,
        outlay=outlay,
        costs=commission + shares * (price - quote),
        cash_left=cash - outlay,
    )


def _sold(account: Account, purchase: _Purchase, bar: int, quote: float) -> _RoundTrip:
    price = quote * (1 - account.slippage)
    notional = purchase.shares * price
    commission = min(account.commission(notional), notional + purchase.cash_left)
    return _RoundTrip(
        purchase=purchase,
        held_until=bar,
        exit_bar=bar,
        exit_price=price,
        exit_notional=notional,
        costs=purchase.costs + commission + purchase.shares * (quote - price),
        pnl=_profit(notional - commission, purchase.outlay),
        cash_after=purchase.cash_left + notional - commission,
        open=False,
    )


def _marked(purchase: _Purchase, last_bar: int, last_close: float) -> _RoundTrip:
    """Return the open trade as it stands after the last bar."""
    return _RoundTrip(
        purchase=purchase,
        held_until=last_bar + 1,
        exit_bar=last_bar,
        exit_price=last_close,
        exit_notional=0.0,
        costs=purchase.costs,
        pnl=_profit(purchase.shares * last_close, purchase.outlay),
        cash_after=purchase.cash_left,
        open=True,
    )


def _profit(brought: float, outlay: float) -> float:
    """Return the difference; a trade that broke even must not win or lose by a rounding."""
    profit = brought - outlay
    return 0.0 if abs(profit) <= ROUNDING * outlay else profit


def _holdings(trips: list[_RoundTrip], initial_cash: float, bars: int) -> tuple[FloatArray, FloatArray]:
    """Return cash and shares at each close: steps that last from one order to the next."""
    edges, cash, shares = [0], [initial_cash], [0.0]
    for trip in trips:
        edges += [trip.purchase.bar, trip.held_until]
        cash += [trip.purchase.cash_left, trip.cash_after]
        shares += [trip.purchase.shares, 0.0]
    lengths = np.diff([*edges, bars])
    return np.repeat(cash, lengths), np.repeat(shares, lengths)


def _columns(trips: list[_RoundTrip], prices: Prices, fill: Fill) -> Trades:
    entry_bar = _indices([trip.purchase.bar for trip in trips])
    held_until = _indices([trip.held_until for trip in trips])
    shares = _floats([trip.purchase.shares for trip in trips])
    entry_price = _floats([trip.purchase.price for trip in trips])
    exit_price = _floats([trip.exit_price for trip in trips])
    pnl = _floats([trip.pnl for trip in trips])
    # Bought at a close, the bar's own range is past and that of the bar of the sale is still to come.
    shift = 1 if fill == Fill.SAME_CLOSE else 0
    low, high = _range_while_held(prices, entry_bar + shift, held_until + shift)
    return Trades(
        entry_bar=entry_bar,
        exit_bar=_indices([trip.exit_bar for trip in trips]),
        shares=shares,
        entry_price=entry_price,
        exit_price=exit_price,
        entry_notional=shares * entry_price,
        exit_notional=_floats([trip.exit_notional for trip in trips]),
        costs=_floats([trip.costs for trip in trips]),
        pnl=pnl,
        fraction=pnl / _floats([trip.purchase.outlay for trip in trips]),
        bars=held_until - entry_bar,
        max_adverse=np.minimum(np.minimum(low, exit_price) / entry_price - 1, 0),
        max_favourable=np.maximum(np.maximum(high, exit_price) / entry_price - 1, 0),
        open=np.array([trip.open for trip in trips], dtype=np.bool_),
    )


def _floats(values: list[float]) -> FloatArray:
    return np.array(values, dtype=np.float64)


def _indices(values: list[int]) -> IndexArray:
    return np.array(values, dtype=np.intp)


def _range_while_held(prices: Prices, begin: IndexArray, end: IndexArray) -> tuple[FloatArray, FloatArray]:
    """Return the lowest low and the highest high of the bars [begin, end) of each trade."""
    spans = np.column_stack((begin, end)).ravel()
    # `reduceat` wants every index inside the array, and a span may end after the last bar.
    lows = np.concatenate((prices.low, [np.inf, np.inf]))
    highs = np.concatenate((prices.high, [-np.inf, -np.inf]))
    return np.minimum.reduceat(lows, spans)[::2], np.maximum.reduceat(highs, spans)[::2]

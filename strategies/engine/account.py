"""The money: what an order costs, how large a position may be, and what is left afterwards."""

from dataclasses import dataclass
from math import floor
from typing import NamedTuple

from strategies.engine.prices import ROUNDING


class Position(NamedTuple):
    """Shares held or owed, from the fill of an order on.

    bar: of the traded period; direction: 1 long, -1 short; shares: positive.
    quote: the market's price; price: the fill price, slippage included.
    notional: shares times fill price, in currency.
    moved: what the entry took from the cash, negative when short: the sale brings money.
    committed: notional and commission, the money that the trade's return is measured by.
    costs: commission, and what slippage made worse.
    cash: what is left, the proceeds of a short sale included.
    """

    bar: int
    direction: int
    shares: float
    quote: float
    price: float
    notional: float
    moved: float
    committed: float
    costs: float
    cash: float


class Settlement(NamedTuple):
    """The end of a position: fill price, notional, costs of the exit alone, profit, and cash afterwards."""

    price: float
    notional: float
    costs: float
    pnl: float
    cash: float


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

    def opened(self, *, cash: float, bar: int, quote: float, direction: int) -> Position | None:
        """Return the position that an order opens at the market price `quote`; None: too little money.

        Long and short alike, notional and commission take `position_size` of the cash: a short sale
        needs its whole notional as margin.
        """
        price = quote * (1 + direction * self.slippage)
        shares = self._shares_for(cash, price)
        if shares == 0:
            return None
        notional = shares * price
        commission = self._commission(notional)
        # Spending everything must not miss zero by a rounding.
        committed = min(notional + commission, cash)
        moved = committed if direction > 0 else commission - notional
        return Position(
            bar=bar,
            direction=direction,
            shares=shares,
            quote=quote,
            price=price,
            notional=notional,
            moved=moved,
            committed=committed,
            costs=commission + shares * abs(price - quote),
            cash=cash - moved,
        )

    def closed(self, position: Position, quote: float) -> Settlement:
        """Return what closing `position` at the market price `quote` comes to.

        The account cannot owe anything: a commission takes no more than there is, and buying back
        what was sold short neither.
        """
        price = quote * (1 - position.direction * self.slippage)
        notional = position.shares * price
        left_for_costs = max(position.cash + position.direction * notional, 0.0)
        commission = min(self._commission(notional), left_for_costs)
        moved = min(commission - position.direction * notional, position.cash)
        return Settlement(
            price=price,
            notional=notional,
            costs=commission + position.shares * abs(quote - price),
            pnl=self._profit(position, moved),
            cash=position.cash - moved,
        )

    def marked(self, position: Position, close: float) -> Settlement:
        """Return `position` as it stands at a close, without the costs of an exit."""
        worth = position.direction * position.shares * close
        return Settlement(
            price=close, notional=0.0, costs=0.0, pnl=self._profit(position, -worth), cash=position.cash
        )

    def ruin(self, position: Position) -> float:
        """Return the market price at which buying back a short position takes all its cash."""
        return (position.cash - self.commission_fixed) / (
            position.shares * (1 + self.slippage) * (1 + self.commission_rate)
        )

    def _shares_for(self, cash: float, price: float) -> float:
        budget = cash * self.position_size - self.commission_fixed
        if budget <= ROUNDING * self.initial_cash:
            return 0.0
        shares = budget / (price * (1 + self.commission_rate))
        return shares if self.fractional_shares else float(floor(shares * (1 + ROUNDING)))

    def _commission(self, notional: float) -> float:
        return notional * self.commission_rate + self.commission_fixed

    @staticmethod
    def _profit(position: Position, moved: float) -> float:
        """Return what the cash gained; a trade that broke even must not win or lose by a rounding."""
        profit = -(position.moved + moved)
        return 0.0 if abs(profit) <= ROUNDING * position.committed else profit

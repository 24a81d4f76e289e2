"""Round trips: one by one while the money is counted, as columns afterwards."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from strategies.engine.account import Position, Settlement
from strategies.engine.enums import ExitReason, Fill
from strategies.engine.prices import FloatArray, IndexArray, Prices


class RoundTrip(NamedTuple):
    """One trade: held at the closes of the bars [position.bar, held_until).

    exit_bar: of the exit; the last bar while open.
    """

    position: Position
    settlement: Settlement
    exit_bar: int
    held_until: int
    reason: ExitReason

    @property
    def is_inside(self) -> bool:
        """Whether the exit came inside its bar, neither by a signal nor at the end."""
        return self.reason not in {ExitReason.SIGNAL, ExitReason.END_OF_DATA}


@dataclass(frozen=True, eq=False, kw_only=True)
class Trades:
    """Round trips as columns, in order; every shape is (trades,).

    entry_bar, exit_bar: bars of the traded period; the exit of an open trade is the last bar.
    direction: 1 long, -1 short; shares: positive.
    entry_price, exit_price: fill prices, slippage included; of an open trade the last close.
    entry_notional, exit_notional: shares times fill price; the latter 0 while open.
    costs: commissions, and what slippage made worse, in currency.
    pnl: what entry and exit together brought, in currency.
    fraction: pnl over the notional and commission of the entry.
    bars: bars held at their close; 0 for a trade that ended inside the bar of its entry.
    max_adverse, max_favourable: the worst and the best price while held, as the gain over the entry
        price that it would have been; the exit price counts, and the entry itself, so the one is never
        above 0 nor the other below. Of a bar in which a stop ends the trade only the exit price counts.
    """

    entry_bar: IndexArray
    exit_bar: IndexArray
    direction: NDArray[np.int8]
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
    exit_reason: tuple[ExitReason, ...]
    open: NDArray[np.bool_]

    def __len__(self) -> int:
        """Return the number of trades."""
        return len(self.shares)


def columns(trips: list[RoundTrip], prices: Prices, fill: Fill) -> Trades:
    """Return the trades as columns."""
    entry_bar = _indices([trip.position.bar for trip in trips])
    held_until = _indices([trip.held_until for trip in trips])
    direction = np.array([trip.position.direction for trip in trips], dtype=np.int8)
    entry_price = _floats([trip.position.price for trip in trips])
    exit_price = _floats([trip.settlement.price for trip in trips])
    pnl = _floats([trip.settlement.pnl for trip in trips])
    max_adverse, max_favourable = _excursions(trips, prices, fill, entry_price, exit_price)
    return Trades(
        entry_bar=entry_bar,
        exit_bar=_indices([trip.exit_bar for trip in trips]),
        direction=direction,
        shares=_floats([trip.position.shares for trip in trips]),
        entry_price=entry_price,
        exit_price=exit_price,
        entry_notional=_floats([trip.position.notional for trip in trips]),
        exit_notional=_floats([trip.settlement.notional for trip in trips]),
        costs=_floats([trip.position.costs + trip.settlement.costs for trip in trips]),
        pnl=pnl,
        fraction=pnl / _floats([trip.position.committed for trip in trips]),
        bars=held_until - entry_bar,
        max_adverse=max_adverse,
        max_favourable=max_favourable,
        exit_reason=tuple(trip.reason for trip in trips),
        open=np.array([trip.reason == ExitReason.END_OF_DATA for trip in trips], dtype=np.bool_),
    )


def _excursions(
    trips: list[RoundTrip], prices: Prices, fill: Fill, entry: FloatArray, exit_: FloatArray
) -> tuple[FloatArray, FloatArray]:
    # Entered at a close, the bar's own range is past and that of the bar of the exit is still to come.
    shift = 1 if fill == Fill.SAME_CLOSE else 0
    begin = _indices([trip.position.bar + shift for trip in trips])
    end = _indices([trip.held_until + (0 if trip.is_inside else shift) for trip in trips])
    low, high = _range_while_held(prices, begin, np.maximum(begin, end))
    direction = np.array([trip.position.direction for trip in trips], dtype=np.float64)
    one = direction * (np.minimum(low, exit_) / entry - 1)
    other = direction * (np.maximum(high, exit_) / entry - 1)
    return np.minimum(np.minimum(one, other), 0), np.maximum(np.maximum(one, other), 0)


def _range_while_held(prices: Prices, begin: IndexArray, end: IndexArray) -> tuple[FloatArray, FloatArray]:
    """Return the lowest low and the highest high of the bars [begin, end) of each trade.

    Without a bar they are infinite, so that any price is lower and higher.
    """
    spans = np.column_stack((begin, end)).ravel()
    # `reduceat` wants every index inside the array, and a span may end after the last bar.
    lows = np.concatenate((prices.low, [np.inf, np.inf]))
    highs = np.concatenate((prices.high, [-np.inf, -np.inf]))
    low, high = np.minimum.reduceat(lows, spans)[::2], np.maximum.reduceat(highs, spans)[::2]
    # Of an empty span `reduceat` gives the bar at its beginning.
    empty = begin == end
    low[empty], high[empty] = np.inf, -np.inf
    return low, high


def _floats(values: list[float]) -> FloatArray:
    return np.array(values, dtype=np.float64)


def _indices(values: list[int]) -> IndexArray:
    return np.array(values, dtype=np.intp)

"""Exits inside a bar: stop-loss, take-profit, trailing stop, and the margin call of a short position.

Daily bars do not tell in which order their prices came. What is assumed, at each bar, in this order:

1. An open at or beyond the stop, or at or beyond the target, is a gap: the exit is filled at the open.
2. A bar that touches the stop exits at the stop, even where it touches the target too.
3. A bar that touches the target exits at the target.

The stop in force is the nearest of stop-loss, trailing stop and margin call. All distances are
fractions of the market's price at the entry, before slippage, so that costs change no exit; the
trailing stop keeps its fraction from the best price reached in earlier bars of the trade, since the
bar's own best may come after its worst.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from typing import NamedTuple

from strategies.engine.account import Position
from strategies.engine.choices import ExitReason
from strategies.engine.prices import ROUNDING, Prices


@dataclass(frozen=True, kw_only=True)
class Stops:
    """Distances from the entry at which a position is closed, as fractions; None: never."""

    stop_loss: float | None = None
    take_profit: float | None = None
    trailing_stop: float | None = None

    @property
    def are_set(self) -> bool:
        """Whether any can close a position."""
        return (self.stop_loss, self.take_profit, self.trailing_stop) != (None, None, None)


class Exit(NamedTuple):
    """A position closed at a bar of the traded period, at the market price `quote`."""

    bar: int
    quote: float
    reason: ExitReason


class SignedBars(NamedTuple):
    """Prices times the direction of a position: for it, lower is worse, long or short."""

    open: Sequence[float]
    worst: Sequence[float]
    best: Sequence[float]

    @classmethod
    def of(cls, prices: Prices, direction: int) -> "SignedBars":
        """Return the bars as a position of this direction sees them."""
        if direction > 0:
            return cls(prices.open.tolist(), prices.low.tolist(), prices.high.tolist())
        return cls((-prices.open).tolist(), (-prices.high).tolist(), (-prices.low).tolist())


class _Level(NamedTuple):
    """A signed price, and why a position is closed there."""

    price: float
    reason: ExitReason


def first_exit(
    position: Position, stops: Stops, bars: SignedBars, *, ruin: float, begin: int, end: int
) -> Exit | None:
    """Return the first exit inside the bars [begin, end); None: the position outlives them.

    ruin: the market price at which nothing is left of a short position; infinite when long.
    """
    stop, target = _stop(position, stops, ruin), _target(position, stops)
    held = range(begin, end)
    if stops.trailing_stop is None:
        return _search(position, bars, held, stop, target)
    return _search_trailing(position, bars, held, stop, target, distance=stops.trailing_stop)


def _search(position: Position, bars: SignedBars, held: range, stop: _Level, target: _Level) -> Exit | None:
    # Most positions meet neither level: two comparisons instead of some for each bar.
    lowest, highest = _raised(stop.price), _lowered(target.price)
    if (
        min(bars.worst[held.start : held.stop], default=inf) > lowest
        and max(bars.best[held.start : held.stop], default=-inf) < highest
    ):
        return None
    exits = (_exit_at(bar, position.direction, bars, stop, target) for bar in held)
    return next((found for found in exits if found is not None), None)


def _search_trailing(
    position: Position, bars: SignedBars, held: range, fixed: _Level, target: _Level, *, distance: float
) -> Exit | None:
    signed_distance = position.direction * distance
    best = position.direction * position.quote
    for bar in held:
        trail = best * (1 - signed_distance)
        stop = fixed if fixed.price >= trail else _Level(trail, ExitReason.TRAILING_STOP)
        found = _exit_at(bar, position.direction, bars, stop, target)
        if found is not None:
            return found
        best = max(best, bars.best[bar])
    return None


def _exit_at(bar: int, direction: int, bars: SignedBars, stop: _Level, target: _Level) -> Exit | None:
    """Return the exit inside one bar; a price that misses a level by a rounding touches it."""
    open_ = bars.open[bar]
    at_stop, at_target = _raised(stop.price), _lowered(target.price)
    if open_ <= at_stop:
        return Exit(bar, direction * open_, stop.reason)
    if open_ >= at_target:
        return Exit(bar, direction * open_, target.reason)
    if bars.worst[bar] <= at_stop:
        return Exit(bar, direction * stop.price, stop.reason)
    if bars.best[bar] >= at_target:
        return Exit(bar, direction * target.price, target.reason)
    return None


def _stop(position: Position, stops: Stops, ruin: float) -> _Level:
    """Return the nearer of the levels that do not move: stop-loss and margin call."""
    signed = position.direction * position.quote
    loss = -inf if stops.stop_loss is None else signed * (1 - position.direction * stops.stop_loss)
    margin = position.direction * ruin
    if position.direction < 0 and margin > loss:
        return _Level(margin, ExitReason.MARGIN_CALL)
    return _Level(loss, ExitReason.STOP_LOSS)


def _target(position: Position, stops: Stops) -> _Level:
    if stops.take_profit is None:
        return _Level(inf, ExitReason.TAKE_PROFIT)
    signed = position.direction * position.quote
    return _Level(signed * (1 + position.direction * stops.take_profit), ExitReason.TAKE_PROFIT)


def _raised(level: float) -> float:
    return level + ROUNDING * abs(level)


def _lowered(level: float) -> float:
    return level - ROUNDING * abs(level)

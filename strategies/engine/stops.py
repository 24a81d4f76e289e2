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
from strategies.engine.enums import ExitReason
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
    fixed, target = _stop(position, stops, ruin), _target(position, stops)
    kept = None if stops.trailing_stop is None else 1 - position.direction * stops.trailing_stop
    level, reason, reached = fixed.price, fixed.reason, position.direction * position.quote
    stop, highest = _raised(level), _lowered(target.price)
    held = zip(range(begin, end), bars.worst[begin:end], bars.best[begin:end], strict=True)
    for bar, worst, best in held:
        if kept is not None and reached * kept > level:
            level, reason = reached * kept, ExitReason.TRAILING_STOP
            stop = _raised(level)
        # Most bars meet neither level, and two comparisons tell.
        if worst <= stop or best >= highest:
            return _exit_at(bar, position.direction, bars, _Level(level, reason), target)
        reached = max(reached, best)
    return None


def _exit_at(bar: int, direction: int, bars: SignedBars, stop: _Level, target: _Level) -> Exit:
    """Return the exit inside a bar that meets a level; a price that misses it by a rounding meets it."""
    open_ = bars.open[bar]
    at_stop, at_target = _raised(stop.price), _lowered(target.price)
    if open_ <= at_stop:
        return Exit(bar, direction * open_, stop.reason)
    if open_ >= at_target:
        return Exit(bar, direction * open_, target.reason)
    if bars.worst[bar] <= at_stop:
        return Exit(bar, direction * stop.price, stop.reason)
    return Exit(bar, direction * target.price, target.reason)


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

"""The language once more, slow and obvious: each value and each truth is worked out anew at each bar.

Nothing here is told what comes after the bar in question.
"""

import math
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from strategies.engine.enums import Direction, Fill
from strategies.engine.language.tree import (
    Ago,
    AllOf,
    AnyOf,
    Arithmetic,
    Call,
    Compared,
    Condition,
    CustomRule,
    Held,
    Moves,
    Negative,
    Not,
    Number,
    Operand,
    Series,
    Within,
)
from strategies.engine.prices import Prices
from strategies.engine.stops import Stops

TOO_NEAR = 1e-9
"""Values that differ by less, but differ, may be equal but for rounding: no test can tell."""


class TooNearToCallError(Exception):
    """Two compared values are so near that rounding decides."""


def order(one: float, other: float) -> int:
    if one == other:
        return 0
    if abs(one - other) < TOO_NEAR * max(abs(one), abs(other), 1e-3):
        raise TooNearToCallError
    return 1 if one > other else -1


@dataclass
class Market:
    """Bars, and the values of operands at them, which are kept once worked out."""

    open: list[float]
    high: list[float]
    low: list[float]
    close: list[float]
    volume: list[float]
    days: list[int]
    months: list[int]
    values: dict[tuple[Operand, int], float | None] = field(default_factory=dict)
    truths: dict[tuple[Condition, int], bool | None] = field(default_factory=dict)

    @classmethod
    def of(cls, prices: Prices) -> "Market":
        dates = prices.dates.tolist()
        assert prices.volume is not None
        return cls(
            prices.open.tolist(),
            prices.high.tolist(),
            prices.low.tolist(),
            prices.close.tolist(),
            prices.volume.tolist(),
            [day.isoweekday() for day in dates],
            [day.month for day in dates],
        )

    def value(self, operand: Operand, bar: int) -> float | None:
        if bar < 0:
            return None
        key = (operand, bar)
        if key not in self.values:
            found = self._value(operand, bar)
            self.values[key] = None if found is None or not math.isfinite(found) else found
        return self.values[key]

    def _value(self, operand: Operand, bar: int) -> float | None:
        match operand:
            case Number():
                return operand.value
            case Series():
                named = {"day_of_week": self.days, "month": self.months}
                return float(named.get(operand.name, getattr(self, operand.name, []))[bar])
            case Negative():
                inner = self.value(operand.operand, bar)
                return None if inner is None else -inner
            case Ago():
                return self.value(operand.operand, bar - bars_of(operand.bars))
            case Arithmetic():
                left, right = self.value(operand.left, bar), self.value(operand.right, bar)
                return None if left is None or right is None else calculated(left, operand.sign, right)
            case Call():
                return self._call(operand, bar)
        raise TypeError(operand)

    def _call(self, call: Call, bar: int) -> float | None:
        lengths = [bars_of(length) for length in call.lengths]
        usual = {"highest": "high", "lowest": "low"}.get(call.name, "close")
        series = call.series or Series(usual)
        if call.name == "macd":
            line = self._macd(lengths, bar)
            if len(lengths) == 2 or line is None:
                return line
            signal = self._signal(lengths, bar)
            return None if signal is None else line - signal
        if call.name == "macd_signal":
            return self._signal(lengths, bar)
        if call.name == "atr":
            return wilder([self._true_range(at) for at in range(bar + 1)], lengths[0])
        if call.name == "change":
            now, before = self.value(series, bar), self.value(series, bar - lengths[0])
            return None if now is None or not before else now / before - 1
        past = [self.value(series, at) for at in range(bar + 1)]
        return FUNCTIONS[call.name](past, lengths[0])

    def _macd(self, lengths: list[int], bar: int) -> float | None:
        fast, slow = (exponential([*self.close[: bar + 1]], window) for window in lengths[:2])
        return None if fast is None or slow is None else fast - slow

    def _signal(self, lengths: list[int], bar: int) -> float | None:
        return exponential([self._macd(lengths, at) for at in range(bar + 1)], lengths[2])

    def _true_range(self, bar: int) -> float:
        ranges = [self.high[bar] - self.low[bar]]
        if bar:
            before = self.close[bar - 1]
            ranges += [abs(self.high[bar] - before), abs(self.low[bar] - before)]
        return max(ranges)

    def truth(self, condition: Condition, bar: int) -> bool | None:
        if bar < 0:
            return None
        key = (condition, bar)
        if key not in self.truths:
            self.truths[key] = self._truth(condition, bar)
        return self.truths[key]

    def _truth(self, condition: Condition, bar: int) -> bool | None:
        match condition:
            case Not():
                inner = self.truth(condition.condition, bar)
                return None if inner is None else not inner
            case AllOf():
                return together([self.truth(one, bar) for one in condition.conditions])
            case AnyOf():
                return alternatives([self.truth(one, bar) for one in condition.conditions])
            case Within():
                lately = range(bar - bars_of(condition.bars) + 1, bar + 1)
                return alternatives([self.truth(condition.condition, at) for at in lately])
            case Moves():
                wanted = 1 if condition.rises else -1
                steps = range(bar - bars_of(condition.bars) + 1, bar + 1)
                return together([self._steps(condition.operand, at, wanted) for at in steps])
            case Compared():
                return self._compared(condition, bar)
        raise TypeError(condition)

    def _steps(self, operand: Operand, bar: int, wanted: int) -> bool | None:
        now, before = self.value(operand, bar), self.value(operand, bar - 1)
        return None if now is None or before is None else order(now, before) == wanted

    def _compared(self, node: Compared, bar: int) -> bool | None:
        sign = str(node.comparison)
        if sign.startswith("is "):
            side = self._side(node, bar)
            return None if side == 0 else side == (1 if sign.endswith("above") else -1)
        left, right = self.value(node.left, bar), self.value(node.right, bar)
        if left is None or right is None:
            return None
        if sign.startswith("crosses"):
            wanted = 1 if sign.endswith("above") else -1
            return self._side(node, bar) == wanted and self._side(node, bar - 1) == -wanted
        return ORDERS[sign](order(left, right))

    def _side(self, node: Compared, bar: int) -> int:
        """Which of two operands was the higher one, the last time that they differed."""
        for at in range(bar, -1, -1):
            left, right = self.value(node.left, at), self.value(node.right, at)
            if left is not None and right is not None and order(left, right) != 0:
                return order(left, right)
        return 0


ORDERS: dict[str, Callable[[int], bool]] = {
    ">": lambda found: found > 0,
    "<": lambda found: found < 0,
    ">=": lambda found: found >= 0,
    "<=": lambda found: found <= 0,
    "=": lambda found: found == 0,
    "!=": lambda found: found != 0,
}


def bars_of(length: object) -> int:
    assert isinstance(length, Number)
    return int(length.value)


def calculated(left: float, sign: str, right: float) -> float | None:
    if sign == "/":
        return None if right == 0 else left / right
    return {"+": left + right, "-": left - right, "*": left * right}[sign]


def together(truths: list[bool | None]) -> bool | None:
    if False in truths:
        return False
    return None if None in truths else True


def alternatives(truths: list[bool | None]) -> bool | None:
    if True in truths:
        return True
    return None if None in truths else False


type Past = Sequence[float | None]


def window_of(past: Past, window: int) -> list[float] | None:
    last = [value for value in past[-window:] if value is not None]
    return last if len(last) == window else None


def simple(past: Past, window: int) -> float | None:
    last = window_of(past, window)
    return None if last is None else sum(last) / window


def weighted(past: Past, window: int) -> float | None:
    last = window_of(past, window)
    if last is None:
        return None
    return sum(weight * value for weight, value in enumerate(last, 1)) / (window * (window + 1) / 2)


def hull(past: Past, window: int) -> float | None:
    smoothing = math.isqrt(window)
    raw: list[float | None] = []
    for end in range(len(past) - smoothing + 1, len(past) + 1):
        half, whole = (
            weighted(past[: max(end, 0)], max(window // 2, 1)),
            weighted(past[: max(end, 0)], window),
        )
        raw.append(None if half is None or whole is None else 2 * half - whole)
    return weighted(raw, smoothing)


def smoothed(past: Past, window: int, share: float) -> float | None:
    known = [value for value in past if value is not None]
    if past[-1] is None or len(known) < window:
        return None
    average = sum(known[:window]) / window
    for value in known[window:]:
        average = average + share * (value - average)
    return average


def exponential(past: Past, window: int) -> float | None:
    return smoothed(past, window, 2 / (window + 1))


def wilder(past: Past, window: int) -> float | None:
    return smoothed(past, window, 1 / window)


def highest(past: Past, window: int) -> float | None:
    last = window_of(past, window)
    return None if last is None else max(last)


def lowest(past: Past, window: int) -> float | None:
    last = window_of(past, window)
    return None if last is None else min(last)


def deviation(past: Past, window: int) -> float | None:
    last = window_of(past, window)
    return None if last is None else statistics.pstdev(last)


def strength(past: Past, window: int) -> float | None:
    moves = [
        None if now is None or before is None else now - before
        for now, before in zip(past, [None, *past], strict=False)
    ]
    rises = wilder([None if move is None else max(move, 0.0) for move in moves], window)
    falls = wilder([None if move is None else max(-move, 0.0) for move in moves], window)
    if rises is None or falls is None:
        return None
    return 50.0 if rises + falls == 0 else 100 * rises / (rises + falls)


FUNCTIONS: dict[str, Callable[[Past, int], float | None]] = {
    "sma": simple,
    "ema": exponential,
    "wma": weighted,
    "hma": hull,
    "highest": highest,
    "lowest": lowest,
    "stdev": deviation,
    "rsi": strength,
}


@dataclass
class Trader:
    """Somebody who follows a rule, one bar after another, and notes the side wanted at each close."""

    rule: CustomRule
    market: Market
    direction: Direction
    fill: Fill
    stops: Stops
    side: int = 0
    entry: int = 0
    paid: float = 0.0
    best: float = 0.0
    best_close: float = 0.0
    to_fill: bool = False
    forbidden: set[int] = field(default_factory=set)

    def sides(self) -> list[int]:
        return [self.live_through(bar) for bar in range(len(self.market.close))]

    def live_through(self, bar: int) -> int:
        if self.to_fill:
            self._take(bar, self.market.open[bar])
        if self.side and self._is_stopped(bar):
            self.forbidden.add(self.side)
            self.side = 0
        if self.side:
            self.best_close = self.side * max(self.side * self.best_close, self.side * self.market.close[bar])
        self._decide(bar)
        return self.side

    def _take(self, bar: int, price: float) -> None:
        self.entry, self.paid, self.best, self.best_close, self.to_fill = bar, price, price, price, False

    def _is_stopped(self, bar: int) -> bool:
        side, high, low = self.side, self.market.high[bar], self.market.low[bar]
        worst, best = (low, high) if side > 0 else (high, low)
        levels = []
        if self.stops.stop_loss is not None:
            levels.append(self.paid * (1 - side * self.stops.stop_loss))
        if self.stops.trailing_stop is not None:
            levels.append(self.best * (1 - side * self.stops.trailing_stop))
        hit = any(order(side * worst, side * level) <= 0 for level in levels)
        if self.stops.take_profit is not None:
            hit = hit or order(side * best, side * self.paid * (1 + side * self.stops.take_profit)) >= 0
        self.best = side * max(side * self.best, side * best)
        return hit

    def _decide(self, bar: int) -> None:
        for side, entry in ((1, self.rule.buy), (-1, self.rule.short)):
            if entry is None or self.market.truth(entry, bar) is not True:
                self.forbidden.discard(side)
        before, leaves = self.side, bool(self.side) and self._leaves(bar)
        entries = [side for side in (1, -1) if self._enters(side, bar)]
        after = 0 if leaves else before
        if len(entries) == 1 and entries[0] != before:
            after = entries[0]
        if after != before:
            self.side = after
            if after and self.fill == Fill.NEXT_OPEN:
                self.to_fill = True
            elif after:
                self._take(bar, self.market.close[bar])

    def _allowed(self, side: int) -> bool:
        return side == {Direction.LONG_ONLY: 1, Direction.SHORT_ONLY: -1}.get(self.direction, side)

    def _enters(self, side: int, bar: int) -> bool:
        entry = self.rule.buy if side > 0 else self.rule.short
        exit_ = self.rule.sell if side > 0 else self.rule.cover
        if entry is None or not self._allowed(side) or side in self.forbidden:
            return False
        blocked = exit_ is not None and self._holds(exit_, bar, None) is True
        return self.market.truth(entry, bar) is True and not blocked

    def _leaves(self, bar: int) -> bool:
        exit_ = self.rule.sell if self.side > 0 else self.rule.cover
        return exit_ is not None and self._holds(exit_, bar, self.side) is True

    def _holds(self, condition: Condition, bar: int, side: int | None) -> bool | None:
        """A condition that may look at the position; without one its values are unknown."""
        match condition:
            case Not():
                inner = self._holds(condition.condition, bar, side)
                return None if inner is None else not inner
            case AllOf():
                return together([self._holds(one, bar, side) for one in condition.conditions])
            case AnyOf():
                return alternatives([self._holds(one, bar, side) for one in condition.conditions])
            case Compared(left=Held() as held, comparison=comparison, right=other):
                left, right = self._held(held, bar, side), self.market.value(other, bar)
            case Compared(left=other, comparison=comparison, right=Held() as held):
                left, right = self.market.value(other, bar), self._held(held, bar, side)
            case _:
                return self.market.truth(condition, bar)
        return None if left is None or right is None else ORDERS[str(comparison)](order(left, right))

    def _held(self, held: Held, bar: int, side: int | None) -> float | None:
        if side is None:
            return None
        if held.name == "bars_since_entry":
            return float(bar - self.entry)
        since = self.paid if held.name == "profit" else self.best_close
        return side * (self.market.close[bar] / since - 1)

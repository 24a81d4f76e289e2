"""The rules once more, slow and obvious: every average is added up anew at each bar."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from strategies.engine.enums import Average
from strategies.engine.parameters import RuleParameters

TOUCH = 1e-12

type Lines = dict[str, list[float | None]]


@dataclass(frozen=True, kw_only=True)
class Sided:
    """A rule's sides, the first bar at which it knows one, and how nearly it took another anywhere.

    nearest: the smallest distance of two compared values that are not equal, as a share of the price; 0
    where Hull's averages of moving prices are equal, which the engine rounds and so may take either way.
    """

    sides: list[int]
    known_from: int
    nearest: float
    lines: Lines


def simple(values: Sequence[float], window: int) -> float | None:
    return sum(values[-window:]) / window if len(values) >= window else None


def exponential(values: Sequence[float], window: int) -> float | None:
    if len(values) < window:
        return None
    average = sum(values[:window]) / window
    for value in values[window:]:
        average = average + 2 / (window + 1) * (value - average)
    return average


def weighted(values: Sequence[float], window: int) -> float | None:
    if len(values) < window:
        return None
    last = values[-window:]
    return sum(weight * value for weight, value in enumerate(last, 1)) / (window * (window + 1) / 2)


def hull(values: Sequence[float], window: int) -> float | None:
    smoothing = math.isqrt(window)
    if len(values) < window + smoothing - 1:
        return None
    raw = []
    for bar in range(len(values) - smoothing, len(values)):
        half, whole = weighted(values[: bar + 1], max(window // 2, 1)), weighted(values[: bar + 1], window)
        assert half is not None
        assert whole is not None
        raw.append(2 * half - whole)
    return weighted(raw, smoothing)


AVERAGES: dict[str, Callable[[Sequence[float], int], float | None]] = {
    "simple": simple,
    "exponential": exponential,
    "weighted": weighted,
    "hull": hull,
}


def line(closes: list[float], kind: str, window: int) -> list[float | None]:
    return [AVERAGES[kind](closes[: bar + 1], window) for bar in range(len(closes))]


def sided_by(rule: str, closes: list[float], asked: RuleParameters) -> Sided:
    """What the rule wants at each close."""
    return RULES[rule](closes, asked)


def ma_crossover(closes: list[float], asked: RuleParameters) -> Sided:
    fast = line(closes, asked.average.value, asked.fast)
    slow = line(closes, asked.average.value, asked.slow)
    return compared(closes, fast, slow, {"fast": fast, "slow": slow}, asked.average)


def price_crossover(closes: list[float], asked: RuleParameters) -> Sided:
    slow = line(closes, asked.average.value, asked.slow)
    return compared(closes, list(closes), slow, {"slow": slow}, asked.average)


def macd(closes: list[float], asked: RuleParameters) -> Sided:
    fast, slow = (line(closes, "exponential", window) for window in (asked.fast, asked.slow))
    macd_line = [None if f is None or s is None else f - s for f, s in zip(fast, slow, strict=True)]
    begun = [value for value in macd_line if value is not None]
    missing = len(macd_line) - len(begun)
    signal = [None] * missing + [exponential(begun[: bar + 1], asked.signal) for bar in range(len(begun))]
    return compared(closes, macd_line, signal, {"macd": macd_line, "signal": signal})


def triple_ma(closes: list[float], asked: RuleParameters) -> Sided:
    fast, middle, slow = (
        line(closes, asked.average.value, window) for window in (asked.fast, asked.middle, asked.slow)
    )
    lines = {"fast": fast, "middle": middle, "slow": slow}
    upper = compared(closes, fast, middle, lines, asked.average)
    lower = compared(closes, middle, slow, lines, asked.average)
    return Sided(
        sides=[u if u == lo else 0 for u, lo in zip(upper.sides, lower.sides, strict=True)],
        known_from=max(upper.known_from, lower.known_from),
        nearest=min(upper.nearest, lower.nearest),
        lines=lines,
    )


def ma_envelope(closes: list[float], asked: RuleParameters) -> Sided:
    middle = line(closes, asked.average.value, asked.slow)
    upper = [None if value is None else value * (1 + asked.band) for value in middle]
    lower = [None if value is None else value * (1 - asked.band) for value in middle]
    sides, side, nearest = [], 0, math.inf
    for close, high, low in zip(closes, upper, lower, strict=True):
        if high is not None and low is not None:
            side = 1 if close > high * (1 + TOUCH) else -1 if close < low * (1 - TOUCH) else side
            apart = [abs(close - band) / close for band in (high, low)]
            nearest = min([nearest, *(share for share in apart if share > TOUCH / 10)])
        sides.append(side)
    missing = sum(value is None for value in middle)
    lines = {"slow": middle, "upper": upper, "lower": lower}
    return Sided(sides=sides, known_from=missing, nearest=nearest, lines=lines)


RULES: dict[str, Callable[[list[float], RuleParameters], Sided]] = {
    "ma_crossover": ma_crossover,
    "price_crossover": price_crossover,
    "triple_ma": triple_ma,
    "macd": macd,
    "ma_envelope": ma_envelope,
}


def compared(
    closes: list[float],
    one: list[float | None],
    other: list[float | None],
    lines: Lines,
    average: Average = Average.EXPONENTIAL,
) -> Sided:
    """Up where `one` was last above `other`, down where last below, 0 before they ever differed."""
    sides, side, nearest = [], 0, math.inf
    moved = False
    for close, a, b in zip(closes, one, other, strict=True):
        moved = moved or close != closes[0]
        if a is not None and b is not None and a != b:
            side = 1 if a > b else -1
            nearest = min(nearest, abs(a - b) / close)
        elif a is not None and a == b and moved and average == Average.HULL:
            nearest = 0.0
        sides.append(side)
    known = [bar for bar, value in enumerate(sides) if value != 0]
    return Sided(sides=sides, known_from=known[0] if known else len(sides), nearest=nearest, lines=lines)

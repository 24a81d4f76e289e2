"""Rules: small pure functions from prices to the side of the market wanted at each close.

A side is +1 (up: be long), -1 (down: be short where that is allowed, else out) or 0 (out, or not
known yet). The side at bar t depends on closes up to t and on nothing else.

To add a rule: name it in `enums.Rule`, write its function, and give it a definition in `RULES`.
Form, API, command, sweeps and documentation read the definition.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from strategies.engine.enums import Average, Rule
from strategies.engine.indicators import Indicator, Panel, average_of
from strategies.engine.moving_averages import exponential_average, moving_average
from strategies.engine.parameters import TUNABLE, WINDOWS, RuleParameters
from strategies.engine.prices import ROUNDING, FloatArray, Prices

type Sides = NDArray[np.int8]


class SweepKernel(StrEnum):
    """Name the compiled function by which a sweep decides many cells."""

    CROSSOVER = "crossover"
    """Up while the line of the fast window, or the close, is above that of the slow one."""
    TRIPLE_MA = "triple_ma"
    MACD = "macd"
    ENVELOPE = "envelope"


@dataclass(frozen=True, eq=False, kw_only=True)
class Decisions:
    """What a rule wants at each close, and what it sees.

    side: shape (bars,); +1, -1 or 0.
    known_from: index of the first bar at which the rule can tell a side; `bars` where it never can.
        From there on, 0 means out of the market.
    indicators: lines to draw, each of shape (bars,).
    closing_clause: of a custom rule, what asked at a bar to leave a position, as text.
    """

    side: Sides
    known_from: int
    indicators: tuple[Indicator, ...]
    closing_clause: Callable[[int], str | None] = lambda _: None


@dataclass(frozen=True, kw_only=True)
class Preset:
    """Well-known values of a rule's parameters; those that the rule does not use have no meaning."""

    title: str
    parameters: RuleParameters


@dataclass(frozen=True, kw_only=True)
class RuleDefinition:
    """Define a rule: its function, and what people are told about it.

    description: when it buys and when it sells, for someone who meets it for the first time.
    name: what its windows are preceded by where space is short; empty where they tell the rule.
    uses: names of the fields of RuleParameters that decide, in reading order.
    source: where the rule comes from.
    fixed_average: the kind of its averages, where it is no parameter.
    kernel: the compiled function that says the same of many cells; None: a sweep calls `decide` for each
        cell, which takes milliseconds instead of microseconds.
    """

    title: str
    name: str
    description: str
    source: str
    uses: tuple[str, ...]
    decide: Callable[[Prices, RuleParameters], Decisions]
    presets: tuple[Preset, ...]
    fixed_average: Average | None = None
    kernel: SweepKernel | None = None

    @property
    def windows(self) -> tuple[str, ...]:
        """Return the windows it uses, which must increase in this order."""
        return tuple(name for name in WINDOWS if name in self.uses)

    def in_short(self, asked: RuleParameters) -> str:
        """Return rule and tuning in a few words, such as "Simple 50 / 200" or "MACD 12 / 26 / 9"."""
        return f"{self.name} {self.tuning(asked)}".strip()

    def tuning(self, asked: RuleParameters) -> str:
        """Return what the rule is tuned by in a few words, such as "Simple 50 / 200" or "12 / 26 / 9"."""
        kind = f"{asked.average.capitalize()} " if "average" in self.uses else ""
        used = [parameter for name, parameter in TUNABLE.items() if name in self.uses]
        lengths, others = (
            [item.text(getattr(asked, item.name)) for item in used if item.is_percent == is_percent]
            for is_percent in (False, True)
        )
        return kind + ", ".join([" / ".join(lengths), *others])


def decide(rule: Rule, prices: Prices, asked: RuleParameters) -> Decisions:
    """Return what a built-in rule wants at each close of `prices`; `backtest.decisions_of` decides any.

    Raises PricesTooLarge when prices grew too much to be averaged exactly.
    """
    return RULES[rule].decide(prices, asked)


def ma_crossover(prices: Prices, asked: RuleParameters) -> Decisions:
    """Up while the fast average is above the slow one, down while it is below."""
    fast = average_of(prices, "fast", asked.average, asked.fast)
    slow = average_of(prices, "slow", asked.average, asked.slow)
    side = _remembered(_order(fast.values, slow.values))
    return Decisions(side=side, known_from=_first(side != 0), indicators=(fast, slow))


def price_crossover(prices: Prices, asked: RuleParameters) -> Decisions:
    """Up while the close is above its average, down while it is below."""
    slow = average_of(prices, "slow", asked.average, asked.slow)
    side = _remembered(_order(_close_in_ticks(prices), slow.values))
    return Decisions(side=side, known_from=_first(side != 0), indicators=(slow,))


def triple_ma(prices: Prices, asked: RuleParameters) -> Decisions:
    """Up while the averages stand fast over middle over slow, down while reversed, else out."""
    fast, middle, slow = (
        average_of(prices, name, asked.average, window)
        for name, window in (("fast", asked.fast), ("middle", asked.middle), ("slow", asked.slow))
    )
    upper = _remembered(_order(fast.values, middle.values))
    lower = _remembered(_order(middle.values, slow.values))
    return Decisions(
        side=np.where(upper == lower, upper, 0).astype(np.int8),
        known_from=_first((upper != 0) & (lower != 0)),
        indicators=(fast, middle, slow),
    )


def macd(prices: Prices, asked: RuleParameters) -> Decisions:
    """Up while the MACD line is above its signal line, down while it is below."""
    fast, slow = (
        moving_average(prices.close, window, Average.EXPONENTIAL) for window in (asked.fast, asked.slow)
    )
    line = fast - slow
    signal = np.full(len(line), np.nan)
    begins = asked.slow - 1
    signal[begins:] = exponential_average(line[begins:], asked.signal)
    side = _remembered(_order(line, signal))
    return Decisions(
        side=side,
        known_from=_first(side != 0),
        indicators=(
            Indicator(
                key="macd", label=f"MACD {asked.fast}, {asked.slow}", panel=Panel.OSCILLATOR, values=line
            ),
            Indicator(key="signal", label=f"Signal {asked.signal}", panel=Panel.OSCILLATOR, values=signal),
        ),
    )


def ma_envelope(prices: Prices, asked: RuleParameters) -> Decisions:
    """Up from a close above the upper band on, down from a close below the lower band on."""
    middle = average_of(prices, "slow", asked.average, asked.slow)
    upper, lower = middle.values * (1 + asked.band), middle.values * (1 - asked.band)
    close = _close_in_ticks(prices)
    # A close on a band is no break, and a product may miss the band by a rounding.
    above, below = close > upper * (1 + ROUNDING), close < lower * (1 - ROUNDING)
    distance = TUNABLE["band"].text(asked.band)
    return Decisions(
        side=_remembered(above.astype(np.int8) - below.astype(np.int8)),
        known_from=_first(~np.isnan(middle.values)),
        indicators=(
            middle,
            Indicator(key="upper", label=f"Upper band, {distance}", panel=Panel.PRICE, values=upper),
            Indicator(key="lower", label=f"Lower band, {distance}", panel=Panel.PRICE, values=lower),
        ),
    )


def not_built_in(_: Prices, __: RuleParameters) -> Decisions:
    """Refuse: what a custom rule wants depends on how it trades as well."""
    raise TypeError("backtest.decisions_of decides custom rules")


def _order(one: FloatArray, other: FloatArray) -> Sides:
    """Return 1 where `one` is above `other`, -1 where below, 0 where equal or where one is NaN."""
    return (one > other).astype(np.int8) - (one < other).astype(np.int8)


def _remembered(side: Sides) -> Sides:
    """Return `side` with every 0 replaced by the last value before it that was not 0.

    So touching without crossing is no cross, and a cross that pauses on equal bars is not lost.
    """
    last = np.where(side != 0, np.arange(len(side)), 0)
    return side[np.maximum.accumulate(last)]


def _first(holds: NDArray[np.bool_]) -> int:
    """Return the index of the first True; the length where there is none."""
    return int(holds.argmax()) if holds.any() else len(holds)


def _close_in_ticks(prices: Prices) -> FloatArray:
    """Return the closes rounded as averages of them are, so that a price can equal its average."""
    return moving_average(prices.close, 1, Average.SIMPLE)


def _preset(title: str, **parameters: float | Average) -> Preset:
    return Preset(title=title, parameters=RuleParameters(**parameters))  # type: ignore[arg-type]


RULES: Mapping[Rule, RuleDefinition] = {
    Rule.MA_CROSSOVER: RuleDefinition(
        title="Crossover of two averages",
        name="",
        description="Buys when the fast moving average crosses above the slow one, and sells when it crosses "
        "back below. The slow average follows the trend; the fast one tells when the trend turns.",
        source="Brock, Lakonishok and LeBaron (1992)",
        uses=("average", "fast", "slow"),
        decide=ma_crossover,
        kernel=SweepKernel.CROSSOVER,
        presets=(
            _preset("Golden cross, 50 / 200", fast=50, slow=200),
            _preset("Swing, 20 / 50", fast=20, slow=50),
            _preset("Short term, 5 / 20", fast=5, slow=20),
            _preset("Exponential, 12 / 26", average=Average.EXPONENTIAL, fast=12, slow=26),
        ),
    ),
    Rule.PRICE_CROSSOVER: RuleDefinition(
        title="Price against its average",
        name="Price against",
        description="Buys when the close crosses above its moving average, and sells when it crosses back "
        "below. One window alone: the slow one.",
        source="Faber (2007)",
        uses=("average", "slow"),
        decide=price_crossover,
        kernel=SweepKernel.CROSSOVER,
        presets=(
            _preset("200 days", slow=200),
            _preset("10 months, 210 days", slow=210),
            _preset("50 days", slow=50),
        ),
    ),
    Rule.TRIPLE_MA: RuleDefinition(
        title="Three averages in order",
        name="Triple",
        description="Buys when three moving averages come to stand in order, fast above middle above "
        "slow, and sells as soon as that order is broken. In between it stays out of the market.",
        source="Murphy (1999)",
        uses=("average", "fast", "middle", "slow"),
        decide=triple_ma,
        kernel=SweepKernel.TRIPLE_MA,
        presets=(
            _preset("Allen, 4 / 9 / 18", fast=4, middle=9, slow=18),
            _preset("10 / 20 / 50", fast=10, middle=20, slow=50),
            _preset("20 / 50 / 200", fast=20, middle=50, slow=200),
        ),
    ),
    Rule.MACD: RuleDefinition(
        title="MACD and its signal line",
        name="MACD",
        description="The MACD line is the fast exponential average less the slow one. Buys when it crosses "
        "above its own exponential average, the signal line, and sells when it crosses back below.",
        source="Appel (1979)",
        uses=("fast", "slow", "signal"),
        decide=macd,
        fixed_average=Average.EXPONENTIAL,
        kernel=SweepKernel.MACD,
        presets=(
            _preset("Classic, 12 / 26 / 9", fast=12, slow=26, signal=9),
            _preset("Fast, 5 / 35 / 5", fast=5, slow=35, signal=5),
            _preset("Slow, 19 / 39 / 9", fast=19, slow=39, signal=9),
        ),
    ),
    Rule.MA_ENVELOPE: RuleDefinition(
        title="Bands around an average",
        name="Bands around",
        description="Buys when the close breaks out above the upper band, a fixed distance over its moving "
        "average, and sells when it falls below the lower one. Between the bands nothing changes, which "
        "spares many false signals.",
        source="Brock, Lakonishok and LeBaron (1992), with a band",
        uses=("average", "slow", "band"),
        decide=ma_envelope,
        kernel=SweepKernel.ENVELOPE,
        presets=(
            _preset("20 days, 2.5 %", slow=20, band=0.025),
            _preset("50 days, 5 %", slow=50, band=0.05),
            _preset("200 days, 1 %", slow=200, band=0.01),
        ),
    ),
    Rule.CUSTOM: RuleDefinition(
        title="Custom rule",
        name="Custom rule",
        description="Buys and sells by conditions of your own, written as text such as "
        "“sma(20) crosses above sma(50) and close > ema(200)”.",
        source="Your own conditions",
        uses=(),
        decide=not_built_in,
        presets=(),
    ),
}
"""Every rule, in the order in which they are offered."""

BUILT_IN = tuple(rule for rule in Rule if rule != Rule.CUSTOM)
"""The rules that are functions of their own."""

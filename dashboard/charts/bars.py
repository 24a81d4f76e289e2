"""Small bar charts as SVG: returns by year, and how the returns of trades are distributed.

They need no script, so they are there in print and without JavaScript. Heights and texts are in
pixels and horizontal places in percent of the width, so that texts keep their size on any screen.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

from core.formatting import counted, percent, signed_percent
from strategies.backtests.schemas import ReturnsByPeriod

HEIGHT = 168
TOP, BOTTOM = 14, 22
"""Pixels above the highest value and, for the labels, under the lowest."""
WIDTH = 91.0
"""Percent of the width that bars take; the rest is for the labels of the axis."""

MOST_LABELS = 15
MOST_BINS = 15
MOST_TICKS = 4


@dataclass(frozen=True, kw_only=True)
class Bar:
    """A bar: x and width in percent, y and height in pixels. title: its value in words."""

    x: float
    width: float
    y: float
    height: float
    style: str
    title: str


@dataclass(frozen=True, kw_only=True)
class Label:
    """A text at a place: x in percent, y in pixels."""

    x: float
    y: float
    text: str


@dataclass(frozen=True, kw_only=True)
class BarChart:
    """A drawing of HEIGHT pixels. lines: y of the grid's lines; zero: y of the line that bars stand on."""

    bars: list[Bar]
    lines: list[Label]
    labels: list[Label]
    zero: float
    height: int = HEIGHT


@dataclass(frozen=True, kw_only=True)
class Bin:
    """The trades with a return from `low` up to, not including, `high`; both fractions."""

    low: float
    high: float
    trades: int


@dataclass(frozen=True)
class _Scale:
    """From values to pixels."""

    low: float
    high: float

    def y(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return round(HEIGHT - BOTTOM - share * (HEIGHT - BOTTOM - TOP), 1)

    def bar(self, value: float) -> tuple[float, float]:
        """Return top and height of a bar from zero; what is not zero can be seen."""
        top, bottom = sorted((self.y(value), self.y(0)))
        return top, round(max(bottom - top, 1.0 if value else 0.0), 1)

    def ticks(self) -> list[float]:
        step = _round_step(self.high - self.low, MOST_TICKS)
        return [step * number for number in range(ceil(self.low / step), floor(self.high / step) + 1)]


def yearly_bars(yearly: ReturnsByPeriod) -> BarChart:
    """Return the strategy's return of each year beside that of buy and hold."""
    values = [*yearly.strategy, *yearly.benchmark, 0.0]
    scale = _Scale(min(values), max(*values, min(values) + 0.01))
    slot = WIDTH / len(yearly.periods)
    every = -(-len(yearly.periods) // MOST_LABELS)
    bars, labels = [], []
    for index, (year, strategy, benchmark) in enumerate(
        zip(yearly.periods, yearly.strategy, yearly.benchmark, strict=True)
    ):
        for offset, value, style, name in (
            (0.14, strategy, "gain" if strategy >= 0 else "loss", "strategy"),
            (0.52, benchmark, "other", "buy and hold"),
        ):
            y, height = scale.bar(value)
            title = f"{year}, {name}: {signed_percent(value)}"
            x = round((index + offset) * slot, 2)
            bars.append(Bar(x=x, width=round(0.34 * slot, 2), y=y, height=height, style=style, title=title))
        if index % every == 0:
            labels.append(
                Label(
                    x=round((index + 0.5) * slot, 2),
                    y=HEIGHT - 6,
                    text=f"\N{RIGHT SINGLE QUOTATION MARK}{year[2:]}",
                )
            )
    lines = [Label(x=100, y=scale.y(tick), text=percent(tick, 0)) for tick in scale.ticks()]
    return BarChart(bars=bars, lines=lines, labels=labels, zero=scale.y(0))


def return_bins(returns: Sequence[float]) -> list[Bin]:
    """Return how many trades had which return, in steps of a round width from zero on."""
    if not returns:
        return []
    step = _round_step(max(max(returns) - min(returns), 0.01), MOST_BINS)
    counts = Counter(floor(value / step + 1e-9) for value in returns)
    return [
        Bin(low=number * step, high=(number + 1) * step, trades=counts[number])
        for number in range(min(counts), max(counts) + 1)
    ]


def distribution_bars(bins: Sequence[Bin]) -> BarChart:
    """Return how many trades had which return; `bins` is not empty."""
    scale = _Scale(0, max(item.trades for item in bins))
    slot = WIDTH / len(bins)
    every = -(-len(bins) // (MOST_LABELS // 2))
    bars, labels = [], []
    for index, item in enumerate(bins):
        y, height = scale.bar(item.trades)
        bars.append(
            Bar(
                x=round((index + 0.06) * slot, 2),
                width=round(0.88 * slot, 2),
                y=y,
                height=height,
                style="loss" if item.low < 0 else "gain",
                title=f"{percent(item.low, 1)} to {percent(item.high, 1)}: {counted(item.trades, 'trade')}",
            )
        )
        if item.trades:
            labels.append(Label(x=round((index + 0.5) * slot, 2), y=round(y - 4, 1), text=str(item.trades)))
        if (index - _position_of_zero(bins)) % every == 0:
            labels.append(Label(x=round(index * slot, 2), y=HEIGHT - 6, text=percent(item.low, 0)))
    return BarChart(bars=bars, lines=[], labels=labels, zero=scale.y(0))


def _position_of_zero(bins: Sequence[Bin]) -> int:
    return sum(item.low < 0 for item in bins)


def _round_step(length: float, most: int) -> float:
    """Return the least of 1, 2 or 5 times a power of ten that fits into `length` at most `most` times."""
    rough = length / most
    power = 10.0 ** floor(log10(rough))
    return next(digit * power for digit in (1, 2, 5, 10) if digit * power >= rough * (1 - 1e-9))

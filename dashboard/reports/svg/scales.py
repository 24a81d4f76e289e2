"""The axes of the printed charts: from values and dates to points of the page, and round ticks between."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

type Dates = NDArray[np.datetime64]
type Values = NDArray[np.float64]

ROUND_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
"""Distances of ticks, times a power of ten."""

WIDE_RANGE, HUGE_RANGE = 3.0, 10_000.0
"""From these ratios of the highest to the lowest value, a log axis is labelled 1, 2, 5, 10, or 1, 10, 100."""

DAYS_IN_A_YEAR, DAYS_IN_A_MONTH = 365.25, 30.44


def days_of(dates: Sequence[date]) -> Dates:
    """Return dates as an array; shape (bars,)."""
    return np.array(dates, dtype="datetime64[D]")


@dataclass(frozen=True, kw_only=True)
class Scale:
    """Values from `low` to `high` as distances from `start` to `end`, in points of the page."""

    low: float
    high: float
    start: float
    end: float
    logarithmic: bool = False

    def position(self, value: float) -> float:
        """Return where one value lies."""
        return float(self.positions(np.array([value]))[0])

    def positions(self, values: NDArray[Any]) -> Values:
        """Return where values lie; shape and order stay."""
        low, high = (math.log(self.low), math.log(self.high)) if self.logarithmic else (self.low, self.high)
        moved = np.log(values) if self.logarithmic else values.astype(np.float64)
        return self.start + (moved - low) / (high - low) * (self.end - self.start)

    def ticks(self, about: int) -> list[float]:
        """Return round values inside the scale, `about` so many where it is linear."""
        return (
            log_ticks(self.low, self.high) if self.logarithmic else linear_ticks(self.low, self.high, about)
        )


def value_scale(values: Sequence[float], *, start: float, end: float, logarithmic: bool = False) -> Scale:
    """Return a scale that holds all `values` with a little room, whatever they are.

    logarithmic: values that are not above zero have no place on it and are left out.
    """
    shown = [value for value in values if value > 0] if logarithmic else list(values)
    low, high = (min(shown), max(shown)) if shown else (1.0, 1.0)
    if logarithmic:
        room = max((high / low) ** 0.04, 1.01)
        return Scale(low=low / room, high=high * room, start=start, end=end, logarithmic=True)
    if high - low <= 1e-9 * max(abs(low), abs(high)):
        low, high = low - (abs(low) or 1) * 0.1, high + (abs(high) or 1) * 0.1
    room = (high - low) * 0.04
    # An axis that starts or ends at zero keeps its zero line at the edge.
    return Scale(low=low - room * (low != 0), high=high + room * (high != 0), start=start, end=end)


def date_scale(dates: Dates, *, start: float, end: float) -> Scale:
    """Return a scale of days since 1970-01-01 with a little room on both sides."""
    first, last = (float(day) for day in dates[[0, -1]].astype(np.int64))
    room = max((last - first) * 0.008, 0.5)
    return Scale(low=first - room, high=last + room, start=start, end=end)


def linear_ticks(low: float, high: float, about: int) -> list[float]:
    """Return multiples of 1, 2, 2.5 or 5 times a power of ten, at most `about` of them."""
    span = (high - low) / about
    magnitude = 10.0 ** math.floor(math.log10(span))
    step = next(step * magnitude for step in ROUND_STEPS if step * magnitude >= span * (1 - 1e-9))
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [round(number * step, 12) for number in range(first, last + 1)]


def log_ticks(low: float, high: float) -> list[float]:
    """Return values that label a logarithmic axis: the wider it is, the fewer for each power of ten."""
    if high / low < WIDE_RANGE:
        return linear_ticks(low, high, 5)
    factors = (1, 2, 5) if high / low < HUGE_RANGE else (1,)
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    ticks = [factor * 10.0**power for power in powers for factor in factors]
    return [tick for tick in ticks if low <= tick <= high]


def date_ticks(low: float, high: float, about: int = 8) -> list[tuple[float, str]]:
    """Return days since 1970-01-01 and their labels: years, months or days, as suits the span."""
    wanted = (high - low) / about
    if wanted > DAYS_IN_A_YEAR / 2:
        step = next((step for step in (1, 2, 5, 10, 20) if step * DAYS_IN_A_YEAR >= wanted * 0.8), 50)
        return _months_apart(low, high, 12 * step, "%Y")
    if wanted > DAYS_IN_A_MONTH / 2:
        step = next(step for step in (1, 2, 3, 6, 12) if step * DAYS_IN_A_MONTH >= wanted * 0.8)
        return _months_apart(low, high, step, "%b %Y")
    apart = max(1, math.ceil(wanted))
    days = np.arange(math.ceil(low), math.floor(high) + 1, apart)
    return [(float(day), _label(day.astype("datetime64[D]").item(), "%d %b %Y")) for day in days]


def _months_apart(low: float, high: float, step: int, pattern: str) -> list[tuple[float, str]]:
    first, last = (
        np.int64(math.floor(day)).astype("datetime64[D]").astype("datetime64[M]") for day in (low, high)
    )
    months = np.arange(first.astype(np.int64) // step * step, last.astype(np.int64) + 1, step)
    days = [month.astype("datetime64[M]").astype("datetime64[D]") for month in months]
    placed = [(float(day.astype(np.int64)), _label(day.item(), pattern)) for day in days]
    return [(day, label) for day, label in placed if low <= day <= high]


def _label(day: date, pattern: str) -> str:
    return f"{day:{pattern}}"

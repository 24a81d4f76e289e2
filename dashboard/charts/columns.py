"""Columns of a chart: few enough points to draw at once, and in the form that the browser takes."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
from numpy.typing import NDArray

MAX_POINTS = 1500
"""Points of a line; a canvas redraws that many within 50 ms."""

MAX_CANDLES = 260
"""Candles in view, such as those of a year; more would be too thin to show their bodies."""

EPOCH = date(1970, 1, 1).toordinal()

Columns = dict[str, list[float | None]]
"""Values by name, of equal length; `day` counts days since 1970-01-01, as do `left` and `right`, the first
and last day of a candle."""


@dataclass(frozen=True, kw_only=True)
class ChartColumns:
    """What the browser puts into a skeleton.

    sources: columns by the name of their source; NaN and null are gaps.
    labels: names of lines that depend on the result; an empty one hides its line.
    bases: values from which percentages count, by name.
    first_day, last_day: extent of the dates, in days since 1970-01-01.
    opening_day: where the view opens; None: at the first day.
    detail_address: where a part of the range, or every day, can be had; empty when all of it is here.
    sessions: the first session's day, then the days from each to the next; empty where they are unknown.
    """

    sources: dict[str, Columns]
    labels: dict[str, str] = field(default_factory=dict)
    bases: dict[str, float] = field(default_factory=dict)
    first_day: int
    last_day: int
    opening_day: int | None = None
    detail_address: str = ""
    sessions: list[int] = field(default_factory=list)


def thinned(lines: Sequence[NDArray[np.float64]], limit: int = MAX_POINTS) -> NDArray[np.intp]:
    """Return the positions to draw, in order, so that no peak or trough of any line is lost.

    lines: arrays of shape (bars,), without NaN, that share their dates.
    The first and last bar stay, and of every stretch between them each line's lowest and highest
    value. At most `limit` positions; all of them where there are no more bars than that.
    """
    bars = len(lines[0])
    if bars <= limit:
        return np.arange(bars)
    inner = bars - 2
    width = -(-inner // ((limit - 2) // (2 * len(lines))))
    rows = -(-inner // width)
    stretch_starts = 1 + width * np.arange(rows)
    kept = [np.array([0, bars - 1])]
    for line in lines:
        # Filled up with its last value, which is found at its first place.
        filling = np.full(rows * width - inner, line[-2])
        stretches = np.concatenate([line[1:-1], filling]).reshape(rows, width)
        kept += [stretch_starts + stretches.argmin(axis=1), stretch_starts + stretches.argmax(axis=1)]
    return np.unique(np.concatenate(kept))


def group_starts(
    bars: int, shown: NDArray[np.intp] | None = None, limit: int = MAX_CANDLES
) -> NDArray[np.intp]:
    """Return where groups of neighbouring bars start, so that there are at most about `limit` of them.

    shown: positions of neighbouring bars that get as many groups to themselves; the groups of the
    others then end where these begin.
    """
    size = -(-bars // limit)
    starts = np.arange(0, bars, size)
    if shown is None or not shown.size:
        return starts
    first, after = int(shown[0]), int(shown[-1]) + 1
    inside = np.arange(first, after, -(-len(shown) // limit))
    outside = starts[(starts < first) | (starts > after)]
    following = np.arange(after, min(after + 1, bars))
    return np.unique(np.concatenate([outside, inside, following])).astype(np.intp)


def days_since_epoch(dates: Sequence[date]) -> NDArray[np.int64]:
    """Return dates as days since 1970-01-01; shape (bars,)."""
    # NumPy reads Python's dates one by one, ten times as slowly.
    return np.fromiter(map(date.toordinal, dates), dtype=np.int64, count=len(dates)) - EPOCH


def rounded(values: NDArray[np.float64], decimals: int) -> list[float | None]:
    """Return the values rounded to what the legend shows; NaN stays, and travels as null."""
    column: list[float | None] = values.round(decimals).tolist()
    return column

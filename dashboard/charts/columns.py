"""Columns of a chart: few enough points to draw at once, and in the form that the browser takes."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

MAX_POINTS = 1500
"""Points of a line; a canvas redraws that many within 50 ms."""

Columns = dict[str, list[float | None]]
"""Values by name, of equal length; `day` counts days since 1970-01-01."""


@dataclass(frozen=True, kw_only=True)
class ChartColumns:
    """What the browser puts into a skeleton.

    sources: columns by the name of their source.
    labels: names of lines that depend on the result.
    first_day, last_day: extent of the dates, in days since 1970-01-01.
    opening_day: where the view opens; None: at the first day.
    detail_address: where a part of the range can be had in full; empty when all of it is here.
    """

    sources: dict[str, Columns]
    labels: dict[str, str] = field(default_factory=dict)
    first_day: int
    last_day: int
    opening_day: int | None = None
    detail_address: str = ""


def thinned(lines: Sequence[NDArray[np.float64]], limit: int = MAX_POINTS) -> NDArray[np.intp]:
    """Return the positions to draw, in order, so that no peak or trough of any line is lost.

    lines: arrays of shape (bars,), without NaN, that share their dates.
    The first and last bar stay, and of every stretch between them each line's lowest and highest
    value. At most `limit` positions; all of them where there are no more bars than that.
    """
    bars = len(lines[0])
    if bars <= limit:
        return np.arange(bars)
    stretches = (limit - 2) // (2 * len(lines))
    edges = np.linspace(1, bars - 1, stretches + 1).astype(np.intp)
    kept = {0, bars - 1}
    for start, stop in pairwise(edges):
        for line in lines:
            stretch = line[start:stop]
            kept.update((int(start + stretch.argmin()), int(start + stretch.argmax())))
    return np.array(sorted(kept))


def days_since_epoch(dates: Sequence[date]) -> NDArray[np.int64]:
    """Return dates as days since 1970-01-01; shape (bars,)."""
    return np.array(dates, dtype="datetime64[D]").astype(np.int64)


def column(
    values: Sequence[float | None], positions: NDArray[np.intp], *, decimals: int
) -> list[float | None]:
    """Return the values at `positions`, rounded to what the legend shows."""
    kept = (values[position] for position in positions)
    return [None if value is None else round(value, decimals) for value in kept]

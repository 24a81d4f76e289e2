"""What bands promised against what they held, as SVG: on the diagonal a promise is kept.

Like the bars of `dashboard.charts.bars` it needs no script: heights are in pixels, horizontal places in
percent of the width.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from core.formatting import percent
from dashboard.charts.bars import WIDTH, Label
from forecasting.schemas import Calibration

HEIGHT = 220
TOP, BOTTOM = 10, 24
"""Pixels above 100 % and, for the labels, under 0 %."""
TICKS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)


@dataclass(frozen=True, kw_only=True)
class Dot:
    """A band: x in percent, y in pixels; title: its figures in words."""

    x: float
    y: float
    title: str


@dataclass(frozen=True, kw_only=True)
class Segment:
    """A line between two places."""

    x1: float
    y1: float
    x2: float
    y2: float


@dataclass(frozen=True, kw_only=True)
class CalibrationChart:
    """The drawing. lines: the levels of the grid; labels: of the horizontal axis; promise: the diagonal."""

    dots: list[Dot]
    segments: list[Segment]
    promise: Segment
    lines: list[Label]
    labels: list[Label]
    height: int = HEIGHT


def calibration_chart(rows: Sequence[Calibration]) -> CalibrationChart:
    """Return the drawing of `rows`, narrowest band first."""
    dots = [
        Dot(
            x=_x(row.nominal),
            y=_y(row.coverage),
            title=f"{percent(row.nominal, 0)} band: held {percent(row.coverage, 1)} of the closes",
        )
        for row in rows
    ]
    return CalibrationChart(
        dots=dots,
        segments=[Segment(x1=first.x, y1=first.y, x2=then.x, y2=then.y) for first, then in pairwise(dots)],
        promise=Segment(x1=_x(0), y1=_y(0), x2=_x(1), y2=_y(1)),
        lines=[Label(x=100, y=_y(tick), text=percent(tick, 0)) for tick in TICKS],
        labels=[Label(x=_x(tick), y=HEIGHT - 6, text=percent(tick, 0)) for tick in TICKS[1:-1]],
    )


def describe_calibration(rows: Sequence[Calibration]) -> str:
    """Return what the drawing shows."""
    worst = max(rows, key=lambda row: abs(row.coverage - row.nominal))
    return (
        "Each dot is a band: how many closes it should hold, to the right, and how many it held, upwards. On "
        "the dashed line both are equal; under it a band was too narrow. Farthest off is the "
        f"{percent(worst.nominal, 0)} band, which held {percent(worst.coverage, 1)}."
    )


def _x(share: float) -> float:
    return round(WIDTH * share, 2)


def _y(share: float) -> float:
    return round(HEIGHT - BOTTOM - share * (HEIGHT - BOTTOM - TOP), 1)

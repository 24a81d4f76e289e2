"""Panels of the printed charts: a title, a legend, two axes, and what is drawn between them.

Lines differ by dash and weight, bands by brightness, marks by shape, so that a print in grey says the same.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from dashboard.charts.columns import thinned
from dashboard.reports.svg.drawing import Anchor, Drawing, Mark, Stroke, text_width
from dashboard.reports.svg.scales import Dates, Scale, Values, date_scale, date_ticks, value_scale

WIDTH = 510.0
"""Points between the margins of the page: 180 mm."""

LEFT, RIGHT = 40.0, 4.0
"""Room for the labels of the values, and for the end of the last date."""

HEAD, FOOT, GAP = 14.0, 12.0, 8.0
"""Room for title and legend, for the dates, and between two panels."""

INK, MUTED, GRID, AXIS = "#1c2530", "#5b6570", "#e4e7eb", "#9aa3ad"
TEXT = 6.6
SAMPLE, SPACE_AROUND = 14.0, 4.0
"""Of the legend: the length of a line's sample, and the room between sample and words."""

PRINTED_POINTS = 500
"""Points of a line: its lowest and highest value in every 0.7 mm, the width of the stroke and its gap."""

GRID_LINE, AXIS_LINE, ZERO_LINE = (
    Stroke(colour=GRID, width=0.5), Stroke(colour=AXIS, width=0.5), Stroke(colour=INK, width=0.5),
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Area:
    """A filled sample in a legend."""

    colour: str


@dataclass(frozen=True, kw_only=True)
class Symbol:
    """A mark in a legend and in a panel."""

    mark: Mark
    size: float
    colour: str
    edge: Stroke | None = None


type Sample = Stroke | Area | Symbol
"""How a legend shows what a word stands for."""


@dataclass(frozen=True, kw_only=True)
class Panel:
    """A part of a drawing with axes of its own; positions are days since 1970-01-01 and values."""

    drawing: Drawing
    dates: Scale
    values: Scale

    def line(self, dates: Dates, values: Sequence[float | None], stroke: Stroke) -> None:
        """Draw values over dates, the undefined ones left out; no peak or trough is lost."""
        days, column = self._printed(dates, values)
        if len(days) == 1:  # one bar makes no line
            self.drawing.marks(days, column, Mark.DOT, size=2.5, colour=stroke.colour)
        else:
            self.drawing.line(days, column, stroke)

    def fill(self, dates: Dates, values: Sequence[float | None], colour: str, *, to: float = 0.0) -> None:
        """Fill between values over dates and one value."""
        days, column = self._printed(dates, values)
        self.drawing.area(days, column, np.full(len(days), self.values.position(to)), colour)

    def band(self, dates: Dates, low: Sequence[float], high: Sequence[float], colour: str) -> None:
        """Fill between two lines over dates."""
        lower, upper = (self.values.positions(np.array(edge)) for edge in (low, high))
        self.drawing.area(self._days(dates), lower, upper, colour)

    def symbols(self, dates: Dates, values: Sequence[float], symbol: Symbol) -> None:
        """Draw a mark for each value."""
        days, column = self._days(dates), self.values.positions(np.array(values, dtype=np.float64))
        self.drawing.marks(
            days, column, symbol.mark, size=symbol.size, colour=symbol.colour, edge=symbol.edge
        )

    def ranges(self, dates: Dates, low: Sequence[float], high: Sequence[float], stroke: Stroke) -> None:
        """Draw a vertical line for each range of values."""
        ends = (self.values.positions(np.array(edge)) for edge in (low, high))
        self.drawing.segments(
            ((day, bottom, day, top) for day, bottom, top in zip(self._days(dates), *ends, strict=True)),
            stroke,
        )

    def bars(self, dates: Dates, values: Sequence[float], colour: str, *, width: float, shift: float) -> None:
        """Draw a bar from zero for each value, `width` wide, its left edge `shift` from its date."""
        zero, ends = self.values.position(0), self.values.positions(np.array(values))
        self.drawing.rectangles(
            (
                (x + shift, min(zero, y), width, abs(zero - y))
                for x, y in zip(self._days(dates), ends, strict=True)
            ),
            colour,
        )

    def level(self, value: float, stroke: Stroke = ZERO_LINE) -> None:
        """Draw a horizontal line at a value."""
        y = self.values.position(value)
        self.drawing.segments([(LEFT, y, WIDTH - RIGHT, y)], stroke)

    def moment(self, day: float, stroke: Stroke) -> None:
        """Draw a vertical line at a day."""
        x = self.dates.position(day)
        self.drawing.segments([(x, self.values.start, x, self.values.end)], stroke)

    def _days(self, dates: Dates) -> Values:
        return self.dates.positions(dates.astype(np.int64))

    def _printed(self, dates: Dates, values: Sequence[float | None]) -> tuple[Values, Values]:
        """Return the points that print; what is undefined, or has no place on a log axis, is left out."""
        column = np.array(values, dtype=np.float64)
        shown = np.isfinite(column) & ((column > 0) | (not self.values.logarithmic))
        dates, column = dates[shown], column[shown]
        if len(column):
            drawn = thinned([column], PRINTED_POINTS)
            dates, column = dates[drawn], column[drawn]
        return self._days(dates), self.values.positions(column)


@dataclass(frozen=True, kw_only=True)
class PanelPlan:
    """What a panel shows beside its data.

    height: of the plot, in points of the page.
    values: everything that must lie inside the value axis.
    label: writes a value at the axis.
    """

    title: str
    height: float
    values: Sequence[float]
    label: Callable[[float], str]
    legend: Sequence[tuple[str, Sample]] = ()
    logarithmic: bool = False
    ticks: int = 5


def time_panels(
    dates: Dates, plans: Sequence[PanelPlan], *, marks: Sequence[tuple[float, str]] | None = None
) -> tuple[Drawing, list[Panel]]:
    """Return a drawing with panels under each other on one time axis, axes and legends drawn.

    marks: days since 1970-01-01 and their labels; None: round dates.
    """
    height = sum(HEAD + plan.height for plan in plans) + GAP * (len(plans) - 1) + FOOT
    drawing = Drawing(width=WIDTH, height=height)
    days = date_scale(dates, start=LEFT, end=WIDTH - RIGHT)
    labels = [(days.position(day), label) for day, label in marks or date_ticks(days.low, days.high)]
    panels, top = [], 0.0
    for plan in plans:
        upper, lower = top + HEAD, top + HEAD + plan.height
        values = value_scale(plan.values, start=lower, end=upper, logarithmic=plan.logarithmic)
        drawing.segments([(x, upper, x, lower) for x, _ in labels], GRID_LINE)
        draw_values(drawing, values, plan.ticks, plan.label)
        draw_head(drawing, top, plan.title, plan.legend)
        panels.append(Panel(drawing=drawing, dates=days, values=values))
        top = lower + GAP
    bottom = height - FOOT
    drawing.segments([(LEFT, bottom, WIDTH - RIGHT, bottom)], AXIS_LINE)
    for x, label in labels:
        # A label at the edge would leave the page.
        half = text_width(label, TEXT) / 2
        centre = min(max(x, LEFT + half), WIDTH - half)
        drawing.text(centre, height - 2.5, label, size=TEXT, colour=MUTED, anchor=Anchor.MIDDLE)
    return drawing, panels


def draw_values(drawing: Drawing, values: Scale, ticks: int, label: Callable[[float], str]) -> None:
    """Draw the lines and labels of a value axis."""
    places = [(values.position(tick), label(tick)) for tick in values.ticks(ticks)]
    drawing.segments([(LEFT, y, WIDTH - RIGHT, y) for y, _ in places], GRID_LINE)
    for y, text in places:
        drawing.text(LEFT - 4, y + 2.3, text, size=TEXT, colour=MUTED, anchor=Anchor.END)


def draw_head(drawing: Drawing, top: float, title: str, legend: Sequence[tuple[str, Sample]]) -> None:
    """Write the title at the left and the legend at the right of the line above a panel."""
    base = top + 7.5
    drawing.text(0, base, title, size=7, colour=INK, bold=True)
    right = WIDTH - RIGHT
    for words, sample in reversed(legend):
        left = right - text_width(words, TEXT)
        drawing.text(left, base, words, size=TEXT, colour=INK)
        _draw_sample(drawing, left - SPACE_AROUND - SAMPLE, base - 2.4, sample)
        right = left - SAMPLE - 3.5 * SPACE_AROUND


def _draw_sample(drawing: Drawing, left: float, middle: float, sample: Sample) -> None:
    match sample:
        case Stroke():
            drawing.segments([(left, middle, left + SAMPLE, middle)], sample)
        case Area():
            drawing.rectangles([(left, middle - 2.5, SAMPLE, 5)], sample.colour)
        case Symbol():
            x, y = np.array([left + SAMPLE - 3]), np.array([middle])
            drawing.marks(
                x, y, sample.mark, size=max(sample.size, 3.5), colour=sample.colour, edge=sample.edge
            )

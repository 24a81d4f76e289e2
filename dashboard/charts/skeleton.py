"""Charts without data: built once, sent once, filled in the browser.

Building a figure costs a tenth of a second, its data a hundredth of that. So each kind of chart is
a skeleton that the browser keeps; a result sends only its columns, and static/js/charts puts them
into the skeleton's sources. What the script must know of the skeleton stands in the models' tags:

    color:<property>=<token>          take the colour of a design token, anew when the theme changes
    follow:<source>=<column>,...      on a y range: keep these columns in view as the x range moves
    ticks:<name>                      on a y range: write round numbers into this axis
    scale:<linear|log|chosen>         on a y range: what is round on it; chosen: as the reader chose
    floor:<value>                     on a y range: this value stays in view
    base:<name>                       on a y range: percentages count from the base of that name
    mode:<name>=<choice>              draw only while the reader has made that choice
    size:<least>,<most>               on marks: their size in pixels, less where many crowd the view
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from typing import Literal

from bokeh.core.json_encoder import serialize_json
from bokeh.document import Document
from bokeh.models import (
    BasicTicker,
    ColumnDataSource,
    FixedTicker,
    Model,
    NoOverlap,
    NumeralTickFormatter,
    PanTool,
    Range1d,
    WheelZoomTool,
)
from bokeh.models.annotations import Span
from bokeh.models.glyphs import Line
from bokeh.models.renderers import GlyphRenderer
from bokeh.plotting import figure

FONT = "ui-sans-serif, system-ui, sans-serif"
AXIS_WIDTH = 56
"""Pixels right of every panel: panels under each other then share their x positions."""


@dataclass(frozen=True, kw_only=True)
class Skeleton:
    """A chart without data. `version` changes when, and only when, the skeleton does."""

    json: str
    version: str


def skeleton_of(panels: Sequence[figure]) -> Skeleton:
    """Return the skeleton of figures under each other that share one document."""
    document = Document()
    for plot in panels:
        document.add_root(plot)
    content = {"document": document.to_json(deferred=False), "roots": [plot.id for plot in panels]}
    text = _renumbered(serialize_json(content))
    return Skeleton(json=text, version=sha256(text.encode()).hexdigest()[:12])


def _renumbered(text: str) -> str:
    """Number Bokeh's models from one: their numbers otherwise depend on what was built before."""
    numbers: dict[str, int] = {}
    return re.sub(r'"p(\d+)"', lambda found: f'"p{numbers.setdefault(found[1], len(numbers) + 1)}"', text)


def empty_source(name: str, *columns: str) -> ColumnDataSource:
    """Return a source that the browser fills; `date` is there always."""
    return ColumnDataSource(data={column: [] for column in ("date", *columns)}, name=name)


def date_range() -> Range1d:
    """Return the x range that panels under each other share; the browser sets it and names its days."""
    return Range1d(start=0, end=1, name="dates")


def panel(
    *,
    dates: Range1d,
    number_format: str,
    follow: Sequence[str],
    label: str,
    dated: bool,
    logarithmic: bool = False,
    choosable: bool = False,
    base: str = "",
    floor: float | None = None,
    ticks: int = 6,
) -> figure:
    """Return an empty panel.

    number_format: of the y axis, in numbro's notation.
    follow: `<source>=<column>,...` of the values that the y range keeps in view.
    label: what a screen reader calls the drawing.
    dated: whether the dates stand under it, as they do under the lowest of panels.
    logarithmic: whether equal distances are equal ratios, as suits prices over years.
    choosable: whether the reader may choose a linear scale in its place.
    base: name of the value from which percentages count, for a reader who wants them instead of money.
    floor: a value that stays in view, such as zero for volumes.
    ticks: about how many values stand at the axis, where the browser does not write them.
    """
    scale: Literal["log", "linear"] = "log" if logarithmic else "linear"
    axis_name = f"axis of {follow[0]}"
    tags = [f"follow:{columns}" for columns in follow]
    tags.append("scale:chosen" if choosable else f"scale:{scale}")
    # Bokeh's own ticker marks powers of ten alone on a logarithmic axis.
    tags += [f"ticks:{axis_name}"] if logarithmic else []
    tags += [f"base:{base}"] if base else []
    tags += [] if floor is None else [f"floor:{floor}"]
    plot = figure(
        x_range=dates,
        y_range=Range1d(start=1, end=2, tags=tags),
        y_axis_type=scale,
        x_axis_type="linear",
        y_axis_location="right",
        sizing_mode="stretch_both",
        toolbar_location=None,
        tools=[PanTool(dimensions="width"), WheelZoomTool(dimensions="width", modifiers="ctrl")],
        min_border_left=4,
        min_border_right=AXIS_WIDTH,
        min_border_top=6,
        min_border_bottom=22 if dated else 4,
        background_fill_color=None,
        border_fill_color=None,
        outline_line_color=None,
        html_attributes={"role": "img", "aria-label": label},
    )
    _style_axes(plot, dated=dated)
    axis = plot.yaxis[0]
    axis.name = axis_name
    axis.formatter = NumeralTickFormatter(format=number_format)
    axis.ticker = plot.ygrid.ticker = (
        FixedTicker(ticks=[]) if logarithmic else BasicTicker(desired_num_ticks=ticks)
    )
    return plot


def _style_axes(plot: figure, *, dated: bool) -> None:
    plot.xaxis.visible = dated
    plot.xaxis.major_label_policy = NoOverlap(min_distance=12)
    for axis in (*plot.xaxis, *plot.yaxis):
        axis.major_label_text_font = FONT
        axis.major_label_text_font_size = "11px"
        axis.axis_line_color = axis.minor_tick_line_color = axis.major_tick_line_color = None
        take_colours(axis, major_label_text_color="--ink-muted")
    for grid in (*plot.xgrid, *plot.ygrid):
        take_colours(grid, grid_line_color="--data-grid")


def take_colours(model: Model, **tokens: str) -> None:
    """Let properties of `model` take the colours of design tokens in the browser."""
    model.tags = [*model.tags, *(f"color:{name}={token}" for name, token in tokens.items())]


def only_while(model: Model, choice: str) -> None:
    """Draw `model` only while the reader has made this choice, such as `price=candles`."""
    model.tags = [*model.tags, f"mode:{choice}"]


def draw_line(
    plot: figure,
    source: ColumnDataSource,
    column: str,
    token: str,
    *,
    width: float = 1.5,
    dash: str = "solid",
) -> "GlyphRenderer[Line]":
    """Draw a column against the dates in the colour of a design token."""
    renderer = plot.line("date", column, source=source, line_width=width, line_dash=dash)
    take_colours(renderer.glyph, line_color=token)
    return renderer


def draw_level(plot: figure, value: float) -> None:
    """Draw a thin line over all dates at a value, such as zero."""
    level = Span(location=value, dimension="width", line_width=1)
    take_colours(level, line_color="--line-strong")
    plot.add_layout(level)


def cached_skeleton(build: Callable[[], Sequence[figure]]) -> Callable[[], Skeleton]:
    """Make a function that builds figures return their skeleton, built once in a process."""

    @cache
    def skeleton() -> Skeleton:
        return skeleton_of(build())

    skeleton.__doc__ = build.__doc__
    return skeleton

"""The heatmap of a sweep: one field for each combination, or for the best of several."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from bokeh.models import ColumnDataSource, FixedTicker, LinearColorMapper, Range1d
from bokeh.palettes import Cividis256
from bokeh.plotting import figure
from numpy.typing import NDArray

from dashboard.charts.skeleton import FONT, cached_skeleton, take_colours
from strategies.engine.parameters import TUNABLE
from strategies.sweeps.preview import SweepPreview
from strategies.sweeps.schemas import SweepDocument

MOST_FIELDS = 90
"""Fields along an axis; a wider axis shows the best of several neighbours in one field."""

SHOWN = ("total_return", "cagr", "sharpe", "max_drawdown", "trades", "win_rate", "neighbourhood")
"""Figures that the page writes for the field under the pointer."""

CUSTOM_PREFIX = "value_"
"""What precedes the name of a custom rule's parameter in forms and their URLs."""


@dataclass(frozen=True, kw_only=True)
class HeatAxis:
    """An axis: the parameter's name and label, and the value written at each field."""

    name: str
    label: str
    values: list[str]


@dataclass(frozen=True, kw_only=True)
class HeatParameter:
    """A rule's parameter: its label, its field in the form of a backtest, and the value at each field.

    values: as the form takes them. suffix: what follows them where people read them.
    """

    label: str
    field: str
    suffix: str
    values: list[float]


@dataclass(frozen=True, kw_only=True)
class HeatmapColumns:
    """What the browser puts into the skeleton; columns have one entry for each field.

    objective: the figure that the colour shows.
    x, y: places on the axes. value: the objective, which the colour shows.
    parameters, figures: what is written for a field; figures by name. cell: its place in the document.
    best, choice: the fields to mark; None: not there.
    low, high: the values at the ends of the colours.
    address: where a backtest is asked for, to be completed by the parameters of a field.
    """

    objective: str
    x_axis: HeatAxis
    y_axis: HeatAxis
    x: list[int]
    y: list[int]
    value: list[float | None]
    cell: list[int]
    parameters: list[HeatParameter]
    figures: dict[str, list[float | None]]
    best: int | None
    choice: int | None
    low: float
    high: float
    address: str


@cached_skeleton
def skeleton() -> Sequence[figure]:
    """Return one panel with square corners and no gaps between the fields."""
    plot = figure(
        name="heatmap",
        x_range=Range1d(start=-0.5, end=0.5, name="x"),
        y_range=Range1d(start=-0.5, end=0.5, name="y"),
        sizing_mode="stretch_both",
        toolbar_location=None,
        tools=[],
        min_border_left=8,
        min_border_right=8,
        min_border_top=6,
        min_border_bottom=8,
        background_fill_color=None,
        border_fill_color=None,
        outline_line_color=None,
        html_attributes={
            "role": "img",
            "aria-label": "Heatmap of the sweep; the table under it has the best",
        },
    )
    plot.grid.visible = False
    for axis, name in ((plot.xaxis[0], "x"), (plot.yaxis[0], "y")):
        axis.ticker = FixedTicker(ticks=[], name=f"ticks of {name}")
        axis.name = f"axis of {name}"
        axis.axis_label = " "
        axis.axis_label_text_font = axis.major_label_text_font = FONT
        axis.axis_label_text_font_size = axis.major_label_text_font_size = "11px"
        axis.axis_label_text_font_style = "normal"
        axis.axis_line_color = axis.minor_tick_line_color = None
        take_colours(
            axis,
            major_label_text_color="--ink-muted",
            axis_label_text_color="--ink-muted",
            major_tick_line_color="--line-strong",
        )
    mapper = LinearColorMapper(
        palette=list(Cividis256), low=0, high=1, nan_color="rgba(0,0,0,0)", name="colours"
    )
    plot.rect(
        "x",
        "y",
        1,
        1,
        source=_source("fields", "value"),
        fill_color={"field": "value", "transform": mapper},
        line_color=None,
        dilate=True,
    )
    _draw_marks(plot)
    return (plot,)


def _draw_marks(plot: figure) -> None:
    """Draw what stands out on every colour: black on white, or white on black."""
    for name in ("cursor", "choice"):
        source = _source(name)
        dash = "solid" if name == "cursor" else "dashed"
        plot.rect("x", "y", 1, 1, source=source, fill_color=None, line_color="white", line_width=4)
        plot.rect(
            "x", "y", 1, 1, source=source, fill_color=None, line_color="black", line_width=2, line_dash=dash
        )
    plot.scatter(
        "x", "y", source=_source("best"), marker="star", size=15, fill_color="white", line_color="black"
    )


def _source(name: str, *columns: str) -> ColumnDataSource:
    return ColumnDataSource(data={column: [] for column in ("x", "y", *columns)}, name=name)


def heatmap_columns(
    document: SweepDocument | SweepPreview, *, choice: int | None, url: str
) -> HeatmapColumns:
    """Return the fields of a sweep.

    The first two parameters that vary are the axes; of the others, and of neighbours on a wide axis, a
    field shows the best. choice: the cell that a person came from.
    """
    cells = document.cells
    x_name, y_name = _axis_names(document)
    x_axis, x = _axis(x_name, document)
    y_axis, y = _axis(y_name, document) if y_name else (_single_row(), np.zeros_like(x))
    objective = np.array(
        [np.nan if value is None else value for value in getattr(cells, document.parameters.objective)]
    )
    chosen = _best_of_each_field(x + y * (int(x.max()) + 1), objective)
    kept = chosen.tolist()
    known = objective[chosen][~np.isnan(objective[chosen])]
    low, high = (float(known.min()), float(known.max())) if len(known) else (0.0, 1.0)
    best = document.best.index if document.best else None
    return HeatmapColumns(
        objective=document.parameters.objective.value,
        x_axis=x_axis,
        y_axis=y_axis,
        x=x[chosen].tolist(),
        y=y[chosen].tolist(),
        value=_picked(getattr(cells, document.parameters.objective), kept),
        cell=kept,
        parameters=[_parameter(name, document, kept) for name in document.varied],
        figures={name: _picked(getattr(cells, name), kept) for name in SHOWN},
        best=_field_of(best, x, y, chosen),
        choice=_field_of(choice, x, y, chosen),
        low=low,
        high=high if high > low else low + 1,
        address=url,
    )


def _axis_names(document: SweepDocument | SweepPreview) -> tuple[str, str | None]:
    """Return the parameters of the axes: those with most values, in reading order."""
    counts = {name: len(set(document.cells.of_parameter(name))) for name in document.varied}
    if len(counts) == 1:
        return document.varied[0], None
    widest = sorted(counts, key=lambda name: -counts[name])[:2]
    first, second = sorted(widest, key=document.varied.index)
    return first, second


def _axis(name: str, document: SweepDocument | SweepPreview) -> tuple[HeatAxis, NDArray[np.intp]]:
    """Return an axis and the place of each cell on it."""
    distinct, places = np.unique(np.array(document.cells.of_parameter(name)), return_inverse=True)
    width = -(-len(distinct) // MOST_FIELDS)
    starts = distinct[::width]
    if document.cells.values is not None:
        return HeatAxis(name=name, label=name, values=[f"{start:g}" for start in starts]), places // width
    known = TUNABLE[name]
    return HeatAxis(
        name=name, label=known.axis, values=[known.text(start) for start in starts]
    ), places // width


def _parameter(name: str, document: SweepDocument | SweepPreview, kept: list[int]) -> HeatParameter:
    values = _picked(document.cells.of_parameter(name), kept)
    if document.cells.values is not None:
        return HeatParameter(label=name, field=f"{CUSTOM_PREFIX}{name}", suffix="", values=values)
    known = TUNABLE[name]
    return HeatParameter(
        label=known.short,
        field=known.field,
        suffix=known.suffix,
        values=[known.field_value(value) for value in values],
    )


def _single_row() -> HeatAxis:
    return HeatAxis(name="", label="", values=[""])


def _best_of_each_field(field: NDArray[np.intp], objective: NDArray[np.float64]) -> NDArray[np.intp]:
    """Return the cell with the highest objective of each field."""
    order = np.lexsort((-np.nan_to_num(objective, nan=-np.inf), field))
    first = np.ones(len(order), dtype=np.bool_)
    first[1:] = field[order][1:] != field[order][:-1]
    return order[first]


def _field_of(
    cell: int | None, x: NDArray[np.intp], y: NDArray[np.intp], chosen: NDArray[np.intp]
) -> int | None:
    if cell is None:
        return None
    found: list[int] = np.flatnonzero((x[chosen] == x[cell]) & (y[chosen] == y[cell])).tolist()
    return found[0]


def _picked[Value](column: Sequence[Value], kept: list[int]) -> list[Value]:
    return [column[cell] for cell in kept]

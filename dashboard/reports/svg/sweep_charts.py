"""The charts of a sweep's report: the heatmap, the walk-forward and the bands of the bootstrap."""

from collections.abc import Sequence

import numpy as np

from dashboard.charts.heatmap import HeatAxis, HeatmapColumns
from dashboard.reports.svg.charts import BAND_80, BAND_95, BENCHMARK_LINE, COMPARED_LINE, STRATEGY_LINE, plain
from dashboard.reports.svg.drawing import Anchor, Drawing, Mark, Stroke
from dashboard.reports.svg.panels import INK, LEFT, MUTED, RIGHT, TEXT, WIDTH, Area, PanelPlan, time_panels
from dashboard.reports.svg.scales import days_of
from strategies.sweeps.schemas import BandSeries, WalkForwardSeries

SHADES = 24
"""Steps from the lightest to the darkest: more than an eye tells apart on paper."""

LIGHT, DARK = (0xEE, 0xF3, 0xF8), (0x0B, 0x2F, 0x55)
"""The colours of the lowest and of the highest value; the print in grey darkens alike."""

HEAD, FOOT, KEY = 4.0, 26.0, 60.0
"""Room above the fields, for the labels below them, and for the scale of shades at the right."""

MOST_LABELS = 12


def heatmap_chart(heatmap: HeatmapColumns, *, low: str, high: str, objective: str) -> str:
    """Return the fields of a sweep, darker for more of the objective, with the best one marked."""
    height = min(230.0, 26.0 * len(heatmap.y_axis.values)) + HEAD + FOOT
    drawing = Drawing(width=WIDTH, height=height)
    right, bottom = WIDTH - RIGHT - KEY, height - FOOT
    width, depth = (right - LEFT) / len(heatmap.x_axis.values), (bottom - HEAD) / len(heatmap.y_axis.values)
    x, y = LEFT + np.array(heatmap.x) * width, bottom - (np.array(heatmap.y) + 1) * depth
    values = np.array(heatmap.value, dtype=np.float64)
    share = np.clip((values - heatmap.low) / (heatmap.high - heatmap.low), 0, 1)
    for shade in range(SHADES):
        own = np.flatnonzero(
            np.where(np.isnan(share), -1, np.minimum(share * SHADES, SHADES - 1)).astype(int) == shade
        )
        drawing.rectangles(((x[field], y[field], width, depth) for field in own), _colour(shade))
    if heatmap.best is not None:
        centre = np.array([x[heatmap.best] + width / 2]), np.array([y[heatmap.best] + depth / 2])
        drawing.marks(*centre, Mark.UP, size=7, colour="#ffffff", edge=Stroke(colour=INK, width=0.8))
    _draw_axes(drawing, heatmap, bottom=bottom, width=width, depth=depth)
    _draw_key(drawing, left=right + 14, top=HEAD, bottom=bottom, words=(high, low, objective))
    return drawing.data_address()


def walk_forward_chart(series: WalkForwardSeries, *, currency: str) -> str:
    """Return the equity of choosing by the past alone, of hindsight and of buy and hold."""
    dates, hindsight = days_of(series.dates), series.hindsight_equity or []
    plan = PanelPlan(
        title=f"Equity out of sample, {currency}, logarithmic scale",
        height=105,
        values=[*series.equity, *series.benchmark_equity, *hindsight],
        label=plain,
        legend=[
            ("Chosen by the past", STRATEGY_LINE),
            *([("Best in hindsight", COMPARED_LINE)] if hindsight else []),
            ("Buy & hold", BENCHMARK_LINE),
        ],
        logarithmic=True,
    )
    drawing, (panel,) = time_panels(dates, [plan])
    panel.line(dates, series.benchmark_equity, BENCHMARK_LINE)
    if hindsight:
        panel.line(dates, hindsight, COMPARED_LINE)
    panel.line(dates, series.equity, STRATEGY_LINE)
    return drawing.data_address()


def bands_chart(series: BandSeries, *, currency: str) -> str:
    """Return how else the best combination's equity could have come out."""
    dates = days_of(series.dates)
    plan = PanelPlan(
        title=f"Equity of the best combination, {currency}, logarithmic scale",
        height=105,
        values=[*series.low_90, *series.high_90, *series.equity],
        label=plain,
        legend=[
            ("90 % of the draws", Area(colour=BAND_95)),
            ("50 %", Area(colour=BAND_80)),
            ("As it came", STRATEGY_LINE),
        ],
        logarithmic=True,
    )
    drawing, (panel,) = time_panels(dates, [plan])
    panel.band(dates, series.low_90, series.high_90, BAND_95)
    panel.band(dates, series.low_50, series.high_50, BAND_80)
    panel.line(dates, series.equity, STRATEGY_LINE)
    return drawing.data_address()


def _draw_axes(
    drawing: Drawing, heatmap: HeatmapColumns, *, bottom: float, width: float, depth: float
) -> None:
    for place, text in _labels(heatmap.x_axis):
        middle = LEFT + (place + 0.5) * width
        drawing.text(middle, bottom + 9, text, size=TEXT, colour=MUTED, anchor=Anchor.MIDDLE)
    for place, text in _labels(heatmap.y_axis):
        middle = bottom - (place + 0.5) * depth
        drawing.text(LEFT - 4, middle + 2.3, text, size=TEXT, colour=MUTED, anchor=Anchor.END)
    drawing.text(LEFT, bottom + 20, f"Across: {heatmap.x_axis.label.lower()}", size=TEXT, colour=INK)
    if heatmap.y_axis.label:
        upward = f"Upward: {heatmap.y_axis.label.lower()}"
        drawing.text(LEFT + 120, bottom + 20, upward, size=TEXT, colour=INK)


def _labels(axis: HeatAxis) -> Sequence[tuple[int, str]]:
    every = -(-len(axis.values) // MOST_LABELS)
    return list(enumerate(axis.values))[::every]


def _draw_key(
    drawing: Drawing, *, left: float, top: float, bottom: float, words: tuple[str, str, str]
) -> None:
    high, low, objective = words
    step = (bottom - top) / SHADES
    for shade in range(SHADES):
        drawing.rectangles([(left, bottom - (shade + 1) * step, 8, step)], _colour(shade))
    drawing.text(left + 11, top + 6, high, size=TEXT, colour=INK)
    drawing.text(left + 11, bottom, low, size=TEXT, colour=INK)
    drawing.text(left, bottom + 9, objective, size=TEXT, colour=INK)


def _colour(shade: int) -> str:
    share = shade / (SHADES - 1)
    return "#" + "".join(
        f"{round(start + share * (end - start)):02x}" for start, end in zip(LIGHT, DARK, strict=True)
    )

"""The charts of a forecast: the fan of its bands, and how past forecasts fared."""

from collections.abc import Sequence

from bokeh.models import ColumnDataSource
from bokeh.plotting import figure

from dashboard.charts.columns import ChartColumns, Columns, days_since_epoch
from dashboard.charts.skeleton import (
    cached_skeleton,
    date_range,
    draw_line,
    empty_source,
    panel,
    take_colours,
)
from forecasting.schemas import ForecastDocument, PastForecast

BANDS = ("low_95", "low_80", "median", "high_80", "high_95")

OPENING_FORECASTS = 60
"""Past forecasts in view at first: more would not stand apart."""
EDGE_DAYS = 10
"""Room for the first and the last mark."""


@cached_skeleton
def fan_skeleton() -> Sequence[figure]:
    """Return one panel: closes, then the median and both bands, and what came."""
    history = empty_source("history", "close")
    bands = empty_source("bands", *BANDS, "last_close")
    actual = empty_source("actual", "close")
    plot = panel(
        dates=date_range(),
        number_format="0,0.[00]",
        follow=["history=close", "bands=low_95,high_95", "actual=close"],
        label="Chart of the forecast; the table under it gives values",
        dated=True,
    )
    _fill_band(plot, bands, "low_95", "high_95", opacity=0.16)
    _fill_band(plot, bands, "low_80", "high_80", opacity=0.24)
    draw_line(plot, bands, "last_close", "--data-benchmark", width=1.25, dash="dashed")
    draw_line(plot, bands, "median", "--data-strategy", width=1.75)
    draw_line(plot, history, "close", "--data-ink", width=1.25)
    draw_line(plot, actual, "close", "--data-exit", width=1.75)
    return (plot,)


@cached_skeleton
def accuracy_skeleton() -> Sequence[figure]:
    """Return one panel: the bands of past forecasts on their target days, and the closes that came."""
    past = empty_source("past", *BANDS)
    plot = panel(
        dates=date_range(),
        number_format="0,0.[00]",
        follow=["past=low_95,high_95", "inside=actual", "outside=actual"],
        label="Chart of past forecasts against what came; the table beside it counts them",
        dated=True,
        logarithmic=True,
    )
    for low, high, width, opacity in (("low_95", "high_95", 2, 0.35), ("low_80", "high_80", 5, 0.5)):
        band = plot.segment("date", low, "date", high, source=past, line_width=width, line_alpha=opacity)
        take_colours(band.glyph, line_color="--data-strategy")
    median = plot.scatter("date", "median", source=past, marker="dash", size=9, line_width=1.5)
    take_colours(median.glyph, line_color="--data-strategy")
    inside = plot.scatter(
        "date", "actual", source=empty_source("inside", "actual"), marker="circle", size=5, line_width=0
    )
    take_colours(inside.glyph, fill_color="--data-ink")
    outside = plot.scatter(
        "date", "actual", source=empty_source("outside", "actual"), marker="diamond", size=9, line_width=1.5
    )
    take_colours(outside.glyph, line_color="--data-exit", fill_color="--surface")
    return (plot,)


def _fill_band(plot: figure, source: ColumnDataSource, low: str, high: str, *, opacity: float) -> None:
    band = plot.varea("date", low, high, source=source, fill_alpha=opacity)
    take_colours(band.glyph, fill_color="--data-strategy")


def fan_columns(document: ForecastDocument) -> ChartColumns:
    """Return the columns of a forecast. Bands and closes that came start at the last close."""
    history_days = days_since_epoch(document.history.dates).tolist()
    issued_on = int(days_since_epoch([document.issued_on])[0])
    points = document.points
    days = [issued_on, *days_since_epoch([point.date for point in points]).tolist()]
    bands: Columns = {
        name: [document.last_close, *(getattr(point, name) for point in points)] for name in BANDS
    }
    came = [
        (day, point.actual) for day, point in zip(days[1:], points, strict=True) if point.actual is not None
    ]
    actual: Columns = {
        "day": [issued_on, *(day for day, _ in came)],
        "close": [document.last_close, *(close for _, close in came)],
    }
    return ChartColumns(
        sources={
            "history": {"day": history_days, "close": list(document.history.close)},
            "bands": {"day": days, **bands, "last_close": [document.last_close] * len(days)},
            "actual": actual if came else {"day": [], "close": []},
        },
        first_day=history_days[0],
        last_day=days[-1],
    )


def accuracy_columns(past: Sequence[PastForecast]) -> ChartColumns:
    """Return the columns of past forecasts; `past` is not empty."""
    days = days_since_epoch([item.date for item in past]).tolist()
    return ChartColumns(
        sources={
            "past": {"day": days, **{name: [getattr(item, name) for item in past] for name in BANDS}},
            "inside": _actuals([item for item in past if is_inside_80(item)]),
            "outside": _actuals([item for item in past if not is_inside_80(item)]),
        },
        first_day=days[0] - EDGE_DAYS,
        last_day=days[-1] + EDGE_DAYS,
        opening_day=days[-OPENING_FORECASTS:][0] - EDGE_DAYS,
    )


def is_inside_80(item: PastForecast) -> bool:
    """Whether the close that came lay inside the 80 % band."""
    return item.low_80 <= item.actual <= item.high_80


def _actuals(items: Sequence[PastForecast]) -> Columns:
    return {
        "day": days_since_epoch([item.date for item in items]).tolist(),
        "actual": [item.actual for item in items],
    }

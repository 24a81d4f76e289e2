"""The charts under a heatmap: walk-forward, and the bands of the bootstrap."""

from collections.abc import Sequence

import numpy as np
from bokeh.plotting import figure

from dashboard.charts.columns import ChartColumns, Columns, days_since_epoch, rounded, thinned
from dashboard.charts.skeleton import (
    cached_skeleton,
    date_range,
    draw_line,
    empty_source,
    panel,
    take_colours,
)
from strategies.sweeps.schemas import BandSeries, WalkForwardSeries

BANDS = ("low_90", "low_50", "median", "high_50", "high_90")
LINES = ("equity", "hindsight", "benchmark")


@cached_skeleton
def walk_forward_skeleton() -> Sequence[figure]:
    """Return one panel: the equity out of sample, with hindsight, and of buy and hold."""
    source = empty_source("walk_forward", *LINES)
    plot = panel(
        dates=date_range(),
        number_format="0.[00]a",
        follow=["walk_forward=equity,hindsight,benchmark"],
        label="Chart of walk-forward; the table under it gives values",
        dated=True,
        logarithmic=True,
    )
    draw_line(plot, source, "benchmark", "--data-benchmark", width=1.25, dash="dashed")
    draw_line(plot, source, "hindsight", "--data-indicator-2", width=1.25)
    draw_line(plot, source, "equity", "--data-strategy", width=1.75)
    return (plot,)


@cached_skeleton
def bands_skeleton() -> Sequence[figure]:
    """Return one panel: the bands of the equity over the draws, and the equity as it came."""
    source = empty_source("bands", *BANDS, "equity")
    plot = panel(
        dates=date_range(),
        number_format="0.[00]a",
        follow=["bands=low_90,high_90,equity"],
        label="Chart of the bootstrap's bands; the table under it gives values",
        dated=True,
        logarithmic=True,
    )
    for low, high, opacity in (("low_90", "high_90", 0.16), ("low_50", "high_50", 0.24)):
        band = plot.varea("date", low, high, source=source, fill_alpha=opacity)
        take_colours(band.glyph, fill_color="--data-strategy")
    draw_line(plot, source, "median", "--data-strategy", width=1.25, dash="dashed")
    draw_line(plot, source, "equity", "--data-ink", width=1.5)
    return (plot,)


def walk_forward_columns(series: WalkForwardSeries) -> ChartColumns:
    """Return the three lines, thinned where they are long."""
    lines = {
        "equity": np.asarray(series.equity),
        "hindsight": np.asarray(series.hindsight_equity or series.equity),
        "benchmark": np.asarray(series.benchmark_equity),
    }
    days = days_since_epoch(series.dates)
    kept = thinned(list(lines.values()))
    columns: Columns = {
        "day": days[kept].tolist(),
        **{name: rounded(values[kept], 2) for name, values in lines.items()},
    }
    return ChartColumns(sources={"walk_forward": columns}, first_day=int(days[0]), last_day=int(days[-1]))


def band_columns(series: BandSeries) -> ChartColumns:
    """Return the bands and the equity as it came."""
    days = days_since_epoch(series.dates)
    columns: Columns = {
        "day": days.tolist(),
        **{name: rounded(np.asarray(getattr(series, name)), 2) for name in (*BANDS, "equity")},
    }
    return ChartColumns(sources={"bands": columns}, first_day=int(days[0]), last_day=int(days[-1]))

"""The chart of several backtests: their equities over each other, and how far each was under water."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from bokeh.models import Range1d
from bokeh.plotting import figure

from dashboard.charts.columns import ChartColumns, Columns, days_since_epoch, rounded, thinned
from dashboard.charts.skeleton import (
    cached_skeleton,
    date_range,
    draw_line,
    empty_source,
    panel,
)
from dashboard.labels import rule_in_short
from strategies.backtests.schemas import BacktestDocument

MOST_RUNS = 6
"""Lines that can still be told apart, and columns that still fit on a screen."""

DASHES = ("solid", "solid", "solid", "dashed", "dashed", "dashed")
"""With three colours to a dash, lines can be told apart without seeing colours well."""

NUMBERS = range(1, MOST_RUNS + 1)
POINTS = 600
"""Points of each line: six of them together cost as much to draw as two of a backtest."""


@dataclass(frozen=True, kw_only=True)
class ComparedRun:
    """A run among others. others: the identifiers of the rest, for a link that leaves this one out."""

    number: int
    document: BacktestDocument
    others: list[str]

    @property
    def title(self) -> str:
        """What the run is about, in a few words."""
        return f"{self.document.data.symbol} {rule_in_short(self.document.parameters)}"


@cached_skeleton
def skeleton() -> Sequence[figure]:
    """Return the equities on a logarithmic scale over the drawdowns."""
    dates = date_range()
    return _growth_panel(dates), _drawdown_panel(dates)


def _growth_panel(dates: Range1d) -> figure:
    plot = panel(
        dates=dates,
        number_format="0.[00]",
        follow=[f"growth_{number}=growth" for number in NUMBERS],
        label="Chart of the equities; the table under it gives values",
        dated=False,
        logarithmic=True,
        base="growth",
    )
    for number in NUMBERS:
        source = empty_source(f"growth_{number}", "growth")
        draw_line(plot, source, "growth", f"--data-run-{number}", width=1.75, dash=DASHES[number - 1])
    return plot


def _drawdown_panel(dates: Range1d) -> figure:
    plot = panel(
        dates=dates,
        number_format="0%",
        follow=[f"drawdown_{number}=drawdown" for number in NUMBERS],
        label="Chart of the drawdowns; the table under it gives values",
        dated=True,
        floor=0,
    )
    for number in NUMBERS:
        source = empty_source(f"drawdown_{number}", "drawdown")
        draw_line(plot, source, "drawdown", f"--data-run-{number}", width=1.25, dash=DASHES[number - 1])
    return plot


def comparison_columns(runs: Sequence[ComparedRun]) -> ChartColumns:
    """Return the columns of the runs; equities as multiples of the initial investment."""
    sources: dict[str, Columns] = {}
    labels: dict[str, str] = {}
    for number in NUMBERS:
        run = runs[number - 1] if number <= len(runs) else None
        sources[f"growth_{number}"], sources[f"drawdown_{number}"] = _lines(run)
        labels[f"run_{number}"] = run.title if run else ""
    days = [day for columns in sources.values() for day in columns["day"] if day is not None]
    return ChartColumns(
        sources=sources,
        labels=labels,
        bases={"growth": 1.0},
        first_day=int(min(days)),
        last_day=int(max(days)),
    )


def _lines(run: ComparedRun | None) -> tuple[Columns, Columns]:
    if run is None:
        return {"day": []}, {"day": []}
    series = run.document.series
    days = days_since_epoch(series.dates)
    growth = np.asarray(series.equity) / run.document.parameters.initial_investment
    drawdown = np.asarray(series.drawdown)
    at_growth, at_drawdown = thinned([growth], POINTS), thinned([drawdown], POINTS)
    return (
        {"day": days[at_growth].tolist(), "growth": rounded(growth[at_growth], 5)},
        {"day": days[at_drawdown].tolist(), "drawdown": rounded(drawdown[at_drawdown], 4)},
    )

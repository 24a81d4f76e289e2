"""Draw the site's own charts: its skeleton, filled with a result's columns."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
from bokeh.document import Document
from bokeh.io import output_notebook
from bokeh.io import show as show_layout
from bokeh.layouts import column
from bokeh.models import (
    ColumnDataSource,
    DatetimeTicker,
    DatetimeTickFormatter,
    LayoutDOM,
    LogScale,
    LogTicker,
    Model,
    Range1d,
)
from bokeh.resources import INLINE

from hindcast_client.models import BacktestDocument
from hindcast_client.transport import Transport

EPOCH = date(1970, 1, 1)
MILLISECONDS_IN_A_DAY = 86_400_000
ROOM = 0.04
"""Share of a panel's height above and below what it shows."""

HEIGHTS = (340, 90, 200, 120)
"""Pixels of the panels that are shown: price, volume, equity, drawdown."""

SHOWN = (0, 1, 3, 4)
"""The places of these panels in the site's chart."""

CHOICES = {"price": "line"}
"""What the site's page lets a reader choose."""

COLOURS = {
    "--surface": "#ffffff", "--ink": "#14181f", "--ink-muted": "#525c6a", "--line-strong": "#b9c0ca",
    "--data-ink": "#2b323c", "--data-grid": "#e7eaee", "--data-strategy": "#0072b2",
    "--data-benchmark": "#6b7480", "--data-indicator-1": "#0072b2", "--data-indicator-2": "#cc79a7",
    "--data-indicator-3": "#b07d00", "--data-indicator-4": "#56b4e9", "--data-entry": "#009e73",
    "--data-exit": "#d55e00", "--data-loss": "#d55e00",
}  # fmt: skip
"""The site's light colours, by the names that its charts give them."""


def backtest_chart(transport: Transport, document: BacktestDocument) -> LayoutDOM:
    """Return the site's chart of a backtest, filled with every day of it."""
    skeleton = transport.request("GET", "/charts/backtest-current.json").json()
    sources = transport.request("GET", f"/backtests/{document.id}/detail/").json()
    chart = Document.from_json(skeleton["document"])
    for model in chart.models:
        _colour(model)
        _choose(model)
    days = [source["day"] for source in sources.values() if source["day"]]
    for name, columns in {**sources, **_markers(document)}.items():
        _fill(chart, name, columns)
    _look(chart, min(map(min, days)), max(map(max, days)))
    plots = [chart.get_model_by_id(root) for root in skeleton["roots"]]
    chart.clear()  # a model belongs to one document, and the layout goes into another
    return _panels(plots)


def show(chart: LayoutDOM) -> None:
    """Show a chart with BokehJS from the installed package, so that no network is needed."""
    if _is_notebook():
        output_notebook(INLINE, hide_banner=True)
    show_layout(chart)


def _is_notebook() -> bool:
    try:
        from IPython.core.getipython import get_ipython  # type: ignore[import-not-found]
    except ImportError:
        return False
    shell = get_ipython()
    return shell is not None and "kernel" in str(type(shell)).lower() + str(shell.config).lower()


def _colour(model: Model) -> None:
    """Give a model the colours that its tags name."""
    for tag in model.tags:
        if isinstance(tag, str) and tag.startswith("color:"):
            name, _, token = tag.removeprefix("color:").partition("=")
            setattr(model, name, COLOURS.get(token, COLOURS["--ink"]))


def _choose(model: Model) -> None:
    """Hide what is drawn only while a reader has made another choice."""
    for tag in model.tags:
        if isinstance(tag, str) and tag.startswith("mode:"):
            name, _, choice = tag.removeprefix("mode:").partition("=")
            if name in CHOICES:
                model.update(visible=choice == CHOICES[name])


def _fill(chart: Document, name: str, columns: dict[str, list[float | None]]) -> None:
    """Put columns into the source of that name; a column that is missing is a gap."""
    source = chart.get_model_by_name(name)
    if not isinstance(source, ColumnDataSource):
        return
    given = {key: np.array(values, dtype="float64") for key, values in columns.items()}
    days = given.pop("day")
    data: dict[str, Any] = {key: given.get(key, np.full(len(days), np.nan)) for key in source.data}
    data["date"] = days * MILLISECONDS_IN_A_DAY
    for edge, shift in (("left", 0.1), ("right", 0.9)):
        if edge in source.data:
            data[edge] = (given.get(edge, days) + shift) * MILLISECONDS_IN_A_DAY
    source.data = data


def _markers(document: BacktestDocument) -> dict[str, dict[str, list[float | None]]]:
    """Return entries and exits of the trades as the chart's sources, by name."""
    found: dict[str, dict[str, list[float | None]]] = {}
    for trade in document.trades:
        ends = [("entries", trade.entry_date, trade.entry_price)]
        if not trade.open:
            ends.append(("exits", trade.exit_date, trade.exit_price))
        for end, day, price in ends:
            columns = found.setdefault(f"{trade.direction}_{end}", {"day": [], "price": []})
            columns["day"].append((day - EPOCH).days)
            columns["price"].append(price)
    return found


def _look(chart: Document, first: int, last: int) -> None:
    """Let the panels show all days, and the values that they follow."""
    dates = chart.get_model_by_name("dates")
    if isinstance(dates, Range1d):
        dates.start, dates.end = first * MILLISECONDS_IN_A_DAY, (last + 1) * MILLISECONDS_IN_A_DAY
    for model in chart.models:
        if isinstance(model, Range1d):
            followed = [tag.removeprefix("follow:") for tag in model.tags if str(tag).startswith("follow:")]
            floors = [
                float(tag.removeprefix("floor:")) for tag in model.tags if str(tag).startswith("floor:")
            ]
            _fit(model, [*_values(chart, followed), *floors])


def _values(chart: Document, followed: list[str]) -> list[float]:
    """Return lowest and highest of the columns that a range follows, as "source=column,column"."""
    found: list[float] = []
    for text in followed:
        name, _, columns = text.partition("=")
        source = chart.get_model_by_name(name)
        if not isinstance(source, ColumnDataSource):
            continue
        for column_name in columns.split(","):
            values = np.asarray(source.data.get(column_name, ()), dtype="float64")
            values = values[np.isfinite(values)]
            found += [float(values.min()), float(values.max())] if len(values) else []
    return found


def _fit(values_range: Range1d, values: list[float]) -> None:
    if values:
        low, high = min(values), max(values)
        room = ROOM * (high - low)
        values_range.start = low - room if low - room > 0 or low <= 0 else low * (1 - ROOM)
        values_range.end = high + room


def _panels(plots: list[Any]) -> LayoutDOM:
    """Return the panels that every result has, under each other, with dates and values at their axes."""
    shown = [plots[place] for place in SHOWN]
    for plot, height in zip(shown, HEIGHTS, strict=True):
        plot.sizing_mode, plot.height = "stretch_width", height
        plot.xaxis.formatter, plot.xaxis.ticker = DatetimeTickFormatter(), DatetimeTicker()
        axis = plot.yaxis[0]
        if isinstance(plot.y_scale, LogScale):
            axis.ticker = plot.ygrid[0].ticker = LogTicker(mantissas=[1, 2, 5], num_minor_ticks=0)
    return column(*shown, sizing_mode="stretch_width")

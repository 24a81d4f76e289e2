"""The chart of a backtest: price and trades, volume, equity, drawdown, rolling figures."""

from collections.abc import Sequence

from bokeh.models import ColumnDataSource, Range1d
from bokeh.plotting import figure

from dashboard.charts.skeleton import (
    cached_skeleton,
    date_range,
    draw_level,
    draw_line,
    empty_source,
    only_while,
    panel,
    take_colours,
)

INDICATOR_TOKENS = ("--data-indicator-1", "--data-indicator-2", "--data-indicator-3", "--data-indicator-4")
"""Colours of a rule's lines; so many fit on a panel."""

SIDES = ("long", "short")

MARK_SIZES = "size:4,10"

BAR_COLUMNS = ("open", "high", "low", "close", "volume", "rising_close", "falling_close")
"""Columns of the candles; the close stands a second time in the one or the other of the last two."""


def indicator_columns() -> list[str]:
    """Return the columns that a rule's lines are put into, in order."""
    return [f"indicator_{number}" for number in range(1, len(INDICATOR_TOKENS) + 1)]


@cached_skeleton
def skeleton() -> Sequence[figure]:
    """Return the panels, over one range of dates; of some that share a place the reader chooses one."""
    dates = date_range()
    bars = empty_source("bars", "left", "right", *BAR_COLUMNS)
    return (
        _price_panel(dates, bars),
        _volume_panel(dates, bars),
        _oscillator_panel(dates),
        _equity_panel(dates),
        _drawdown_panel(dates),
        *_rolling_panels(dates),
    )


def _price_panel(dates: Range1d, bars: ColumnDataSource) -> figure:
    prices = empty_source("price", "close", *indicator_columns())
    markers = [f"{side}_{end}=price" for side in SIDES for end in ("entries", "exits")]
    plot = panel(
        dates=dates,
        number_format="0,0.[00]",
        follow=[f"price=close,{','.join(indicator_columns())}", "bars=low,high", *markers],
        logarithmic=True,
        choosable=True,
        label="Chart of the price; the table under it gives values",
        dated=False,
    )
    _draw_candles(plot, bars)
    only_while(draw_line(plot, prices, "close", "--data-ink", width=1.2), "price=line")
    _draw_indicators(plot, prices)
    _draw_trades(plot)
    return plot


def _draw_candles(plot: figure, bars: ColumnDataSource) -> None:
    """Draw rising candles hollow and falling ones filled: readable without colour too."""
    wicks = plot.segment("date", "low", "date", "high", source=bars, line_width=1)
    take_colours(wicks.glyph, line_color="--ink-muted")
    rising = plot.quad("left", "right", "rising_close", "open", source=bars, line_width=1)
    take_colours(rising.glyph, fill_color="--surface", line_color="--data-entry")
    falling = plot.quad("left", "right", "open", "falling_close", source=bars, line_width=1)
    take_colours(falling.glyph, fill_color="--data-loss", line_color="--data-loss")
    for renderer in (wicks, rising, falling):
        only_while(renderer, "price=candles")


def _draw_indicators(plot: figure, source: ColumnDataSource) -> None:
    for column, token in zip(indicator_columns(), INDICATOR_TOKENS, strict=True):
        draw_line(plot, source, column, token)


def _draw_trades(plot: figure) -> None:
    """Draw purchases as triangles up and sales as triangles down; what opens a trade is filled."""
    chosen = empty_source("chosen", "price")
    draw_line(plot, chosen, "price", "--accent", width=3)
    bought, sold, paper = "--data-entry", "--data-exit", "--surface"
    for name, marker, fill, line in (
        ("long_entries", "triangle", bought, paper),
        ("long_exits", "inverted_triangle", paper, sold),
        ("short_entries", "inverted_triangle", sold, paper),
        ("short_exits", "triangle", paper, bought),
    ):
        source = empty_source(name, "price", "result", "trade")
        drawn = plot.scatter("date", "price", source=source, marker=marker, size=10, line_width=1.5)
        drawn.tags = [MARK_SIZES]
        take_colours(drawn.glyph, fill_color=fill, line_color=line)


def _volume_panel(dates: Range1d, bars: ColumnDataSource) -> figure:
    plot = panel(
        dates=dates,
        number_format="0.[0]a",
        follow=["bars=volume"],
        floor=0,
        label="Chart of the volume",
        ticks=3,
        dated=True,
    )
    drawn = plot.quad("left", "right", "volume", 0, source=bars, line_width=0, fill_alpha=0.55)
    take_colours(drawn.glyph, fill_color="--data-benchmark")
    return plot


def _oscillator_panel(dates: Range1d) -> figure:
    source = empty_source("oscillator", *indicator_columns())
    plot = panel(
        dates=dates,
        number_format="0,0.[00]",
        follow=[f"oscillator={','.join(indicator_columns())}"],
        floor=0,
        label="Chart of the rule's oscillator",
        ticks=4,
        dated=False,
    )
    draw_level(plot, 0)
    _draw_indicators(plot, source)
    return plot


def _equity_panel(dates: Range1d) -> figure:
    source = empty_source("equity", "equity", "benchmark", "compared")
    plot = panel(
        dates=dates,
        number_format="0.[00]a",
        follow=["equity=equity,benchmark,compared"],
        logarithmic=True,
        choosable=True,
        base="equity",
        label="Chart of the equity; the table under it gives values",
        dated=False,
    )
    draw_line(plot, source, "benchmark", "--data-benchmark", width=1.25, dash="dashed")
    draw_line(plot, source, "compared", "--data-indicator-2", width=1.25, dash="dotdash")
    draw_line(plot, source, "equity", "--data-strategy", width=1.75)
    return plot


def _drawdown_panel(dates: Range1d) -> figure:
    source = empty_source("drawdown", "drawdown", "benchmark")
    plot = panel(
        dates=dates,
        number_format="0%",
        follow=["drawdown=drawdown,benchmark"],
        floor=0,
        label="Chart of the drawdown; the table under it gives values",
        ticks=4,
        dated=False,
    )
    area = plot.varea("date", 0, "drawdown", source=source, fill_alpha=0.22)
    take_colours(area.glyph, fill_color="--data-loss")
    draw_line(plot, source, "benchmark", "--data-benchmark", width=1, dash="dashed")
    draw_line(plot, source, "drawdown", "--data-loss", width=1.25)
    return plot


def _rolling_panels(dates: Range1d) -> tuple[figure, figure]:
    """Return the rolling Sharpe ratio and the rolling beta; the reader chooses one."""
    source = empty_source("rolling", "sharpe", "beta")
    return (
        _rolling_panel(dates, source, "sharpe", label="Chart of the rolling Sharpe ratio"),
        _rolling_panel(dates, source, "beta", label="Chart of the rolling beta"),
    )


def _rolling_panel(dates: Range1d, source: ColumnDataSource, column: str, *, label: str) -> figure:
    plot = panel(
        dates=dates,
        number_format="0.[0]",
        follow=[f"rolling={column}"],
        floor=0,
        label=f"{label}; the table under it gives values",
        ticks=4,
        dated=True,
    )
    draw_level(plot, 0)
    draw_line(plot, source, column, "--data-strategy", width=1.25)
    return plot

"""The tables in a result: what its CSV files and its workbook hold."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from dashboard.downloads.spreadsheets import Cell, Table, columns_of, table_of
from dashboard.metrics import METRICS
from forecasting.schemas import ForecastDocument, HorizonScore, PastForecast, Point
from strategies.backtests.schemas import BacktestDocument, DrawdownPeriod, Trade
from strategies.sweeps.schemas import SweepDocument, WalkForwardStretch


def backtest_figures(document: BacktestDocument) -> Table:
    """Return the key figures of the strategy and of buy and hold, undefined ones empty."""
    own, held = document.metrics, document.benchmark
    rows: list[Sequence[Cell]] = [
        (metric.key, metric.label, getattr(own, metric.key), getattr(held, metric.key)) for metric in METRICS
    ]
    return Table(name="figures", headings=["key", "figure", "strategy", "buy_and_hold"], rows=rows)


def backtest_trades(document: BacktestDocument) -> Table:
    """Return the trades, oldest first."""
    return table_of("trades", Trade, document.trades)


def backtest_bars(document: BacktestDocument) -> Table:
    """Return the traded days' bars, as the backtest saw them."""
    series = document.series
    return columns_of("bars", {
        "date": series.dates,
        "open": series.open,
        "high": series.high,
        "low": series.low,
        "close": series.close,
        "volume": series.volume,
        **{line.key: line.values for line in series.indicators},
    })  # fmt: skip


def backtest_equity(document: BacktestDocument) -> Table:
    """Return the equity at each close, and what is derived from it."""
    series = document.series
    compared = {} if series.comparison_equity is None else {"comparison_equity": series.comparison_equity}
    return columns_of("equity", {
        "date": series.dates,
        "equity": series.equity,
        "benchmark_equity": series.benchmark_equity,
        **compared,
        "drawdown": series.drawdown,
        "benchmark_drawdown": series.benchmark_drawdown,
        "position": series.position,
        "rolling_sharpe": series.rolling_sharpe,
        "rolling_beta": series.rolling_beta,
    })  # fmt: skip


def backtest_drawdowns(document: BacktestDocument) -> Table:
    """Return the worst drawdowns, deepest first."""
    return table_of("drawdowns", DrawdownPeriod, document.drawdowns)


def forecast_points(document: ForecastDocument) -> Table:
    """Return the forecast, a row for each session."""
    return table_of("points", Point, document.points)


def forecast_scores(document: ForecastDocument) -> Table:
    """Return the scorecard, a row for each distance."""
    return table_of("scorecard", HorizonScore, document.scorecard.horizons)


def forecast_past(document: ForecastDocument) -> Table:
    """Return the past forecasts with the closes that came."""
    return table_of("past", PastForecast, document.scorecard.past)


def forecast_history(document: ForecastDocument) -> Table:
    """Return the closes before the issue date."""
    dates: Sequence[date] = document.history.dates
    return columns_of("history", {"date": dates, "close": document.history.close})


def sweep_cells(document: SweepDocument) -> Table:
    """Return every combination with its figures; parameters that the rule has not are left out.

    A custom rule's parameters come first, under their names; one that is called as a figure after "value_".
    """
    figures = {name: values for name, values in document.cells if values is not None and name != "values"}
    own = document.cells.values or {}
    named = {f"value_{name}" if name in figures else name: values for name, values in own.items()}
    return columns_of("cells", {**named, **figures})


def sweep_stretches(document: SweepDocument) -> Table:
    """Return the choices of the walk-forward, oldest first; none where the period is too short."""
    walked = document.walk_forward
    return table_of("walk_forward", WalkForwardStretch, walked.stretches if walked else [])


BACKTEST_TABLES: Mapping[str, Callable[[BacktestDocument], Table]] = {
    "trades": backtest_trades,
    "figures": backtest_figures,
    "equity": backtest_equity,
    "bars": backtest_bars,
    "drawdowns": backtest_drawdowns,
}
"""The tables of a backtest by name; a CSV file holds the first unless another is asked for."""

FORECAST_TABLES: Mapping[str, Callable[[ForecastDocument], Table]] = {
    "points": forecast_points,
    "scorecard": forecast_scores,
    "past": forecast_past,
    "history": forecast_history,
}
"""The tables of a forecast by name, likewise."""

SWEEP_TABLES: Mapping[str, Callable[[SweepDocument], Table]] = {
    "cells": sweep_cells,
    "walk_forward": sweep_stretches,
}
"""The tables of a sweep by name, likewise."""

"""Titles of pages: short, and different for runs that differ."""

from core.formatting import SPACE, counted, signed
from dashboard.labels import choice, rule_in_short
from forecasting.schemas import ForecastDocument
from strategies.backtests.parameters import BacktestParameters
from strategies.backtests.schemas import BacktestDocument
from strategies.engine.enums import Average, Rule
from strategies.sweeps.preview import SweepPreview
from strategies.sweeps.schemas import SweepDocument
from strategies.universes.schemas import UniverseDocument

MOST_SYMBOLS_NAMED = 4
"""Symbols that the title of a sweep of many names."""

AVERAGE_IN_SHORT = {
    Average.SIMPLE: "SMA",
    Average.EXPONENTIAL: "EMA",
    Average.WEIGHTED: "WMA",
    Average.HULL: "HMA",
}


def backtest_title(document: BacktestDocument) -> str:
    """Return a title such as "AAPL SMA 20/50", the years and the return."""
    change = f"{signed(100 * document.metrics.total_return, 0)}{SPACE}%"
    return f"{document.data.symbol} {run_name(document)} · {change}"


def run_name(document: BacktestDocument) -> str:
    """Return rule, windows and years, such as "SMA 20/50" and the years."""
    return f"{_rule(document.parameters)} {_years(document)}"


def sweep_title(document: SweepDocument | SweepPreview) -> str:
    """Return a title such as "AAPL sweep: Crossover of two averages, 251 combinations" and the years."""
    return f"{document.data.symbol} sweep: {sweep_name(document)}"


def sweep_name(document: SweepDocument | SweepPreview) -> str:
    """Return rule, size and years, such as "Crossover of two averages, 251 combinations" and the years."""
    trials = counted(len(document.cells), "combination")
    return f"{choice(document.parameters.rule)}, {trials}, {_years(document)}"


def universe_title(document: UniverseDocument) -> str:
    """Return a title such as "Sweep of 2 symbols: Crossover of two averages, AAPL, IBM"."""
    return f"Sweep of {universe_name(document)}"


def universe_name(document: UniverseDocument) -> str:
    """Return size, rule and symbols, such as "2 symbols: Crossover of two averages, AAPL, IBM"."""
    symbols = (document.parameters.symbols or [])[:MOST_SYMBOLS_NAMED]
    rule = choice(document.parameters.rule)
    return f"{counted(document.symbols, 'symbol')}: {', '.join([rule, *symbols])}"


def forecast_title(document: ForecastDocument) -> str:
    """Return a title such as "AAPL forecast, 30 sessions from 2013-03-01"."""
    return f"{document.data.symbol} forecast, {forecast_name(document)}"


def forecast_name(document: ForecastDocument) -> str:
    """Return length and day, such as "30 sessions from 2013-03-01"."""
    return f"{counted(len(document.points), 'session')} from {document.issued_on}"


def _rule(asked: BacktestParameters) -> str:
    if asked.rule == Rule.MA_CROSSOVER:
        return f"{AVERAGE_IN_SHORT[asked.average]} {asked.fast}/{asked.slow}"
    return rule_in_short(asked).replace(" / ", "/")


def _years(document: BacktestDocument | SweepDocument | SweepPreview) -> str:
    return f"{document.period.start.year}\N{EN DASH}{document.period.end.year}"

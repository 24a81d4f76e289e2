"""Titles of pages: short, and different for runs that differ."""

from core.formatting import SPACE, signed
from dashboard.labels import choice, rule_in_short
from forecasting.schemas import ForecastDocument
from strategies.backtests.parameters import BacktestParameters
from strategies.backtests.schemas import BacktestDocument
from strategies.engine.enums import Average, Rule
from strategies.sweeps.schemas import SweepDocument

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


def sweep_title(document: SweepDocument) -> str:
    """Return a title such as "AAPL sweep, 251 of Crossover of two averages" and the years."""
    rule, trials = choice(document.parameters.rule), f"{document.verdict.trials:,d}"
    return f"{document.data.symbol} sweep, {trials} of {rule} {_years(document)}"


def forecast_title(document: ForecastDocument) -> str:
    """Return a title such as "AAPL forecast, 30 sessions from 2013-03-01"."""
    return f"{document.data.symbol} forecast, {len(document.points)} sessions from {document.issued_on}"


def _rule(asked: BacktestParameters) -> str:
    if asked.rule == Rule.MA_CROSSOVER:
        return f"{AVERAGE_IN_SHORT[asked.average]} {asked.fast}/{asked.slow}"
    return rule_in_short(asked).replace(" / ", "/")


def _years(document: BacktestDocument | SweepDocument) -> str:
    return f"{document.period.start.year}\N{EN DASH}{document.period.end.year}"

"""The documents as files: names that tell what is inside."""

from django.utils.text import slugify

from dashboard.presenters.parameters import changed_parameters
from dashboard.reports.combined import CombinedDocument
from forecasting.schemas import ForecastDocument
from strategies.backtests.parameters import BacktestParameters
from strategies.backtests.schemas import BacktestDocument
from strategies.engine.enums import Average, Rule
from strategies.engine.rules import RULES
from strategies.sweeps.schemas import SweepDocument

type ReportDocument = BacktestDocument | SweepDocument | ForecastDocument | CombinedDocument
"""What can be taken away as JSON and as PDF."""

AVERAGE_IN_SHORT = {
    Average.SIMPLE: "sma",
    Average.EXPONENTIAL: "ema",
    Average.WEIGHTED: "wma",
    Average.HULL: "hma",
}


LONGEST_CHANGES = 80


def file_name(document: ReportDocument, suffix: str) -> str:
    """Return a telling file name: hindcast, the symbol, what was asked, and the days it is about.

    A backtest's is hindcast-AAPL-sma-20-50-2000-03-01-2013-03-01.json, with what else is not the default at
    its end, such as -stop-loss-5; a forecast's
    hindcast-AAPL-forecast-30-sessions-2013-03-01.json with the issue date, a combined report's
    hindcast-AAPL-report-2013-03-01.json with the day of the last bar, a sweep's
    hindcast-AAPL-sweep-ma-crossover-2000-03-01-2013-03-01.json.
    """
    match document:
        case BacktestDocument(parameters=asked, period=period):
            words = f"{asked.symbol}-{_rule(asked)}-{period.start}-{period.end}{_changes(asked)}"
        case SweepDocument(parameters=swept, period=period):
            rule = swept.rule.replace("_", "-")
            words = f"{swept.symbol}-sweep-{rule}-{period.start}-{period.end}"
        case ForecastDocument(parameters=question, points=points, issued_on=day):
            words = f"{question.symbol}-forecast-{len(points)}-sessions-{day}"
        case CombinedDocument(symbol=symbol, forecast=forecast):
            words = f"{symbol}-report-{forecast.issued_on}"
    return f"hindcast-{words}.{suffix}"


def _rule(asked: BacktestParameters) -> str:
    """Return the rule for a file name: sma-20-50 for a crossover, macd-12-26 for any other."""
    windows = "-".join(str(getattr(asked, name)) for name in RULES[asked.rule].windows)
    name = AVERAGE_IN_SHORT[asked.average] if asked.rule == Rule.MA_CROSSOVER else asked.rule
    return f"{name.replace('_', '-')}-{windows}".rstrip("-")


def _changes(asked: BacktestParameters) -> str:
    """Return what differs from the defaults beside rule and days, cut to a length that files may have."""
    changes = [words for words in changed_parameters(asked) if not words.startswith(("Start ", "End "))]
    words = slugify(" ".join(changes))[:LONGEST_CHANGES].rstrip("-")
    return f"-{words}" if words else ""

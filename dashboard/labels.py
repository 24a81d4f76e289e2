"""The words for what a person chooses from, and for the kinds of background work."""

from enum import StrEnum

from django.utils.text import Truncator

from core.formatting import SPACE
from forecasting.parameters import ModelKind
from forecasting.schemas import Advantage
from ingestion.bars import Adjustment
from jobs.models import Job
from strategies.backtests.parameters import BacktestParameters
from strategies.backtests.schemas import TradeDirection
from strategies.engine.enums import (
    Average,
    Direction,
    Entry,
    ExitReason,
    Fill,
    Rule,
)
from strategies.engine.language.write import write
from strategies.engine.rules import RULES
from strategies.sweeps.parameters import Objective, Scheme

SIGNIFICANT = 0.05
LEAST_P_VALUE = 0.001

_CHOICES: dict[type[StrEnum], dict[StrEnum, str]] = {
    Rule: {rule: definition.title for rule, definition in RULES.items()},
    Average: {average: average.capitalize() for average in Average},
    Direction: {
        Direction.LONG_ONLY: "Long only",
        Direction.LONG_SHORT: "Long and short",
        Direction.SHORT_ONLY: "Short only",
    },
    Entry: {
        Entry.ON_CROSS: "On a fresh cross",
        Entry.ON_STATE: "At once, if already above",
    },
    Fill: {Fill.NEXT_OPEN: "Next open", Fill.SAME_CLOSE: "Same close (optimistic)"},
    Adjustment: {
        Adjustment.NONE: "None, as traded",
        Adjustment.SPLITS: "Splits",
        Adjustment.SPLITS_AND_DIVIDENDS: "Splits and dividends",
    },
    Objective: {
        Objective.TOTAL_RETURN: "Total return",
        Objective.CAGR: "CAGR",
        Objective.SHARPE: "Sharpe ratio",
        Objective.SORTINO: "Sortino ratio",
        Objective.CALMAR: "Calmar ratio",
        Objective.MAX_DRAWDOWN: "Max drawdown (smallest)",
        Objective.TRADES: "Trades (most)",
        Objective.EXPOSURE: "Exposure (highest)",
        Objective.WIN_RATE: "Win rate",
    },
    Scheme: {
        Scheme.ROLLING: "Rolling window",
        Scheme.ANCHORED: "Anchored (growing) window",
    },
    ModelKind: {
        ModelKind.POOLED: "All symbols together",
        ModelKind.SYMBOL: "Calibrated for this symbol",
    },
    TradeDirection: {TradeDirection.LONG: "Long", TradeDirection.SHORT: "Short"},
    ExitReason: {
        ExitReason.SIGNAL: "Signal",
        ExitReason.STOP_LOSS: "Stop-loss",
        ExitReason.TAKE_PROFIT: "Take-profit",
        ExitReason.TRAILING_STOP: "Trailing stop",
        ExitReason.MARGIN_CALL: "Margin call",
        ExitReason.END_OF_DATA: "Open at the end",
    },
}

_JOB_TITLES = {
    "evaluate_forecasts": "Evaluate forecasts",
    "train_again": "Train again",
    "fetch_bars": "Fetch bars",
    "extend_records": "Extend live records",
    "train_model": "Train a model",
    "sweep": "Sweep parameters",
    "universe_part": "Sweep symbols",
    "print_report": "Print a report",
}


LONGEST_IN_SHORT = 60
"""Characters of a custom rule where space is short."""


def choice(value: StrEnum) -> str:
    """Return the words for a choice."""
    return _CHOICES[type(value)][value]


def choices_of(options: type[StrEnum]) -> list[tuple[str, str]]:
    """Return values and words, in order, for a select."""
    return [(option.value, choice(option)) for option in options]


def rule_in_short(parameters: BacktestParameters) -> str:
    """Return rule and tuning in a few words, such as "Simple 50 / 200" or "MACD 12 / 26 / 9".

    Of a custom rule the condition of its entry, shortened.
    """
    custom = parameters.rule_parameters.custom
    if custom is not None:
        entry = custom.buy or custom.short
        return "" if entry is None else Truncator(write(entry)).chars(LONGEST_IN_SHORT)
    return RULES[parameters.rule].in_short(parameters.rule_parameters)


def job_duration(job: Job) -> str:
    """Return how long a finished job worked, such as 3.2 s or 4 min; nothing for any other."""
    if job.started_at is None or job.finished_at is None:
        return ""
    seconds = (job.finished_at - job.started_at).total_seconds()
    return f"{seconds:.1f}{SPACE}s" if seconds < 60 else f"{seconds / 60:.0f}{SPACE}min"  # noqa: PLR2004


def job_title(job: Job) -> str:
    """Return what a job does, and to what."""
    kind = _JOB_TITLES.get(job.kind, job.kind.replace("_", " ").capitalize())
    about = _about(job)
    return f"{kind}: {about}" if about else kind


def _about(job: Job) -> str:
    """Return what the work is about in a reader's words; a sweep's subject is only its id."""
    match job.kind:
        case "universe_part":
            return ", ".join(job.arguments["symbols"])
        case "sweep":
            return str(job.arguments["parameters"]["symbol"])
        case _:
            return job.subject


_RIVALS = {"random_walk": "a random walk's", "drift": "the share's own drift's"}
_SCORES = {"crps": "CRPS over", "absolute_error": "Error of the median over"}


def advantage_label(advantage: Advantage) -> str:
    """Return which score is compared with whose."""
    return f"{_SCORES[advantage.score]} {_RIVALS[advantage.against]}"


def significance(advantage: Advantage) -> str:
    """Return whether the difference is more than chance, in words."""
    if advantage.p_value is None or advantage.ratio is None:
        return "no difference to test"
    side = "better" if advantage.ratio < 1 else "worse"
    if advantage.p_value < SIGNIFICANT:
        p_value = f"= {advantage.p_value:.3f}" if advantage.p_value >= LEAST_P_VALUE else f"< {LEAST_P_VALUE}"
        return f"{side} by more than chance (p {p_value})"
    return f"{side}, which may be chance (p = {advantage.p_value:.2f})"

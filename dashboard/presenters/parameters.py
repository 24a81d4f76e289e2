"""The parameters of a backtest as a person reads them, by label."""

from datetime import date
from enum import StrEnum

from core.formatting import SPACE, day
from dashboard.labels import choice
from strategies.backtests.parameters import BacktestParameters
from strategies.engine.parameters import TUNABLE

FRACTIONS = {
    "commission_rate",
    "position_size",
    "risk_free_rate",
    "stop_loss",
    "take_profit",
    "trailing_stop",
    *(known.name for known in TUNABLE.values() if known.is_percent),
}
"""Parameters that people read as percentages."""

IN_THE_TITLE = {"symbol", "rule", "average", "fast", "middle", "slow", "signal", "band"}
"""What the short name of a run says already."""

WHEN_NULL = {"start": "First bar", "end": "Last bar"}


def parameters_in_words(parameters: BacktestParameters) -> dict[str, str]:
    """Return label and value of every parameter, in the order of the definition."""
    return {
        name.replace("_", " ").capitalize(): _value_in_words(name, getattr(parameters, name))
        for name in type(parameters).model_fields
    }


def _value_in_words(name: str, value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} {number:g}" for key, number in value.items()) or "None"
    if value is None:
        return WHEN_NULL.get(name, "None")
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, int | float):
        return f"{100 * value:g}{SPACE}%" if name in FRACTIONS else f"{value:,.10g}"
    if isinstance(value, StrEnum):
        return choice(value)
    return day(value) if isinstance(value, date) else str(value)


def changed_parameters(parameters: BacktestParameters) -> list[str]:
    """Return what differs from the defaults, beside symbol, rule and windows: "Stop loss 5 %"."""
    words = parameters_in_words(parameters)
    fields = type(parameters).model_fields
    return [
        f"{label} {value}"
        for name, (label, value) in zip(fields, words.items(), strict=True)
        if name not in IN_THE_TITLE and getattr(parameters, name) != fields[name].default
    ]

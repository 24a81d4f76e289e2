"""The built-in rules as texts: each wants the same as its own function, and is a beginning for others."""

from collections.abc import Mapping
from functools import cache

from strategies.engine.enums import Average, Rule
from strategies.engine.language.parse import parse_rule
from strategies.engine.language.tree import CustomRule
from strategies.engine.parameters import RuleParameters
from strategies.engine.rules import RULES

_FUNCTIONS = {
    Average.SIMPLE: "sma",
    Average.EXPONENTIAL: "ema",
    Average.WEIGHTED: "wma",
    Average.HULL: "hma",
}
_TEXTS: Mapping[Rule, tuple[str, str, str, str]] = {
    Rule.MA_CROSSOVER: (
        "{average}(fast) is above {average}(slow)",
        "{average}(fast) is below {average}(slow)",
        "{average}(fast) is below {average}(slow)",
        "{average}(fast) is above {average}(slow)",
    ),
    Rule.PRICE_CROSSOVER: (
        "close is above {average}(slow)",
        "close is below {average}(slow)",
        "close is below {average}(slow)",
        "close is above {average}(slow)",
    ),
    Rule.TRIPLE_MA: (
        "{average}(fast) is above {average}(middle) and {average}(middle) is above {average}(slow)",
        "{average}(fast) is below {average}(middle) or {average}(middle) is below {average}(slow)",
        "{average}(fast) is below {average}(middle) and {average}(middle) is below {average}(slow)",
        "{average}(fast) is above {average}(middle) or {average}(middle) is above {average}(slow)",
    ),
    Rule.MACD: (
        "macd(fast, slow) is above macd_signal(fast, slow, signal)",
        "macd(fast, slow) is below macd_signal(fast, slow, signal)",
        "macd(fast, slow) is below macd_signal(fast, slow, signal)",
        "macd(fast, slow) is above macd_signal(fast, slow, signal)",
    ),
    Rule.MA_ENVELOPE: (
        "close > (1 + band) * {average}(slow)",
        "close < (1 - band) * {average}(slow)",
        "close < (1 - band) * {average}(slow)",
        "close > (1 + band) * {average}(slow)",
    ),
}
"""Buy, sell, short and cover."""


def has_text(rule: Rule) -> bool:
    """Whether a rule can be written in the language, and is."""
    return rule in _TEXTS


def builtin_text(rule: Rule, average: Average) -> str:
    """Return a built-in rule as text."""
    clauses = zip(("buy", "sell", "short", "cover"), _TEXTS[rule], strict=True)
    return "\n".join(f"{name} when {text.format(average=_FUNCTIONS[average])}" for name, text in clauses)


@cache
def builtin_rule(rule: Rule, average: Average) -> CustomRule:
    """Return a built-in rule as a tree."""
    return parse_rule(builtin_text(rule, average))


def builtin_values(rule: Rule, parameters: RuleParameters) -> dict[str, float]:
    """Return what a built-in rule is tuned by as values of its text's parameters."""
    return {name: float(getattr(parameters, name)) for name in RULES[rule].uses if name != "average"}

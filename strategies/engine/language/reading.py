"""A rule as a sentence for people."""

from collections.abc import Mapping
from functools import singledispatch

from strategies.engine.enums import Fill
from strategies.engine.language.tree import (
    Ago,
    AllOf,
    AnyOf,
    Arithmetic,
    Call,
    Clause,
    Compared,
    Comparison,
    CustomRule,
    Held,
    Moves,
    Negative,
    Node,
    Not,
    Number,
    Series,
    Within,
)
from strategies.engine.language.vocabulary import FUNCTIONS, POSITION, SERIES
from strategies.engine.language.write import Binding, binding_of, write

VERBS = {
    Clause.BUY: "buys",
    Clause.SELL: "sells",
    Clause.SHORT: "sells short",
    Clause.COVER: "buys back",
}
COMPARISONS: Mapping[Comparison, str] = {
    Comparison.GREATER: "is above",
    Comparison.LESS: "is below",
    Comparison.AT_LEAST: "is at or above",
    Comparison.AT_MOST: "is at or below",
    Comparison.EQUAL: "equals",
    Comparison.UNEQUAL: "differs from",
    Comparison.CROSSES_ABOVE: "crosses above",
    Comparison.CROSSES_BELOW: "crosses below",
    Comparison.IS_ABOVE: "is above",
    Comparison.IS_BELOW: "is below",
}
SIGNS = {"+": "plus", "-": "minus", "*": "times", "/": "divided by"}


def read_rule(rule: CustomRule, fill: Fill) -> str:
    """Return what a rule does, with its parameters bound, in one sentence."""
    when = "at the next open after" if fill == Fill.NEXT_OPEN else "at"
    parts = [
        f"{VERBS[clause]} {when} a close at which {_words(condition)}" for clause, condition in rule.clauses()
    ]
    sentence = "; ".join(parts)
    return f"{sentence[0].upper()}{sentence[1:]}."


def read_operand(node: Node) -> str:
    """Return an operand in words."""
    return _words(node)


@singledispatch
def _words(node: Node) -> str:
    return write(node)


@_words.register
def _(node: Series) -> str:
    return SERIES[node.name]


@_words.register
def _(node: Held) -> str:
    return POSITION[node.name]


@_words.register
def _(node: Call) -> str:
    function = FUNCTIONS[node.name]
    lengths = [write(length) for length in node.lengths]
    if node.name in {"highest", "lowest"}:
        of = _words(node.series or Series(function.series or "")).removeprefix("the ")
    elif node.series is None and node.name != "change":
        of = ""
    else:
        of = f" of {_words(node.series or Series('close'))}"
    words = function.words.format(*lengths, series=of)
    if node.name == "macd" and len(lengths) == max(function.lengths):
        return f"{words}, less its {lengths[-1]}-day signal line,"
    return words


@_words.register
def _(node: Ago) -> str:
    bars = write(node.bars)
    return f"{_inside(node.operand)} {'the day before' if bars == '1' else f'{bars} days before'}"


@_words.register
def _(node: Arithmetic) -> str:
    return f"{_inside(node.left)} {SIGNS[node.sign]} {_inside(node.right)}"


@_words.register
def _(node: Negative) -> str:
    return write(node) if isinstance(node.operand, Number) else f"minus {_inside(node.operand)}"


@_words.register
def _(node: Compared) -> str:
    if isinstance(node.left, Held) and node.left.name == "bars_since_entry":
        return f"the number of bars since the entry {COMPARISONS[node.comparison]} {_words(node.right)}"
    return f"{_words(node.left)} {COMPARISONS[node.comparison]} {_words(node.right)}"


@_words.register
def _(node: Moves) -> str:
    days = write(node.bars)
    verb = "rises" if node.rises else "falls"
    return f"{_words(node.operand)} {verb} for {'a day' if days == '1' else f'{days} days in a row'}"


@_words.register
def _(node: Within) -> str:
    return f"within the last {write(node.bars)} days it was so that {_words(node.condition)}"


@_words.register
def _(node: Not) -> str:
    return f"it is not so that {_grouped(node.condition)}"


@_words.register
def _(node: AllOf) -> str:
    return " and ".join(_grouped(condition) for condition in node.conditions)


@_words.register
def _(node: AnyOf) -> str:
    return ", or ".join(_words(condition) for condition in node.conditions)


def _grouped(node: Node) -> str:
    return f"either {_words(node)}" if isinstance(node, AnyOf) else _words(node)


def _inside(node: Node) -> str:
    return f"({_words(node)})" if binding_of(node) < Binding.NEGATIVE else _words(node)

"""From a tree back to text; equal trees give equal texts, and each text gives its tree."""

from collections.abc import Mapping
from decimal import Decimal
from enum import IntEnum
from functools import singledispatch
from typing import Any

from strategies.engine.language.tree import (
    Ago,
    AllOf,
    AnyOf,
    Arithmetic,
    Call,
    Compared,
    Condition,
    CustomRule,
    Held,
    Moves,
    Negative,
    Node,
    Not,
    Number,
    Operand,
    Parameter,
    Series,
    Within,
)

HUNDRED = Decimal(100)


class Binding(IntEnum):
    """How firmly a node holds its parts together; a looser one inside needs parentheses."""

    ANY = 1
    ALL = 2
    NOT = 3
    WITHIN = 4
    COMPARISON = 5
    SUM = 6
    PRODUCT = 7
    NEGATIVE = 8
    AGO = 9
    ATOM = 10


def write_rule(rule: CustomRule) -> str:
    """Return the text of a rule, a line for each clause."""
    return "\n".join(f"{clause} when {write(condition)}" for clause, condition in rule.clauses())


def write(node: Node) -> str:
    """Return the text of a condition or an operand."""
    return _text(node)


def write_number(value: float) -> str:
    """Return a number in digits, without an exponent."""
    digits = format(Decimal(repr(value)), "f")
    return digits.removesuffix(".0")


def as_data(node: Node) -> dict[str, Any]:
    """Return a tree as plain data, for documents."""
    return _data(node)


def binding_of(node: Node) -> Binding:
    """Return how firmly a node holds its parts together."""
    if isinstance(node, Arithmetic):
        return Binding.SUM if node.sign in {"+", "-"} else Binding.PRODUCT
    return _BINDINGS.get(type(node), Binding.ATOM)


_BINDINGS: Mapping[type, Binding] = {
    AnyOf: Binding.ANY,
    AllOf: Binding.ALL,
    Not: Binding.NOT,
    Within: Binding.WITHIN,
    Compared: Binding.COMPARISON,
    Moves: Binding.COMPARISON,
    Negative: Binding.NEGATIVE,
    Ago: Binding.AGO,
}


def _inside(node: Node, least: Binding) -> str:
    text = _text(node)
    return text if binding_of(node) >= least else f"({text})"


@singledispatch
def _text(node: Node) -> str:
    raise TypeError(node)


@_text.register
def _(node: Number) -> str:
    if node.percent:
        percent = HUNDRED * Decimal(repr(node.value))
        if float(percent) / 100 == node.value:
            return f"{format(percent.normalize(), 'f')} %"
    return write_number(node.value)


@_text.register(Parameter)
@_text.register(Series)
@_text.register(Held)
def _(node: Parameter | Series | Held) -> str:
    return node.name


@_text.register
def _(node: Call) -> str:
    parts = [*([] if node.series is None else [node.series]), *node.lengths]
    return f"{node.name}({', '.join(_text(part) for part in parts)})"


@_text.register
def _(node: Ago) -> str:
    return f"{_inside(node.operand, Binding.AGO)}[{_text(node.bars)}]"


@_text.register
def _(node: Arithmetic) -> str:
    own = binding_of(node)
    return f"{_inside(node.left, own)} {node.sign} {_inside(node.right, Binding(own + 1))}"


@_text.register
def _(node: Negative) -> str:
    return f"-{_inside(node.operand, Binding.NEGATIVE)}"


@_text.register
def _(node: Compared) -> str:
    return f"{_text(node.left)} {node.comparison} {_text(node.right)}"


@_text.register
def _(node: Moves) -> str:
    return f"{_text(node.operand)} {'rises' if node.rises else 'falls'} for {_text(node.bars)} bars"


@_text.register
def _(node: Within) -> str:
    return f"{_inside(node.condition, Binding.WITHIN)} within {_text(node.bars)} bars"


@_text.register
def _(node: Not) -> str:
    return f"not {_inside(node.condition, Binding.NOT)}"


@_text.register
def _(node: AllOf) -> str:
    return " and ".join(_inside(condition, Binding.NOT) for condition in node.conditions)


@_text.register
def _(node: AnyOf) -> str:
    return " or ".join(_inside(condition, Binding.ALL) for condition in node.conditions)


@singledispatch
def _data(node: Node) -> dict[str, Any]:
    raise TypeError(node)


@_data.register
def _(node: Number) -> dict[str, Any]:
    return {"number": node.value}


@_data.register
def _(node: Parameter) -> dict[str, Any]:
    return {"parameter": node.name}


@_data.register
def _(node: Series) -> dict[str, Any]:
    return {"series": node.name}


@_data.register
def _(node: Held) -> dict[str, Any]:
    return {"position": node.name}


@_data.register
def _(node: Call) -> dict[str, Any]:
    of: Operand | None = node.series
    return {
        "function": node.name,
        "of": None if of is None else _data(of),
        "lengths": [_data(length) for length in node.lengths],
    }


@_data.register
def _(node: Ago) -> dict[str, Any]:
    return {"earlier": _data(node.operand), "bars": _data(node.bars)}


@_data.register
def _(node: Arithmetic) -> dict[str, Any]:
    return {"operator": node.sign, "left": _data(node.left), "right": _data(node.right)}


@_data.register
def _(node: Negative) -> dict[str, Any]:
    return {"negative": _data(node.operand)}


@_data.register
def _(node: Compared) -> dict[str, Any]:
    return {"comparison": str(node.comparison), "left": _data(node.left), "right": _data(node.right)}


@_data.register
def _(node: Moves) -> dict[str, Any]:
    return {"rises" if node.rises else "falls": _data(node.operand), "bars": _data(node.bars)}


@_data.register
def _(node: Within) -> dict[str, Any]:
    return {"within": _data(node.condition), "bars": _data(node.bars)}


@_data.register
def _(node: Not) -> dict[str, Any]:
    return {"not": _data(node.condition)}


@_data.register(AllOf)
@_data.register(AnyOf)
def _(node: AllOf | AnyOf) -> dict[str, Any]:
    conditions: list[Condition] = list(node.conditions)
    return {"all" if isinstance(node, AllOf) else "any": [_data(condition) for condition in conditions]}

"""Values in the place of parameters."""

from collections.abc import Mapping
from dataclasses import fields, replace
from math import isfinite

from strategies.engine.language.build import LONGEST_WINDOW
from strategies.engine.language.check import parameters_in
from strategies.engine.language.tree import (
    Call,
    Compared,
    CustomRule,
    Held,
    Negative,
    Node,
    Number,
    Parameter,
    Place,
    walk,
)

LARGEST = 1e9
"""The largest value of a parameter that is no number of bars."""

USUAL_LENGTHS = {"fast": 20.0, "middle": 30.0, "slow": 50.0, "signal": 9.0, "trend": 200.0, "exit": 20.0}
USUAL_NUMBERS = {"band": 0.025, "oversold": 30.0, "overbought": 70.0}
USUAL_LENGTH, USUAL_NUMBER = 20.0, 1.0
BESIDE_CALLS = {"rsi": 50.0, "change": 0.05, "macd": 0.0, "macd_signal": 0.0}
BESIDE_HELD = {"bars_since_entry": 40.0, "profit": 0.1, "profit_from_peak": -0.05}
"""Defaults of a number by what it is compared with."""


class ParameterError(ValueError):
    """A value that a parameter cannot have; `name` is the parameter's."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(reason)
        self.name, self.reason = name, reason


def parameters_of(rule: CustomRule) -> dict[str, bool]:
    """Return the names of a rule's parameters in the order of the text, and whether each counts bars."""
    return parameters_in([condition for _, condition in rule.clauses()])


def defaults_of(rule: CustomRule) -> dict[str, float]:
    """Return a default for each parameter, in the order of the text."""
    beside = _beside_parameters(rule)
    return {
        name: USUAL_LENGTHS.get(name, USUAL_LENGTH)
        if is_length
        else USUAL_NUMBERS.get(name, beside.get(name, USUAL_NUMBER))
        for name, is_length in parameters_of(rule).items()
    }


def limits_of(*, is_length: bool) -> tuple[float, float]:
    """Return the lowest and the highest value of a parameter."""
    return (1.0, float(LONGEST_WINDOW)) if is_length else (-LARGEST, LARGEST)


def values_of(rule: CustomRule, given: Mapping[str, float]) -> dict[str, float]:
    """Return the value of each parameter, given or usual.

    Raises ParameterError for a value out of the limits, and for one that the rule does not have.
    """
    parameters = parameters_of(rule)
    for name, value in given.items():
        if name not in parameters:
            known = ", ".join(parameters) or "none"
            raise ParameterError(name, f"The rule has no parameter `{name}`; it has {known}.")
        _check(name, value, is_length=parameters[name])
    return {name: float(given.get(name, usual)) for name, usual in defaults_of(rule).items()}


def bind(rule: CustomRule, values: Mapping[str, float]) -> CustomRule:
    """Return the rule with its parameters replaced by `values`, which has all of them."""
    return CustomRule(
        **{str(clause): _bound(condition, values) for clause, condition in rule.clauses()}  # type: ignore[arg-type]
    )


def bind_node[Bound: Node](node: Bound, values: Mapping[str, float]) -> Bound:
    """Return a condition or an operand with its parameters replaced."""
    bound: Bound = _bound(node, values)  # type: ignore[assignment]
    return bound


def _bound(node: Node, values: Mapping[str, float]) -> Node:
    if isinstance(node, Parameter):
        value = float(values[node.name])
        return Negative(Number(-value)) if value < 0 else Number(value)
    changed = {}
    for part in fields(node):
        value = getattr(node, part.name)
        if isinstance(value, Place | str | bool | float | None):
            continue
        changed[part.name] = (
            tuple(_bound(child, values) for child in value)
            if isinstance(value, tuple)
            else _bound(value, values)
        )
    return replace(node, **changed) if changed else node  # type: ignore[arg-type]


def _check(name: str, value: float, *, is_length: bool) -> None:
    lowest, highest = limits_of(is_length=is_length)
    if not isfinite(value) or not lowest <= value <= highest:
        raise ParameterError(name, f"`{name}` must be from {lowest:,g} to {highest:,g}, not {value:g}.")
    if is_length and value != int(value):
        raise ParameterError(name, f"`{name}` counts bars: give a whole number, not {value:g}.")


def _beside_parameters(rule: CustomRule) -> dict[str, float]:
    """Return the defaults of parameters that stand alone beside something with a usual value."""
    found: dict[str, float] = {}
    for _, condition in rule.clauses():
        for node in walk(condition):
            if isinstance(node, Compared):
                for one, other in ((node.left, node.right), (node.right, node.left)):
                    usual = _usual_beside(other)
                    if isinstance(one, Parameter) and usual is not None:
                        found.setdefault(one.name, usual)
    return found


def _usual_beside(operand: Node) -> float | None:
    if isinstance(operand, Held):
        return BESIDE_HELD[operand.name]
    return BESIDE_CALLS.get(operand.name) if isinstance(operand, Call) else None

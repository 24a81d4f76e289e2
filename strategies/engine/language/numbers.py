"""The numbers of a rule apart from its form, to tell rules apart that come to the same."""

from dataclasses import fields, replace

from strategies.engine.language.tree import CustomRule, Node, Number, Parameter, Place

ANY = Parameter("x")
"""Stands for every number in a form."""


def numbers_of(rule: CustomRule) -> tuple[CustomRule, list[float | str]]:
    """Return a rule's form, with every number and parameter the same, and what they were, in their order."""
    numbers: list[float | str] = []
    forms = {str(clause): _form(condition, numbers) for clause, condition in rule.clauses()}
    return CustomRule(**forms), numbers  # type: ignore[arg-type]


def _form(node: Node, numbers: list[float | str]) -> Node:
    if isinstance(node, Number | Parameter):
        numbers.append(node.value if isinstance(node, Number) else node.name)
        return ANY
    changed = {}
    for part in fields(node):
        value = getattr(node, part.name)
        if isinstance(value, Place | str | bool | float | None):
            continue
        changed[part.name] = (
            tuple(_form(child, numbers) for child in value)
            if isinstance(value, tuple)
            else _form(value, numbers)
        )
    return replace(node, **changed) if changed else node  # type: ignore[arg-type]

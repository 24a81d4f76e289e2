"""Limits of a tree, and what cannot stand where it does."""

from strategies.engine.language.errors import RuleTextError
from strategies.engine.language.tree import (
    Ago,
    AllOf,
    AnyOf,
    Call,
    Clause,
    Compared,
    Comparison,
    Condition,
    Held,
    Moves,
    Node,
    Not,
    Parameter,
    Place,
    Within,
    children,
    walk,
)

DEEPEST = 12
"""Levels of a tree."""
MOST_PARAMETERS = 12
EXITS = (Clause.SELL, Clause.COVER)
PLAIN = frozenset({Comparison.GREATER, Comparison.LESS, Comparison.AT_LEAST, Comparison.AT_MOST})
"""Comparisons that values of a position take."""


def check_clause(clause: Clause, condition: Condition) -> Condition:
    """Return the condition; raises RuleTextError where it is too deep or looks at what it cannot know."""
    if depth(condition) > DEEPEST:
        raise RuleTextError(
            f"This condition is nested deeper than {DEEPEST} levels. Split it with parameters or leave "
            "something out.",
            Place(1, 1),
        )
    held = [node for node in walk(condition) if isinstance(node, Held)]
    if held and clause not in EXITS:
        raise RuleTextError(
            f"`{held[0].name}` is known while a position is open: it can stand in `sell` and `cover`, not in "
            f"`{clause}`.",
            held[0].place,
        )
    if held:
        _check_held(condition)
    return condition


def depth(node: Node) -> int:
    """Return the levels of a tree, without recursion."""
    levels, level = 0, [node]
    while level:
        levels += 1
        level = [child for parent in level for child in children(parent)]
    return levels


def parameters_in(conditions: list[Condition]) -> dict[str, bool]:
    """Return the names of parameters in the order of the text, and whether each is a number of bars.

    Raises RuleTextError where there are too many.
    """
    found: dict[str, bool] = {}
    for condition in conditions:
        for node in walk(condition):
            lengths = _lengths(node)
            for child in children(node):
                if isinstance(child, Parameter):
                    is_length = any(child is length for length in lengths)
                    found[child.name] = found.get(child.name, False) or is_length
                    if len(found) > MOST_PARAMETERS:
                        raise RuleTextError(
                            f"A rule has at most {MOST_PARAMETERS} parameters; `{child.name}` is one more.",
                            child.place,
                        )
    return found


def _lengths(node: Node) -> tuple[Node, ...]:
    if isinstance(node, Call):
        return node.lengths
    return (node.bars,) if isinstance(node, Ago | Moves | Within) else ()


def _check_held(condition: Condition) -> None:
    """Refuse values of the position anywhere but alone on one side of a plain comparison."""
    waiting = [condition]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Not):
            waiting.append(node.condition)
        elif isinstance(node, AllOf | AnyOf):
            waiting += node.conditions
        elif isinstance(node, Compared) and _is_plain(node):
            continue
        else:
            _refuse_held(node)


def _is_plain(node: Compared) -> bool:
    sides = [node.left, node.right]
    others = [side for side in sides if not isinstance(side, Held)]
    return (
        node.comparison in PLAIN
        and len(others) == 1
        and not any(isinstance(below, Held) for below in walk(others[0]))
    )


def _refuse_held(node: Node) -> None:
    for below in walk(node):
        if isinstance(below, Held):
            raise RuleTextError(
                f"`{below.name}` stands alone on one side of `>`, `<`, `>=` or `<=`: "
                f"for example `{_EXAMPLES[below.name]}`.",
                below.place,
            )


_EXAMPLES = {
    "bars_since_entry": "bars_since_entry >= 40",
    "profit": "profit > 10 %",
    "profit_from_peak": "profit_from_peak < -5 %",
}

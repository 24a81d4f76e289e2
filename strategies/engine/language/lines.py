"""The lines that a rule decides by, ready to be drawn."""

from collections.abc import Iterator

from strategies.engine.indicators import Indicator, Panel
from strategies.engine.language.series import Operands
from strategies.engine.language.tree import (
    Ago,
    Arithmetic,
    Call,
    Compared,
    CustomRule,
    Held,
    Moves,
    Negative,
    Node,
    Number,
    Operand,
    Series,
    walk,
)
from strategies.engine.language.vocabulary import PRICES
from strategies.engine.language.write import write

AROUND = {
    "rsi": "rsi",
    "macd": "macd",
    "macd_signal": "macd",
    "change": "change",
    "atr": "atr",
    "stdev": "atr",
}
"""What functions measure in; lines that measure in the same share a panel."""


def lines_of(rule: CustomRule, operands: Operands) -> tuple[Indicator, ...]:
    """Return the lines of a rule without parameters, each once, in the order of the text.

    Of those that are no prices, the first one's measure gets the panel.
    """
    found = list(dict.fromkeys(operand for operand in _operands(rule) if not _is_plain(operand)))
    measures = {operand: _measure(operand) for operand in found}
    shown = next((measure for measure in measures.values() if measure not in {"price", "other"}), "")
    panels = {"price": Panel.PRICE, shown: Panel.OSCILLATOR}
    return tuple(
        Indicator(
            key=write(operand),
            label=write(operand),
            panel=panels.get(measures[operand], Panel.NOWHERE),
            values=operands.values(operand),
        )
        for operand in found
    )


def _operands(rule: CustomRule) -> Iterator[Operand]:
    """Yield what the conditions of a rule compare; without values of the position."""
    for _, condition in rule.clauses():
        for node in walk(condition):
            if isinstance(node, Compared):
                yield from (side for side in (node.left, node.right) if not isinstance(side, Held))
            elif isinstance(node, Moves):
                yield node.operand


def _is_plain(operand: Node) -> bool:
    """Whether an operand is drawn anyway, or is but a number."""
    if isinstance(operand, Negative):
        return _is_plain(operand.operand)
    return isinstance(operand, Number | Series)


def _measure(operand: Operand) -> str:
    match operand:
        case Series(name=name):
            return "price" if name in PRICES else "other"
        case Call(name=name, series=series):
            if name in AROUND:
                return AROUND[name]
            return "price" if series is None else _measure(series)
        case Ago(operand=inner):
            return _measure(inner)
        case Arithmetic():
            return _measure_of_both(operand)
    return "other"


def _measure_of_both(node: Arithmetic) -> str:
    """Return what two joined operands measure in: a price times a number is a price, for example."""
    left, right = _measure(node.left), _measure(node.right)
    if node.sign in {"*", "/"}:
        return left if isinstance(node.right, Number) else right if _scales(node) else "other"
    if left == right == "price":
        return "price" if node.sign == "+" else "atr"
    return "price" if "price" in {left, right} else left if left == right else "other"


def _scales(node: Arithmetic) -> bool:
    return node.sign == "*" and not any(isinstance(part, Series | Call | Held) for part in walk(node.left))

"""The frozen tree of a rule. Equal trees mean the same, wherever their text stood."""

from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import NamedTuple


class Place(NamedTuple):
    """Where something begins in the text; lines and columns count from 1."""

    line: int
    column: int


NOWHERE = Place(0, 0)


class Comparison(StrEnum):
    """How two operands are compared.

    A cross remembers which operand was above over bars at which both are equal; so does "is above".
    """

    GREATER = ">"
    LESS = "<"
    AT_LEAST = ">="
    AT_MOST = "<="
    EQUAL = "="
    UNEQUAL = "!="
    CROSSES_ABOVE = "crosses above"
    CROSSES_BELOW = "crosses below"
    IS_ABOVE = "is above"
    IS_BELOW = "is below"


class Clause(StrEnum):
    """What a condition decides."""

    BUY = "buy"
    SELL = "sell"
    SHORT = "short"
    COVER = "cover"


@dataclass(frozen=True)
class Number:
    """A number; `percent` tells how it was written: 2 % is the value 0.02."""

    value: float
    percent: bool = field(default=False, compare=False)
    place: Place = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True)
class Parameter:
    """A number that has a name, and its value elsewhere."""

    name: str
    place: Place = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True)
class Series:
    """A value of each bar: a price, the volume, the day of the week or the month."""

    name: str
    place: Place = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True)
class Held:
    """A value of the open position."""

    name: str
    place: Place = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True)
class Call:
    """A function; `series` is what it looks at, None for the usual one. `lengths` are in bars."""

    name: str
    series: "Operand | None"
    lengths: "tuple[Length, ...]"
    place: Place = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True)
class Ago:
    """The value so many bars before."""

    operand: "Operand"
    bars: "Length"


@dataclass(frozen=True)
class Arithmetic:
    """Two operands joined by one of `+ - * /`."""

    left: "Operand"
    sign: str
    right: "Operand"


@dataclass(frozen=True)
class Negative:
    """An operand below zero where it was above."""

    operand: "Operand"


@dataclass(frozen=True)
class Compared:
    """Two operands compared."""

    left: "Operand"
    comparison: Comparison
    right: "Operand"


@dataclass(frozen=True)
class Moves:
    """An operand that rises, or falls, at each of so many bars."""

    operand: "Operand"
    rises: bool
    bars: "Length"


@dataclass(frozen=True)
class Within:
    """A condition that held at one of the last so many bars, this one included."""

    condition: "Condition"
    bars: "Length"


@dataclass(frozen=True)
class Not:
    """A condition that does not hold."""

    condition: "Condition"


@dataclass(frozen=True)
class AllOf:
    """Conditions that hold together."""

    conditions: "tuple[Condition, ...]"


@dataclass(frozen=True)
class AnyOf:
    """Conditions of which one holds."""

    conditions: "tuple[Condition, ...]"


type Length = Number | Parameter
type Operand = Number | Parameter | Series | Held | Call | Ago | Arithmetic | Negative
type Condition = Compared | Moves | Within | Not | AllOf | AnyOf
type Node = Operand | Condition


@dataclass(frozen=True, kw_only=True)
class CustomRule:
    """The conditions of a rule; at least one of `buy` and `short` is there."""

    buy: Condition | None = None
    sell: Condition | None = None
    short: Condition | None = None
    cover: Condition | None = None

    def clauses(self) -> Iterator[tuple[Clause, Condition]]:
        """Yield the conditions that are there, with what each decides."""
        for clause in Clause:
            condition: Condition | None = getattr(self, clause)
            if condition is not None:
                yield clause, condition


def children(node: Node) -> Iterator[Node]:
    """Yield the nodes directly below `node`, in the order of the text."""
    for part in fields(node):
        value = getattr(node, part.name)
        if isinstance(value, tuple) and not isinstance(value, Place):
            yield from value
        elif not isinstance(value, str | bool | float | Place | None):
            yield value


def walk(node: Node) -> Iterator[Node]:
    """Yield `node` and every node below it, in the order of the text, without recursion."""
    waiting = [node]
    while waiting:
        found = waiting.pop()
        yield found
        waiting += reversed(list(children(found)))

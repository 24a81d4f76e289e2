"""A custom rule for many cells at once, in the form that the compiled functions read.

Lines that cells share are computed once. What a condition does with them is a list of steps for a stack
of truths, the same for every cell; what differs are the lines, and lengths in bars.
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from strategies.engine.language.binding import bind_node
from strategies.engine.language.book import BookTerms
from strategies.engine.language.conditions import is_exact
from strategies.engine.language.exits import OPERANDS, SIGNS, Alternative, alternatives_of
from strategies.engine.language.series import Operands
from strategies.engine.language.tree import (
    AllOf,
    AnyOf,
    Call,
    Compared,
    Comparison,
    Condition,
    CustomRule,
    Length,
    Moves,
    Not,
    Number,
    Operand,
    Parameter,
    Within,
    walk,
)
from strategies.engine.prices import FloatArray, IndexArray

LEAF, NOT, ALL, ANY, WITHIN, CONSTANT = range(6)
"""Steps: push a comparison's truth; turn the last; join the last few; hold the last for some bars; push a
number."""

KINDS = (*Comparison, "rises", "falls")
RISES, FALLS = KINDS.index("rises"), KINDS.index("falls")
BUY, SHORT, SELL, COVER = range(4)
"""Outputs; those of alternatives that look at the position follow."""


class Program(NamedTuple):
    """A rule for some cells.

    lines: shape (lines, bars). left, right: rows of the lines that a comparison of a cell compares; shapes
        (cells, comparisons). spans: bars of those that count some; shape (cells, spans).
    kind, exact, span: of each comparison, a place in `KINDS`, whether its operands are exact, and its span.
    steps, arguments: of all outputs; begins: where each output begins, and the end; shape (outputs + 1,).
    sell_owner ... cover_strict: as in `exits.Exits`; sell_level, cover_level: rows of their levels, shapes
        (cells, comparisons). sells, covers: how many alternatives look at the position.
    """

    lines: FloatArray
    left: IndexArray
    right: IndexArray
    spans: IndexArray
    kind: IndexArray
    exact: NDArray[np.bool_]
    span: IndexArray
    steps: IndexArray
    arguments: IndexArray
    begins: IndexArray
    sells: int
    covers: int
    sell_held: IndexArray
    cover_held: IndexArray
    sell_level: IndexArray
    cover_level: IndexArray

    @property
    def looks_at_position(self) -> bool:
        """Whether any exit looks at the position."""
        return self.sells + self.covers > 0


class _Cells:
    """Values of parameters in some cells, and the lines that their operands come to."""

    def __init__(self, values: Mapping[str, FloatArray], operands: Operands) -> None:
        self.values, self.operands = values, operands
        self.cells = len(next(iter(values.values()))) if values else 1
        self.lines: dict[Operand, int] = {}

    def rows(self, operand: Operand) -> IndexArray:
        """Return the line of an operand in each cell; shape (cells,)."""
        names = sorted({node.name for node in walk(operand) if isinstance(node, Parameter)})
        if not names:
            return np.full(self.cells, self._row(operand), dtype=np.intp)
        columns = np.stack([self.values[name] for name in names], axis=1)
        if isinstance(operand, Call) and operand.lengths == (Parameter(names[0]),) and len(names) == 1:
            self.operands.prepare(operand, columns[:, 0])
        distinct, places = np.unique(columns, axis=0, return_inverse=True)
        rows = [
            self._row(bind_node(operand, dict(zip(names, row, strict=True)))) for row in distinct.tolist()
        ]
        return np.array(rows, dtype=np.intp)[places.ravel()]

    def lengths(self, length: Length) -> IndexArray:
        """Return a number of bars in each cell; shape (cells,)."""
        if isinstance(length, Number):
            return np.full(self.cells, int(length.value), dtype=np.intp)
        return self.values[length.name].astype(np.intp)

    def table(self) -> FloatArray:
        """Return the lines; shape (lines, bars)."""
        table = np.empty((max(len(self.lines), 1), len(self.operands)))
        for operand, row in self.lines.items():
            table[row] = self.operands.values(operand)
        return table

    def _row(self, operand: Operand) -> int:
        return self.lines.setdefault(operand, len(self.lines))


class _Writer:
    """Steps and comparisons as they are written."""

    def __init__(self, cells: _Cells) -> None:
        self.cells = cells
        self.steps: list[tuple[int, int]] = []
        self.begins = [0]
        self.left: list[IndexArray] = []
        self.right: list[IndexArray] = []
        self.spans: list[IndexArray] = []
        self.kinds: list[tuple[int, bool, int]] = []
        self._leaves: dict[Condition, int] = {}

    def output(self, conditions: tuple[Condition, ...] | None) -> None:
        """Write conditions that hold together; None never holds."""
        if conditions is None:
            self.steps.append((CONSTANT, -1))
        elif not conditions:
            self.steps.append((CONSTANT, 1))
        else:
            self._condition(conditions[0] if len(conditions) == 1 else AllOf(conditions))
        self.begins.append(len(self.steps))

    def _condition(self, condition: Condition) -> None:
        match condition:
            case Not(condition=inner):
                self._condition(inner)
                self.steps.append((NOT, 0))
            case AllOf(conditions=several) | AnyOf(conditions=several):
                for one in several:
                    self._condition(one)
                self.steps.append((ALL if isinstance(condition, AllOf) else ANY, len(several)))
            case Within(condition=inner, bars=bars):
                self._condition(inner)
                self.steps.append((WITHIN, self._span(bars)))
            case Compared() | Moves():
                self.steps.append((LEAF, self._leaf(condition)))

    def _leaf(self, leaf: Compared | Moves) -> int:
        if leaf not in self._leaves:
            self._leaves[leaf] = len(self.kinds)
            if isinstance(leaf, Moves):
                rows = self.cells.rows(leaf.operand)
                self.left.append(rows)
                self.right.append(rows)
                kind = RISES if leaf.rises else FALLS
                self.kinds.append((kind, is_exact(leaf.operand), self._span(leaf.bars)))
            else:
                self.left.append(self.cells.rows(leaf.left))
                self.right.append(self.cells.rows(leaf.right))
                exact = is_exact(leaf.left) and is_exact(leaf.right)
                self.kinds.append((KINDS.index(leaf.comparison), exact, 0))
        return self._leaves[leaf]

    def _span(self, length: Length) -> int:
        self.spans.append(self.cells.lengths(length))
        return len(self.spans) - 1


def program_of(
    rule: CustomRule, values: Mapping[str, FloatArray], operands: Operands, terms: BookTerms
) -> Program:
    """Return the program of cells that have these values of the rule's parameters; each of shape (cells,)."""
    cells = _Cells(values, operands)
    writer = _Writer(cells)
    sell = _taken_apart(rule.sell if terms.longs else None)
    cover = _taken_apart(rule.cover if terms.shorts else None)
    for entry in (rule.buy if terms.longs else None, rule.short if terms.shorts else None):
        writer.output(None if entry is None else (entry,))
    for exit_ in (sell, cover):
        writer.output(_free(exit_))
    bound = [[one for one in exit_ if one.held] for exit_ in (sell, cover)]
    for alternative in [*bound[0], *bound[1]]:
        writer.output(alternative.free)
    held = [_held(alternatives, cells) for alternatives in bound]
    return Program(
        lines=cells.table(),
        left=_columns(writer.left, cells.cells),
        right=_columns(writer.right, cells.cells),
        spans=_columns(writer.spans, cells.cells),
        kind=np.array([kind for kind, _, _ in writer.kinds], np.intp),
        exact=np.array([exact for _, exact, _ in writer.kinds], np.bool_),
        span=np.array([span for _, _, span in writer.kinds], np.intp),
        steps=np.array([step for step, _ in writer.steps], np.intp),
        arguments=np.array([argument for _, argument in writer.steps], np.intp),
        begins=np.array(writer.begins, np.intp),
        sells=len(bound[0]),
        covers=len(bound[1]),
        sell_held=held[0][0],
        cover_held=held[1][0],
        sell_level=held[0][1],
        cover_level=held[1][1],
    )


def _taken_apart(condition: Condition | None) -> list[Alternative]:
    return [] if condition is None else alternatives_of(condition)


def _free(alternatives: list[Alternative]) -> tuple[Condition, ...] | None:
    """Return what the bars alone decide, as conditions that hold together."""
    free = [AllOf(one.free) if len(one.free) > 1 else one.free[0] for one in alternatives if not one.held]
    if not free:
        return None
    return (AnyOf(tuple(free)) if len(free) > 1 else free[0],)


def _held(alternatives: list[Alternative], cells: _Cells) -> tuple[IndexArray, IndexArray]:
    """Return owner, operand, sign and strictness of comparisons, shape (4, comparisons), and their levels."""
    comparisons = [(owner, held) for owner, one in enumerate(alternatives) for held in one.held]
    table = np.array(
        [(owner, OPERANDS.index(held.held), *SIGNS[held.comparison]) for owner, held in comparisons], np.intp
    )
    return (
        np.ascontiguousarray(table.reshape(len(comparisons), 4).T),
        _columns([cells.rows(held.operand) for _, held in comparisons], cells.cells),
    )


def _columns(columns: list[IndexArray], cells: int) -> IndexArray:
    return np.ascontiguousarray(np.array(columns, np.intp).reshape(len(columns), cells).T)

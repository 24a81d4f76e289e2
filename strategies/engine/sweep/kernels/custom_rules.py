"""The compiled decisions of custom rules: those of `language.evaluate`, cell by cell.

What a cell decides is written over what the one before it did, so no array of cells times bars exists.
The tests hold these functions to the language's own.
"""

from typing import NamedTuple, Self

import numpy as np

from strategies.engine.compilation.decorators import Array, bare_kernel
from strategies.engine.language.book import Bars, BookTerms, ExitArrays, Kept
from strategies.engine.language.book_kernel import keep_book
from strategies.engine.language.conditions import Truth
from strategies.engine.language.tree import Comparison
from strategies.engine.prices import ROUNDING, FloatArray
from strategies.engine.sweep.custom_program import (
    ALL,
    BUY,
    CONSTANT,
    COVER,
    FALLS,
    KINDS,
    LEAF,
    NOT,
    RISES,
    SELL,
    SHORT,
    WITHIN,
    Program,
)

GREATER, LESS, AT_LEAST, AT_MOST, EQUAL, UNEQUAL = (
    KINDS.index(comparison)
    for comparison in (
        Comparison.GREATER,
        Comparison.LESS,
        Comparison.AT_LEAST,
        Comparison.AT_MOST,
        Comparison.EQUAL,
        Comparison.UNEQUAL,
    )
)
CROSSES_ABOVE, CROSSES_BELOW = KINDS.index(Comparison.CROSSES_ABOVE), KINDS.index(Comparison.CROSSES_BELOW)
IS_ABOVE, IS_BELOW = KINDS.index(Comparison.IS_ABOVE), KINDS.index(Comparison.IS_BELOW)


class Scratch(NamedTuple):
    """Where a thread works on a cell; every last axis is bars.

    stack: of truths. outputs: truths of the program's outputs. levels: of comparisons of the position.
    """

    stack: Truth
    outputs: Truth
    sell_levels: FloatArray
    cover_levels: FloatArray
    kept: Kept

    @classmethod
    def of(cls, program: Program) -> Self:
        """Return room for the cells of a program."""
        bars = program.lines.shape[1]
        return cls(
            stack=np.zeros((len(program.steps) + 1, bars), np.int8),
            outputs=np.zeros((len(program.begins) - 1, bars), np.int8),
            sell_levels=np.zeros((program.sell_level.shape[1], bars)),
            cover_levels=np.zeros((program.cover_level.shape[1], bars)),
            kept=Kept.empty(bars),
        )


@bare_kernel
def copy(one: Array, other: Array) -> None:
    """Write one array over another."""
    for place in range(one.shape[0]):
        other[place] = one[place]


@bare_kernel
def decide_custom(
    program: Program, cell: int, bars: Bars, terms: BookTerms, scratch: Scratch, simple: bool
) -> int:
    """Write the sides that a cell wants; return the first bar from which they are known.

    simple: whether nothing but the bars decides.
    """
    known = 0
    for output in range(program.begins.shape[0] - 1):
        first = _run(program, cell, output, scratch)
        if output in (BUY, SHORT):
            known = max(known, first)
    if simple:
        _follow(scratch.outputs, terms, scratch.kept.side)
    else:
        _keep(program, cell, bars, terms, scratch)
    return known


@bare_kernel
def _keep(program: Program, cell: int, bars: Bars, terms: BookTerms, scratch: Scratch) -> None:
    for place in range(program.sell_level.shape[1]):
        copy(program.lines[program.sell_level[cell, place]], scratch.sell_levels[place])
    for place in range(program.cover_level.shape[1]):
        copy(program.lines[program.cover_level[cell, place]], scratch.cover_levels[place])
    held = program.sell_held
    sell = ExitArrays(
        scratch.outputs[SELL],
        scratch.outputs[COVER + 1 : COVER + 1 + program.sells],
        held[0],
        held[1],
        held[2],
        held[3],
        scratch.sell_levels,
    )
    held = program.cover_held
    cover = ExitArrays(
        scratch.outputs[COVER],
        scratch.outputs[COVER + 1 + program.sells :],
        held[0],
        held[1],
        held[2],
        held[3],
        scratch.cover_levels,
    )
    keep_book(scratch.outputs[BUY], scratch.outputs[SHORT], sell, cover, bars, terms, scratch.kept)


@bare_kernel
def _follow(outputs: Array, terms: BookTerms, side: Array) -> None:
    """Write the sides where nothing but the bars decides."""
    buy, short, sell, cover = outputs[BUY], outputs[SHORT], outputs[SELL], outputs[COVER]
    wanted = 0
    for bar in range(side.shape[0]):
        enters_long = buy[bar] == 1 and sell[bar] != 1
        enters_short = short[bar] == 1 and cover[bar] != 1
        if (wanted > 0 and sell[bar] == 1) or (wanted < 0 and cover[bar] == 1):
            wanted = 0
        if enters_long != enters_short:
            wanted = 1 if enters_long else -1
        side[bar] = wanted


@bare_kernel
def _run(program: Program, cell: int, output: int, scratch: Scratch) -> int:
    """Write an output; return the first bar at which all of its comparisons are known."""
    known, height = 0, 0
    stack = scratch.stack
    for step in range(program.begins[output], program.begins[output + 1]):
        kind, argument = program.steps[step], program.arguments[step]
        if kind == LEAF:
            known = max(known, _compare(program, cell, argument, stack[height]))
            height += 1
        elif kind == CONSTANT:
            stack[height, :] = argument
            height += 1
        elif kind == NOT:
            _turn(stack[height - 1])
        elif kind == WITHIN:
            _hold(stack[height - 1], program.spans[cell, argument], 1)
        else:
            for above in range(height - argument + 1, height):
                _join(stack[height - argument], stack[above], kind == ALL)
            height -= argument - 1
    copy(stack[0], scratch.outputs[output])
    return known


@bare_kernel
def _turn(truth: Array) -> None:
    for bar in range(truth.shape[0]):
        truth[bar] = -truth[bar]


@bare_kernel
def _join(one: Array, other: Array, lowest: bool) -> None:
    if lowest:
        for bar in range(one.shape[0]):
            one[bar] = min(one[bar], other[bar])
    else:
        for bar in range(one.shape[0]):
            one[bar] = max(one[bar], other[bar])


@bare_kernel
def _hold(truth: Array, span: int, wanted: int) -> None:
    """Write the highest truth of the last `span` bars, or the lowest where `wanted` is -1.

    Bars before the first are unknown.
    """
    found, unknown = -span, -span
    for bar in range(truth.shape[0]):
        if truth[bar] == wanted:
            found = bar
        elif truth[bar] == 0:
            unknown = bar
        if found > bar - span:
            truth[bar] = wanted
        elif unknown > bar - span or bar < span - 1:
            truth[bar] = 0
        else:
            truth[bar] = -wanted


@bare_kernel
def _compare(program: Program, cell: int, leaf: int, truth: Array) -> int:
    """Write the truth of a comparison; return the first bar at which it is known."""
    left = program.lines[program.left[cell, leaf]]
    right = program.lines[program.right[cell, leaf]]
    kind = program.kind[leaf]
    share = 0.0 if program.exact[leaf] else ROUNDING
    if kind in (RISES, FALLS):
        _steps(left, share, kind == RISES, truth)
        _hold(truth, program.spans[cell, program.span[leaf]], -1)
    elif kind in (CROSSES_ABOVE, CROSSES_BELOW, IS_ABOVE, IS_BELOW):
        _remember(left, right, share, kind, truth)
    else:
        _order(left, right, share, kind, truth)
    bars = len(truth)
    for bar in range(bars):
        if truth[bar] != 0:
            return bar
    return bars


@bare_kernel
def _order(left: Array, right: Array, share: float, kind: int, truth: Array) -> None:
    """Write the truth of a plain comparison; NaN makes it unknown."""
    for bar in range(truth.shape[0]):
        one, other = left[bar], right[bar]
        margin = share * max(abs(one), abs(other))
        above, below = one > other + margin, one < other - margin
        if kind == GREATER:
            holds = above
        elif kind == LESS:
            holds = below
        elif kind == AT_LEAST:
            holds = not below
        elif kind == AT_MOST:
            holds = not above
        elif kind == EQUAL:
            holds = not (above or below)
        else:
            holds = above or below
        unknown = one != one or other != other  # noqa: PLR0124 - NaN alone differs from itself
        truth[bar] = 0 if unknown else (1 if holds else -1)


@bare_kernel
def _remember(left: Array, right: Array, share: float, kind: int, truth: Array) -> None:
    """Write the truth of a cross, or of which line is above since the last one."""
    side = 0
    crosses = kind in (CROSSES_ABOVE, CROSSES_BELOW)
    wanted = 1 if kind in (CROSSES_ABOVE, IS_ABOVE) else -1
    for bar in range(truth.shape[0]):
        one, other = left[bar], right[bar]
        margin = share * max(abs(one), abs(other))
        before = side
        if one > other + margin:
            side = 1
        elif one < other - margin:
            side = -1
        if not crosses:
            truth[bar] = side * wanted
        elif one != one or other != other:  # noqa: PLR0124 - NaN alone differs from itself
            truth[bar] = 0
        else:
            truth[bar] = 1 if side == wanted and before == -wanted else -1


@bare_kernel
def _steps(line: Array, share: float, rises: bool, truth: Array) -> None:
    """Write whether a line moved as wanted since the bar before."""
    truth[0] = 0
    for bar in range(1, truth.shape[0]):
        now, before = line[bar], line[bar - 1]
        margin = share * max(abs(now), abs(before))
        holds = now > before + margin if rises else now < before - margin
        unknown = now != now or before != before  # noqa: PLR0124 - NaN alone differs from itself
        truth[bar] = 0 if unknown else (1 if holds else -1)

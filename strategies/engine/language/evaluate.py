"""From a rule and prices to decisions."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from strategies.engine.language.book import (
    LONG_EXIT,
    NUMBERS,
    REVERSED,
    SHORT_EXIT,
    Bars,
    BookTerms,
    ExitArrays,
    Kept,
    keep_book,
)
from strategies.engine.language.conditions import Conditions, Truth
from strategies.engine.language.exits import Exits
from strategies.engine.language.tree import (
    AllOf,
    AnyOf,
    Compared,
    Condition,
    CustomRule,
    Moves,
    Not,
    Within,
)

NEVER = np.int8(-1)
LONG_ENTRY, SHORT_ENTRY, LONG_LEFT, SHORT_LEFT = 1, 2, 4, 8
"""What holds at a close, as bits."""

type Keep = Callable[..., None]
"""`keep_book`, or the same compiled."""


@dataclass(frozen=True, eq=False, kw_only=True)
class RuleDecisions:
    """What a rule wants at each close.

    side: int8, shape (bars,); 1, -1 or 0.
    known_from: first bar at which every comparison of the entries is known; `bars` where one never is.
    """

    side: Truth
    known_from: int
    kept: Kept


def evaluate(
    rule: CustomRule, conditions: Conditions, terms: BookTerms, *, keep: Keep = keep_book
) -> RuleDecisions:
    """Return what a rule without parameters wants at each close."""
    buy = _entry(rule.buy, conditions, is_allowed=terms.longs)
    short = _entry(rule.short, conditions, is_allowed=terms.shorts)
    sell = Exits.of(rule.sell if terms.longs else None, conditions)
    cover = Exits.of(rule.cover if terms.shorts else None, conditions)
    if terms.has_stops or len(sell.masks) or len(cover.masks):
        kept = Kept.empty(len(buy))
        bars = Bars.of(conditions.operands.prices)
        keep = _keep_in_lists if keep is keep_book else keep
        keep(buy, short, ExitArrays.of(sell), ExitArrays.of(cover), bars, terms, kept)
    else:
        kept = _by_changes(buy, short, sell.free, cover.free, terms)
    return RuleDecisions(side=kept.side, known_from=_known_from(rule, conditions, terms), kept=kept)


def _keep_in_lists(  # noqa: PLR0917 - as `keep_book` takes them
    buy: Truth, short: Truth, sell: ExitArrays, cover: ExitArrays, bars: Bars, terms: BookTerms, kept: Kept
) -> None:
    """Write the book without compiled functions: lists give single numbers sooner than arrays do."""
    sell, cover = (exits._replace(free=exits.free.tolist()) for exits in (sell, cover))
    lists = Bars(*(line.tolist() for line in bars))
    keep_book(buy.tolist(), short.tolist(), sell, cover, lists, terms, kept._replace(now=[0.0] * NUMBERS))


def _entry(condition: Condition | None, conditions: Conditions, *, is_allowed: bool) -> Truth:
    if condition is None or not is_allowed:
        return np.full(len(conditions.operands), NEVER)
    return conditions.truth(condition)


def _known_from(rule: CustomRule, conditions: Conditions, terms: BookTerms) -> int:
    entries = [rule.buy if terms.longs else None, rule.short if terms.shorts else None]
    known = [
        _first_known(conditions.truth(leaf))
        for entry in entries
        if entry is not None
        for leaf in _leaves(entry)
    ]
    return max(known, default=0)


def _first_known(truth: Truth) -> int:
    known = truth != 0
    return int(known.argmax()) if known.any() else len(known)


def _leaves(condition: Condition) -> Iterator[Condition]:
    """Yield the comparisons that a condition is made of."""
    match condition:
        case Not(condition=inner) | Within(condition=inner):
            yield from _leaves(inner)
        case AllOf(conditions=several) | AnyOf(conditions=several):
            for one in several:
                yield from _leaves(one)
        case Compared() | Moves():
            yield condition


def _by_changes(buy: Truth, short: Truth, sell: Truth, cover: Truth, terms: BookTerms) -> Kept:
    """Return the book where nothing but the bars decides.

    A bar at which the same holds as at the one before changes nothing, so only the others are visited.
    """
    longs, shorts = (buy == 1) & (sell != 1), (short == 1) & (cover != 1)
    both = longs & shorts
    holds = LONG_ENTRY * (longs & ~both) + SHORT_ENTRY * (shorts & ~both)
    holds += LONG_LEFT * (sell == 1) + SHORT_LEFT * (cover == 1)
    kept = Kept.empty(len(buy))
    changed = (
        np.flatnonzero(np.concatenate(([True], holds[1:] != holds[:-1]))) if len(buy) else np.zeros(0, int)
    )
    sides, side = [], 0
    for bar, held in zip(changed.tolist(), holds[changed].tolist(), strict=True):
        side, kept.cause[bar] = _next_side(side, held)
        sides.append(side)
    kept.side[:] = np.repeat(np.array(sides, np.int8), np.diff([*changed, len(buy)]))
    return kept


def _next_side(side: int, holds: int) -> tuple[int, int]:
    """Return the side wanted after a close, and why the one before was left."""
    cause = 0
    if side > 0 and holds & LONG_LEFT:
        side, cause = 0, LONG_EXIT
    elif side < 0 and holds & SHORT_LEFT:
        side, cause = 0, SHORT_EXIT
    entered = 1 if holds & LONG_ENTRY else -1 if holds & SHORT_ENTRY else side
    return entered, REVERSED if side * entered < 0 else cause

"""Decide what a custom rule wants, in the form that every rule's decisions have."""

from collections.abc import Callable
from typing import Any

from strategies.engine.compilation.readiness import are_kernels_loaded
from strategies.engine.language.book import BookTerms, keep_book
from strategies.engine.language.closing import closing_clause
from strategies.engine.language.conditions import Conditions
from strategies.engine.language.evaluate import evaluate
from strategies.engine.language.lines import lines_of
from strategies.engine.language.series import Operands
from strategies.engine.language.tree import CustomRule
from strategies.engine.prices import Prices
from strategies.engine.rules import Decisions


def decide_custom(rule: CustomRule, prices: Prices, terms: BookTerms) -> Decisions:
    """Return what a rule without parameters wants at each close.

    Raises PricesTooLarge when prices grew too much to be averaged exactly.
    """
    conditions = Conditions(Operands(prices))
    found = evaluate(rule, conditions, terms, keep=_bookkeeper())
    return Decisions(
        side=found.side,
        known_from=found.known_from,
        indicators=lines_of(rule, conditions.operands),
        closing_clause=lambda bar: closing_clause(rule, found.kept, conditions, bar),
    )


def _bookkeeper() -> Callable[..., Any]:
    """Return the compiled function where it is loaded; compiling takes longer than one run without it."""
    if not are_kernels_loaded():
        return keep_book
    from strategies.engine.language import book_kernel

    compiled: Callable[..., Any] = book_kernel.keep_book
    return compiled

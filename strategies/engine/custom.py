"""Decide what a custom rule wants, in the form that every rule's decisions have."""

from strategies.engine.compilation import readiness
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
    kernels = readiness.custom_at_hand()
    conditions = Conditions(Operands(prices))
    found = evaluate(rule, conditions, terms, keep=kernels.book.keep_book if kernels else keep_book)
    return Decisions(
        side=found.side,
        known_from=found.known_from,
        indicators=lines_of(rule, conditions.operands),
        closing_clause=lambda bar: closing_clause(rule, found.kept, conditions, bar),
    )

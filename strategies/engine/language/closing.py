"""Which clause of a rule ended a position, and which of its alternatives."""

from strategies.engine.language.book import LONG_EXIT, REVERSED, SHORT_EXIT, Kept
from strategies.engine.language.conditions import Conditions
from strategies.engine.language.exits import alternatives_of
from strategies.engine.language.tree import AnyOf, Clause, Condition, CustomRule
from strategies.engine.language.write import write


def closing_clause(rule: CustomRule, kept: Kept, conditions: Conditions, bar: int) -> str | None:
    """Return what asked at a close to leave a position, as text; None where no clause did.

    rule: without parameters, as it was evaluated on `conditions` to `kept`.
    """
    cause = int(kept.cause[bar])
    if cause == REVERSED:
        clause = Clause.BUY if kept.side[bar] > 0 else Clause.SHORT
        entry = rule.buy if kept.side[bar] > 0 else rule.short
        return None if entry is None else f"{clause} when {write(entry)}"
    exits = {LONG_EXIT: (Clause.SELL, rule.sell), SHORT_EXIT: (Clause.COVER, rule.cover)}
    clause, condition = exits.get(cause, (Clause.SELL, None))
    if condition is None:
        return None
    return f"{clause} when {write(_that_held(condition, kept, conditions, bar))}"


def _that_held(condition: Condition, kept: Kept, conditions: Conditions, bar: int) -> Condition:
    """Return the alternative of an exit that held; all of the exit where it has no alternatives."""
    if not isinstance(condition, AnyOf):
        return condition
    wanted, looking = int(kept.alternative[bar]), 0
    for alternative in condition.conditions:
        for part in alternatives_of(alternative):
            looking += bool(part.held)
            if part.held and looking == wanted:
                return alternative
            if not part.held and not wanted and all(conditions.truth(one)[bar] == 1 for one in part.free):
                return alternative
    return condition

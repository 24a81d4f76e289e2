"""From text to tree."""

from functools import lru_cache
from pathlib import Path
from string import ascii_lowercase, ascii_uppercase
from typing import cast

from lark import Lark
from lark.exceptions import UnexpectedInput, VisitError

from strategies.engine.language.build import Builder, Clauses
from strategies.engine.language.check import check_clause, parameters_in
from strategies.engine.language.errors import RuleTextError
from strategies.engine.language.misplaced import misplaced
from strategies.engine.language.tree import Clause, Condition, CustomRule, Place

LONGEST_TEXT = 1_000
"""Characters of one clause."""

_LOWER = str.maketrans(ascii_uppercase, ascii_lowercase)


def parse_rule(text: str) -> CustomRule:
    """Return the rule of a text with its clauses, such as "buy when ... sell when ...".

    Raises RuleTextError, which names the place and what would be right.
    """
    found: dict[Clause, Condition] = {}
    for name, condition, place in _parsed(text, "rule", longest=len(Clause) * LONGEST_TEXT):
        clause = Clause(str(name))
        if clause in found:
            raise RuleTextError(f"There is a second `{clause} when`. Join both with `or`.", place)
        found[clause] = check_clause(clause, condition)
    return rule_of(found)


@lru_cache(maxsize=512)
def parse_clause(clause: Clause, text: str) -> Condition:
    """Return the condition of one clause, whose text may begin with its name and "when".

    Raises RuleTextError, which names the place and what would be right.
    """
    ((named, condition, place),) = _parsed(text, "alone", longest=LONGEST_TEXT)
    if named not in {None, clause}:
        raise RuleTextError(f"This is the text of `{clause}`, and it begins with `{named} when`.", place)
    return check_clause(clause, condition)


def rule_of(conditions: dict[Clause, Condition]) -> CustomRule:
    """Return the rule of some conditions.

    Raises RuleTextError where none of them enters a position, or where they have too many parameters.
    """
    if not conditions.keys() & {Clause.BUY, Clause.SHORT}:
        raise RuleTextError(
            "A rule needs a condition to buy or to sell short: `buy when close > sma(200)`.", Place(1, 1)
        )
    parameters_in(list(conditions.values()))
    return CustomRule(**{str(clause): condition for clause, condition in conditions.items()})


def _parsed(text: str, start: str, *, longest: int) -> Clauses:
    if len(text) > longest:
        raise RuleTextError(
            f"This text has {len(text):,d} characters. At most {longest:,d} can be read.", Place(1, 1)
        )
    try:
        return cast("Clauses", _parser().parse(text.translate(_LOWER), start=start))
    except VisitError as error:
        if isinstance(error.orig_exc, RuleTextError):
            raise error.orig_exc from None
        raise
    except UnexpectedInput as error:
        raise misplaced(error) from None


@lru_cache(maxsize=1)
def _parser() -> Lark:
    return Lark(
        (Path(__file__).parent / "grammar.lark").read_text(),
        parser="lalr",
        lexer="basic",
        start=["rule", "alone"],
        transformer=Builder(),
        maybe_placeholders=False,
    )

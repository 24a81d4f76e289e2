"""What the parser makes of each piece of grammar, from the smallest upwards."""

from difflib import get_close_matches
from typing import Never

from lark import Token, Transformer, v_args

from strategies.engine.language.errors import RuleTextError
from strategies.engine.language.tree import (
    Ago,
    AllOf,
    AnyOf,
    Arithmetic,
    Call,
    Compared,
    Comparison,
    Condition,
    Held,
    Length,
    Moves,
    Negative,
    Not,
    Number,
    Operand,
    Parameter,
    Place,
    Series,
    Within,
)
from strategies.engine.language.vocabulary import FUNCTIONS, POSITION, SERIES

LONGEST_WINDOW = 1_000
"""Bars."""
LONGEST_NAME = 40

type Clauses = list[tuple[str | None, Condition, Place]]


@v_args(inline=True)
class Builder(Transformer[Token, Clauses]):
    """Makes nodes of the tree; the names of its methods are those of the grammar."""

    def rule(self, *clauses: tuple[str | None, Condition, Place]) -> Clauses:
        """All clauses of a text."""
        return list(clauses)

    def clause(self, name: Token, condition: Condition) -> tuple[str | None, Condition, Place]:
        """One clause with its name."""
        return str(name), condition, _place(name)

    def alone(self, *parts: Token | Condition) -> Clauses:
        """A condition, with or without the name of its clause."""
        *name, condition = parts
        if isinstance(condition, Token):
            raise TypeError(condition)
        token = name[0] if name else None
        if not isinstance(token, Token):
            return [(None, condition, Place(1, 1))]
        return [(str(token), condition, _place(token))]

    def any_of(self, *conditions: Condition) -> Condition:
        """One condition, or alternatives."""
        return _joined(AnyOf, conditions)

    def all_of(self, *conditions: Condition) -> Condition:
        """One condition, or several that hold together."""
        return _joined(AllOf, conditions)

    def negated(self, condition: Condition) -> Condition:
        """The opposite of a condition."""
        return Not(condition)

    def within(self, condition: Condition, bars: Length) -> Condition:
        """A condition that held lately."""
        return Within(condition, bars)

    def compared(self, left: Operand, comparison: Token, right: Operand) -> Condition:
        """Two operands compared."""
        sign = "=" if comparison == "==" else str(comparison)
        return Compared(left, Comparison(sign), right)

    def crosses(self, left: Operand, side: Token, right: Operand) -> Condition:
        """One operand crossing another."""
        return Compared(left, Comparison(f"crosses {side}"), right)

    def stays(self, left: Operand, side: Token, right: Operand) -> Condition:
        """One operand above or below another since they last crossed."""
        return Compared(left, Comparison(f"is {side}"), right)

    def moves(self, operand: Operand, move: Token, bars: Length) -> Condition:
        """An operand that rises or falls."""
        return Moves(operand, move == "rises", bars)

    def arithmetic(self, left: Operand, sign: Token, right: Operand) -> Operand:
        """Two operands joined."""
        if sign in {"+", "-"} and isinstance(right, Number) and right.percent:
            percent = f"{100 * right.value:g}"
            factor = f"{1 + right.value if sign == '+' else 1 - right.value:g}"
            raise RuleTextError(
                f"`{sign} {percent} %` would add the number {right.value:g}. "
                f"For {percent} percent more or less multiply: `{factor} * ...`.",
                right.place,
            )
        return Arithmetic(left, str(sign), right)

    def negative(self, _: Token, operand: Operand) -> Operand:
        """An operand with the opposite sign."""
        return Negative(operand)

    def ago(self, operand: Operand, bars: Length) -> Operand:
        """An earlier value."""
        return Ago(operand, bars)

    def number(self, digits: Token) -> Operand:
        """A number."""
        return Number(float(digits), place=_place(digits))

    def percent(self, digits: Token, _: Token) -> Operand:
        """A number in hundredths."""
        # Dividing rounds once, so 2.5 % is the very number 0.025.
        return Number(float(digits) / 100, percent=True, place=_place(digits))

    def name(self, name: Token) -> Operand:
        """A series, a value of the position, or a parameter."""
        place = _place(name)
        if name in SERIES:
            return Series(str(name), place)
        if name in POSITION:
            return Held(str(name), place)
        if name in FUNCTIONS:
            raise RuleTextError(
                f"`{name}` is a function: write for example `{FUNCTIONS[name].example}`.", place
            )
        return _parameter(name)

    def length(self, length: Token) -> Length:
        """A number of bars."""
        if length.type == "NAME":
            return _parameter(length)
        return whole(Number(float(length), place=_place(length)))

    def call(self, name: Token, *arguments: Operand) -> Operand:
        """A function of a series and lengths."""
        if name not in FUNCTIONS:
            _unknown_function(name)
        return call_of(str(name), arguments, _place(name))


def call_of(name: str, arguments: tuple[Operand, ...], place: Place) -> Call:
    """Return a call; raises RuleTextError where the function takes other arguments."""
    function = FUNCTIONS[name]
    takes_series = function.series is not None and len(arguments) == function.lengths[0] + 1
    series, given = (arguments[0], arguments[1:]) if takes_series else (None, arguments)
    if len(given) not in function.lengths:
        raise RuleTextError(f"`{name}` takes other arguments: for example `{function.example}`.", place)
    if series == Series(function.series or ""):
        series = None
    return Call(name, series, tuple(_length(name, argument, place) for argument in given), place)


def whole(number: Number) -> Number:
    """Return a number of bars; raises RuleTextError where it is none."""
    if number.percent or number.value != int(number.value) or not 1 <= number.value <= LONGEST_WINDOW:
        raise RuleTextError(
            f"{number.value:g} is no number of bars: give a whole number from 1 to {LONGEST_WINDOW:,d}.",
            number.place,
        )
    return number


def _length(name: str, argument: Operand, place: Place) -> Length:
    if isinstance(argument, Number):
        return whole(argument)
    if isinstance(argument, Parameter):
        return argument
    raise RuleTextError(
        f"`{name}` takes its number of bars as a number or a parameter: "
        f"for example `{FUNCTIONS[name].example}`.",
        place,
    )


def _parameter(name: Token) -> Parameter:
    if len(name) > LONGEST_NAME:
        raise RuleTextError(f"A name has at most {LONGEST_NAME} characters.", _place(name))
    if name in SERIES or name in POSITION or name in FUNCTIONS:
        raise RuleTextError(f"`{name}` is no number of bars.", _place(name))
    return Parameter(str(name), _place(name))


def _unknown_function(name: Token) -> Never:
    if name in SERIES or name in POSITION:
        raise RuleTextError(f"`{name}` is no function; for an earlier value write `{name}[5]`.", _place(name))
    close = get_close_matches(name, FUNCTIONS, n=1)
    hint = f"did you mean `{close[0]}`?" if close else f"there are {', '.join(FUNCTIONS)}."
    raise RuleTextError(f"`{name}` is no function; {hint}", _place(name))


def _joined(kind: type[AllOf | AnyOf], conditions: tuple[Condition, ...]) -> Condition:
    """Return conditions joined; joined ones of the same kind inside are taken apart."""
    if len(conditions) == 1:
        return conditions[0]
    flat: list[Condition] = []
    for condition in conditions:
        flat += condition.conditions if isinstance(condition, kind) else (condition,)
    return kind(tuple(flat))


def _place(token: Token) -> Place:
    return Place(token.line or 1, token.column or 1)

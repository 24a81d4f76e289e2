"""Random rules, for Hypothesis."""

from functools import cache

from hypothesis import strategies as st

from strategies.engine.language.tree import (
    Ago,
    AllOf,
    AnyOf,
    Arithmetic,
    Call,
    Compared,
    Comparison,
    Condition,
    CustomRule,
    Held,
    Length,
    Moves,
    Negative,
    Not,
    Number,
    Operand,
    Parameter,
    Series,
    Within,
)

NAMES = ("fast", "slow", "trend", "n")
PRICES = ("open", "high", "low", "close")
PLAIN = (Comparison.GREATER, Comparison.LESS, Comparison.AT_LEAST, Comparison.AT_MOST)


def lengths(*, named: bool) -> st.SearchStrategy[Length]:
    numbers = st.integers(1, 6).map(lambda bars: Number(float(bars)))
    return st.one_of(numbers, st.sampled_from(NAMES).map(Parameter)) if named else numbers


def leaves(*, named: bool) -> st.SearchStrategy[Operand]:
    every = [
        st.sampled_from([*PRICES * 3, "volume", "day_of_week", "month"]).map(Series),
        st.sampled_from([0.0, 0.25, 1.0, 3.0, 10.0, 12.5, 30.0, 50.0]).map(Number),
    ]
    return st.one_of(*every, st.just(Parameter("level"))) if named else st.one_of(*every)


@cache
def operands(*, named: bool) -> st.SearchStrategy[Operand]:
    return st.recursive(leaves(named=named), lambda inner: _larger(inner, named=named), max_leaves=4)


def _larger(inner: st.SearchStrategy[Operand], *, named: bool) -> st.SearchStrategy[Operand]:
    length = lengths(named=named)
    windowed = st.sampled_from(["sma", "ema", "wma", "hma", "highest", "lowest", "rsi", "stdev", "change"])
    series = st.one_of(st.none(), inner)
    return st.one_of(
        st.builds(_call, windowed, series, length),
        st.builds(_call, st.sampled_from(["sma", "ema", "wma", "hma"]), st.none(), length),
        st.builds(lambda window: Call("atr", None, (window,)), length),
        st.builds(lambda *windows: Call("macd", None, windows), length, length, length),
        st.builds(lambda *windows: Call("macd", None, windows), length, length),
        st.builds(lambda *windows: Call("macd_signal", None, windows), length, length, length),
        st.builds(Ago, inner, length),
        st.builds(Arithmetic, inner, st.sampled_from("+-*/"), inner),
        st.builds(Negative, inner),
    )


def _call(name: str, series: Operand | None, length: Length) -> Call:
    usual = {"highest": "high", "lowest": "low"}.get(name, "close")
    return Call(name, None if series == Series(usual) else series, (length,))


@cache
def conditions(*, named: bool = False, held: bool = False) -> st.SearchStrategy[Condition]:
    """Conditions; `held`: with comparisons of values of the position, where these may stand."""
    operand, length = operands(named=named), lengths(named=named)
    free = st.one_of(
        st.builds(Compared, operand, st.sampled_from(Comparison), operand),
        st.builds(Moves, operand, st.booleans(), length),
    )
    if not held:
        return st.recursive(
            free,
            lambda inner: st.one_of(_joined(inner), st.builds(Within, inner, length)),
            max_leaves=4,
        )
    value = st.sampled_from(["bars_since_entry", "profit", "profit_from_peak"]).map(Held)
    level = st.one_of(
        st.sampled_from([0.0, 2.0, 5.0, 0.02, 0.1]).map(Number),
        st.just(Negative(Number(0.05))),
        st.builds(lambda window: Arithmetic(Call("atr", None, (window,)), "/", Series("close")), length),
    )
    bound = st.one_of(
        st.builds(Compared, value, st.sampled_from(PLAIN), level),
        st.builds(Compared, level, st.sampled_from(PLAIN), value),
    )
    return st.recursive(st.one_of(bound, conditions(named=named)), _joined, max_leaves=4)


def _joined(inner: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    several = st.lists(inner, min_size=2, max_size=3)
    return st.one_of(
        several.map(lambda parts: _flat(AllOf, parts)),
        several.map(lambda parts: _flat(AnyOf, parts)),
        st.builds(Not, inner),
    )


def _flat(kind: type[AllOf | AnyOf], parts: list[Condition]) -> Condition:
    flat: list[Condition] = []
    for part in parts:
        flat += part.conditions if isinstance(part, kind) else (part,)
    return kind(tuple(flat))


@st.composite
def custom_rules(draw: st.DrawFn, *, named: bool = False) -> CustomRule:
    """Rules with some of the four clauses, one that enters among them."""
    entry, exit_ = conditions(named=named), conditions(named=named, held=True)
    rule = CustomRule(
        buy=draw(st.one_of(entry, entry, st.none())),
        sell=draw(st.one_of(exit_, exit_, st.none())),
        short=draw(st.one_of(st.none(), entry)),
        cover=draw(st.one_of(st.none(), exit_)),
    )
    return rule if rule.buy or rule.short else CustomRule(buy=draw(entry), sell=rule.sell)

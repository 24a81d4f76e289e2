"""Texts and trees: what is written is read again, and what cannot be read says where and why."""

import os
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strategies.engine.language.errors import RuleTextError
from strategies.engine.language.parse import parse_clause, parse_rule
from strategies.engine.language.tree import Clause, Compared, Comparison, CustomRule, Number, Series
from strategies.engine.language.vocabulary import RESERVED
from strategies.engine.language.write import write_rule
from strategies.tests.engine.generators import many
from strategies.tests.engine.language.rule_trees import custom_rules

FAULTS = [
    ("smaa(20) > close", 1, "`smaa` is no function; did you mean `sma`?"),
    ("close >", 7, "The text ends too early: a value is missing"),
    ("close > sma(20", 13, "close the parenthesis with `)`"),
    ("close", 1, "a comparison is missing, such as `> sma(50)`"),
    ("close crosses over sma(20)", 15, "write `above` or `below`"),
    ("close > sma(20) adn close > 5", 17, "join conditions with `and` or `or`. Did you mean `and`?"),
    ("sma > 3", 1, "`sma` is a function: write for example `sma(20)`"),
    ("close(5) > 3", 1, "`close` is no function; for an earlier value write `close[5]`"),
    ("sma(0) > 3", 5, "0 is no number of bars: give a whole number from 1 to 1,000"),
    ("sma(1001) > 3", 5, "1001 is no number of bars"),
    ("sma(2.5) > 3", 5, "2.5 is no number of bars"),
    ("sma(close, 5, 6) > 3", 1, "`sma` takes other arguments: for example `sma(20)`"),
    ("atr(close, 5) > 3", 1, "`atr` takes other arguments: for example `atr(14)`"),
    ("close > sma(close * 2)", 9, "takes its number of bars as a number or a parameter"),
    ("profit > 5 %", 1, "`profit` is known while a position is open"),
    ("close + 2 % > sma(20)", 9, "For 2 percent more or less multiply: `1.02 * ...`"),
    ("close && open > 3", 7, "`&` cannot be read: write `and`"),
    ("close > open[sma]", 14, "`sma` is no number of bars"),
    ("sell when close > 3", 1, "This is the text of `buy`, and it begins with `sell when`"),
    ("", 1, "The text ends too early"),
    ("not " * 20 + "close > 1", 1, "nested deeper than 12 levels"),
    ("close > 1 or " * 90 + "close > 2", 1, "At most 1,000 can be read"),
]


@pytest.mark.parametrize(("text", "column", "words"), FAULTS)
def test_a_fault_names_its_place_and_what_would_be_right(text: str, column: int, words: str) -> None:
    with pytest.raises(RuleTextError) as found:
        parse_clause(Clause.BUY, text)
    assert (found.value.line, found.value.column) == (1, column)
    assert words in found.value.reason


def test_a_fault_in_a_later_line_names_the_line() -> None:
    with pytest.raises(RuleTextError) as found:
        parse_rule("buy when close > 1\nsell when close < smaa(5)")
    assert (found.value.line, found.value.column) == (2, 19)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("profit > 5 % within 3 bars", "stands alone on one side"),
        ("profit crosses above 5 %", "stands alone on one side"),
        ("profit + 1 > 5 %", "stands alone on one side"),
        ("profit > profit_from_peak", "stands alone on one side"),
    ],
)
def test_values_of_a_position_stand_alone(text: str, words: str) -> None:
    with pytest.raises(RuleTextError, match=words):
        parse_clause(Clause.SELL, text)


def test_a_rule_needs_an_entry_and_each_clause_once() -> None:
    with pytest.raises(RuleTextError, match="needs a condition to buy"):
        parse_rule("sell when close < 3")
    with pytest.raises(RuleTextError, match="a second `buy when`"):
        parse_rule("buy when close > 3 buy when close > 4")


def test_a_rule_has_at_most_twelve_parameters() -> None:
    text = " and ".join(f"close > p{place}" for place in range(13))
    with pytest.raises(RuleTextError, match="at most 12 parameters; `p12`"):
        parse_rule(f"buy when {text}")


def test_capitals_comments_and_lines_mean_nothing() -> None:
    expected = Compared(Series("close"), Comparison.GREATER, Number(0.02))
    assert parse_rule("BUY When Close  # the last price\n > 2 %") == CustomRule(buy=expected)


@many
@given(custom_rules(named=True))
def test_what_is_written_is_read_again(rule: CustomRule) -> None:
    text = write_rule(rule)
    assert parse_rule(text) == rule
    assert write_rule(parse_rule(text)) == text


WORDS = [
    *sorted(RESERVED),
    *("fast", "slow", "x", "1", "20", "2.5", "1000", "0", ".5", "1e5", "#", "\n", "&", "é"),
    *("(", ")", "[", "]", ",", "+", "-", "*", "/", "%", ">", "<", ">=", "<=", "=", "!="),
]


def fault_of(text: str, *, whole: bool) -> RuleTextError | None:
    """What is wrong with a text; None where it is a rule."""
    try:
        parse_rule(text) if whole else parse_clause(Clause.SELL, text)
    except RuleTextError as error:
        return error
    return None


def test_any_text_is_read_or_refused_in_words() -> None:
    shuffled = random.Random(int(os.environ.get("SEED", "7")))  # noqa: S311 - no secret
    read = 0
    for _ in range(int(os.environ.get("FUZZ_EXAMPLES", "3000"))):
        words = shuffled.choices(WORDS, k=shuffled.choice([1, 3, 3, 6, 12, 40]))
        text = shuffled.choice([" ", " ", ""]).join(words)
        fault = fault_of(text, whole=shuffled.random() < 0.5)
        read += fault is None
        if fault is not None:
            assert min(fault.line, fault.column) >= 1
            assert fault.reason.endswith((".", "?"))
    assert read


@many
@given(st.text(max_size=60))
def test_any_characters_are_read_or_refused_in_words(text: str) -> None:
    fault = fault_of(text, whole=True)
    assert fault is None or fault.reason

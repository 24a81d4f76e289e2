"""The reference of the language says nothing that the language does not do."""

import json
import re
from pathlib import Path

import pytest

from strategies.backtests.parameters import BacktestParameters
from strategies.engine.enums import Fill
from strategies.engine.language.binding import bind, defaults_of
from strategies.engine.language.errors import RuleTextError
from strategies.engine.language.parse import parse_clause, parse_rule
from strategies.engine.language.reading import read_rule
from strategies.engine.language.tree import Clause, Comparison
from strategies.engine.language.vocabulary import FUNCTIONS, POSITION, SERIES
from strategies.engine.language.write import write_rule

TEXT = (Path(__file__).parents[4] / "docs" / "rules.md").read_text()
EXAMPLES = re.findall(r"```rule\n(.*?)```", TEXT, re.DOTALL)
CODE = [
    code for row in re.findall(r"^\| (.*?) \|", TEXT, re.MULTILINE) for code in re.findall(r"`(.*?)`", row)
]


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_is_a_rule(example: str) -> None:
    rule = parse_rule(example)
    assert parse_rule(write_rule(rule)) == rule
    assert read_rule(bind(rule, defaults_of(rule)), Fill.NEXT_OPEN).endswith(".")


def test_every_value_and_every_condition_in_the_tables_can_be_written() -> None:
    read = []
    for code in CODE:
        for text in (code, f"{code} > 0", f"close {code} 3 bars", f"close > 1 {code} close > 2"):
            try:
                read.append(parse_clause(Clause.SELL, text))
                break
            except RuleTextError:
                continue
        else:
            assert code.split()[0] in {"buy", "sell", "short", "cover", "+", ">", "crosses", "is", "not", "<"}
    assert len(read) > 25


@pytest.mark.parametrize("name", [*SERIES, *POSITION, *FUNCTIONS, *Comparison])
def test_everything_that_can_be_written_is_documented(name: str) -> None:
    assert name in TEXT


def test_the_request_is_one() -> None:
    (body,) = re.findall(r"```json\n(.*?)```", TEXT, re.DOTALL)
    assert BacktestParameters.model_validate(json.loads(body)).custom_rule is not None

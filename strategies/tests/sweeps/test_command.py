"""Sweeps on the command line."""

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from strategies.models import ParameterSweep, UniverseSweep
from strategies.sweeps.service import find_sweep

RANGES = ("--fast", "10:20:5", "--slow", "50,100")


def run(*arguments: str) -> str:
    output = StringIO()
    call_command(*arguments, stdout=output)
    return output.getvalue()


@pytest.mark.django_db
def test_ranges_lists_and_single_values_are_swept() -> None:
    document: dict[str, Any] = json.loads(run("sweep", "aapl", *RANGES, "--start", "2010-01-04"))
    assert document["id"] == ParameterSweep.objects.get().pk
    assert sorted(set(document["cells"]["fast"])) == [10, 15, 20]
    assert sorted(set(document["cells"]["slow"])) == [50, 100]


@pytest.mark.django_db
def test_a_person_reads_the_verdict_the_best_and_the_page() -> None:
    text = run("sweep", "AAPL", *RANGES, "--start", "2010-01-04", "--text")
    document = find_sweep(ParameterSweep.objects.get().pk)
    assert document.verdict.sentence in text
    assert document.links.page in text
    assert "The best combinations" in text


@pytest.mark.django_db
def test_parameters_of_a_custom_rule_are_named() -> None:
    texts = ("--rule", "custom", "--buy", "close crosses above sma(window)")
    found = json.loads(run("sweep", "IBM", *texts, "--values", "window=20:40:10", "--start", "2010-01-04"))
    assert found["cells"]["values"]["window"] == [20, 30, 40]


@pytest.mark.django_db
def test_many_symbols_are_swept_without_a_worker() -> None:
    document = json.loads(run("sweep_symbols", "IBM", "AAPL", *RANGES, "--start", "2010-01-04"))
    assert document["is_complete"]
    assert {row["symbol"] for row in document["rows"]} == {"AAPL", "IBM"}
    assert document["id"] == UniverseSweep.objects.get().pk


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--fast", "a:b"], "fast: “a:b” is neither a number"),
        (["--slow", "0"], "slow: Give a whole number of bars"),
        (["--values", "fast"], "values: Give each parameter as NAME=VALUES"),
    ],
)
def test_wrong_values_are_refused_by_name(arguments: list[str], words: str) -> None:
    with pytest.raises(CommandError, match=words):
        run("sweep", "AAPL", *arguments)

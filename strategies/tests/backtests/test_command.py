"""The backtest on the command line."""

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from strategies.models import Backtest

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> str:
    output = StringIO()
    call_command("run_backtest", *arguments, stdout=output)
    return output.getvalue()


def test_a_run_is_summed_up_and_leads_to_its_page() -> None:
    text = run("aapl", "--fast", "50", "--slow", "200", "--initial-investment", "5000", "--text")
    assert text.startswith("From 2000-03-01 to 2013-03-01 the strategy turned 5,000")
    assert f"/backtests/{Backtest.objects.get().pk}/" in text


def test_a_pipe_gets_the_document() -> None:
    document: dict[str, Any] = json.loads(run("IBM", "--average", "exponential", "--json"))
    assert document == json.loads(run("IBM", "--average", "exponential"))
    assert document["parameters"]["average"] == "exponential"
    assert document["id"] == Backtest.objects.get().pk


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["AAPL", "--fast", "0"], "fast: Give a whole number of bars"),
        (["NONE"], "No bars of NONE"),
        (["AAPL", "--start", "2014-01-01"], "No bar of AAPL lies on or after 2014-01-01"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(arguments: list[str], words: str) -> None:
    with pytest.raises(CommandError, match=words):
        run(*arguments)

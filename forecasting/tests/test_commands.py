"""Forecasts and scorecards on the command line."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from forecasting.models import Forecast

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> str:
    output = StringIO()
    call_command(*arguments, stdout=output)
    return output.getvalue()


def test_a_forecast_is_issued_and_found_again() -> None:
    first = json.loads(run("forecast", "AAPL", "--horizon", "5"))
    assert len(first["points"]) == 5
    assert first["id"] == Forecast.objects.get().pk
    text = run("forecast", "AAPL", "--horizon", "5", "--text")
    assert f"/forecasts/{first['id']}/" in text
    assert Forecast.objects.count() == 1


def test_the_scorecard_counts_what_was_issued() -> None:
    run("forecast", "AAPL", "--as-of", "2012-06-29", "--horizon", "5")
    card = json.loads(run("scorecard", "AAPL"))
    assert card["issued"]["forecasts"] == 1
    assert card["issued"]["sentence"] in run("scorecard", "AAPL", "--text")


def test_what_is_wrong_is_said_with_its_field() -> None:
    with pytest.raises(CommandError, match="horizon: "):
        run("forecast", "AAPL", "--horizon", "900")

"""Choosing a symbol: what is offered, what a page opens with, and what is said of one that is gone."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from dashboard.history.symbols import usual_symbol
from dashboard.tests.html import markup_of, words_of
from ingestion.models import Instrument
from ingestion.watchlist import watch
from strategies.backtests.parameters import BacktestParameters
from strategies.backtests.service import run_backtest

pytestmark = pytest.mark.django_db


def _offered(client: Client, words: str) -> list[str]:
    page = markup_of(client.get("/symbols/", {"search": words}))
    return [option.attributes["data-symbol"] for option in page.all("li", role="option")]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("ib", ["IBM"]),
        ("apple", ["AAPL"]),
        ("busi machi", ["IBM"]),
        ("oo", ["GOOG", "FB"]),
        ("nothing like it", []),
        (" ", ["AAPL", "FB", "GOOG", "IBM", "MSFT"]),
    ],
)
def test_a_part_of_a_symbol_or_of_a_name_finds_it(reader: Client, words: str, found: list[str]) -> None:
    assert sorted(_offered(reader, words)) == sorted(found)


def test_the_symbol_in_full_comes_first_then_what_was_used_and_starred(reader: Client, user: User) -> None:
    watch(user, "MSFT")
    run_backtest(BacktestParameters(symbol="IBM"), owner=user)
    assert _offered(reader, "") == ["IBM", "MSFT", "AAPL", "FB", "GOOG"]
    assert _offered(reader, "fb")[0] == "FB"


def test_pages_open_with_the_symbol_used_last_then_with_a_starred_one(reader: Client, user: User) -> None:
    assert usual_symbol(user) == "AAPL"
    watch(user, "MSFT")
    assert usual_symbol(user) == "MSFT"
    assert "MSFT" in words_of(reader.get("/forecasts/"))
    run_backtest(BacktestParameters(symbol="IBM"), owner=user)
    assert usual_symbol(user) == "IBM"
    Instrument.objects.filter(symbol="IBM").delete()
    assert usual_symbol(user) == "MSFT"


def test_a_part_of_a_symbol_never_runs_and_similar_ones_are_named(reader: Client) -> None:
    refused = reader.get("/backtests/", {"symbol": "GOO", "fast": "10"})
    assert refused.status_code == 422
    assert "No bars of GOO are stored. Similar symbols that are stored: GOOG" in words_of(refused)
    assert markup_of(refused).all("a", href="/backtests/?symbol=GOOG&amp;fast=10") or markup_of(refused).all(
        "a", href="/backtests/?symbol=GOOG&fast=10"
    )


def test_a_run_of_a_deleted_instrument_stays_and_its_form_says_that_the_symbol_is_gone(
    reader: Client, user: User
) -> None:
    run = run_backtest(BacktestParameters(symbol="IBM", fast=15), owner=user)
    Instrument.objects.filter(symbol="IBM").delete()
    shown = reader.get(run.links.page)
    assert shown.status_code == 200
    assert "Nothing of IBM is stored any more" in words_of(shown)
    field = markup_of(shown).by_id("id_symbol")
    assert field.attributes["value"] == "IBM"
    assert markup_of(shown).by_id("id_fast").attributes["value"] == "15"

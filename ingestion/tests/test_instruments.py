"""The list of what is stored."""

from datetime import date

import pytest
from pytest_django import DjangoAssertNumQueries

from ingestion.documents import ActionDocument
from ingestion.instruments import find_instrument, has_sample_data, list_instruments
from ingestion.models import ActionKind, Instrument
from ingestion.sample import SAMPLE
from jobs.errors import NotFound

pytestmark = pytest.mark.django_db


def test_one_statement_lists_every_instrument(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(1):
        found = list_instruments()
    assert [document.symbol for document in found] == sorted(SAMPLE)


def test_an_instrument_tells_its_extent_and_its_last_two_closes() -> None:
    apple = find_instrument("aapl")
    assert (apple.bars, apple.first, apple.last) == (3270, date(2000, 3, 1), date(2013, 3, 1))
    assert (apple.last_close, apple.previous_close) == (430.47, 441.4)
    assert apple.is_sample
    assert apple.actions[:2] == [
        ActionDocument(date=date(2000, 6, 21), kind=ActionKind.SPLIT, value=2),
        ActionDocument(date=date(2005, 2, 28), kind=ActionKind.SPLIT, value=2),
    ]


def test_an_instrument_without_bars_is_listed_without_figures() -> None:
    Instrument.objects.get(symbol="FB").bars.all().delete()
    facebook = find_instrument("FB")
    assert (facebook.bars, facebook.last, facebook.last_close, facebook.previous_close) == (
        0,
        None,
        None,
        None,
    )
    assert facebook.actions == []


def test_an_unknown_symbol_is_not_found() -> None:
    with pytest.raises(NotFound, match="No bars of XYZ are stored"):
        find_instrument("XYZ")


def test_the_sample_is_there_until_its_last_instrument_is_gone() -> None:
    assert has_sample_data()
    Instrument.objects.update(source="alpha_vantage")
    assert not has_sample_data()

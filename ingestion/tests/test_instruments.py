"""The list of what is stored."""

from datetime import date, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from core.errors import NotFound
from ingestion.bars import load_bars
from ingestion.instruments import find_instrument, list_instruments, recent_closes
from ingestion.models import ActionKind, Instrument
from ingestion.sample import SAMPLE
from ingestion.schemas import ActionDocument

pytestmark = pytest.mark.django_db

SPLIT_DAY = date(2005, 2, 28)


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


def test_the_last_year_of_every_instrument_comes_with_one_statement_and_adjusted_for_splits(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    Instrument.objects.get(symbol="AAPL").bars.filter(date__gt=SPLIT_DAY).delete()
    Instrument.objects.get(symbol="FB").bars.all().delete()
    with django_assert_num_queries(1):
        closes = recent_closes()
    assert list(closes) == ["AAPL", "GOOG", "IBM", "MSFT"]
    for symbol, found in closes.items():
        last = find_instrument(symbol).last
        assert last is not None
        assert found.tolist() == load_bars(symbol, start=last - timedelta(days=365)).close.tolist()
    assert closes["AAPL"][-2:].tolist() == [44.495, 44.86]  # 88.99 on the eve of the split
    assert len(recent_closes(days=0)["IBM"]) == 1


def test_the_list_and_the_last_year_need_no_calendar_of_an_exchange() -> None:
    Instrument.objects.update(exchange="XXXX")
    assert len(list_instruments()) == len(recent_closes()) == len(SAMPLE)

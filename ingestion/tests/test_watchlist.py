"""The watch list."""

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.test import Client

from core.errors import InvalidInput, NotFound
from ingestion.watchlist import all_watched, unwatch, watch, watched

pytestmark = pytest.mark.django_db


def test_each_user_has_a_list_of_their_own(user: User, staff: User) -> None:
    for symbol in ("msft", "AAPL", "AAPL"):
        watch(user, symbol)
    watch(staff, "IBM")
    assert (watched(user), watched(staff)) == (["AAPL", "MSFT"], ["IBM"])
    assert [instrument.symbol for instrument in all_watched()] == ["AAPL", "IBM", "MSFT"]


def test_what_two_users_watch_is_kept_up_to_date_once_and_until_both_stop(user: User, staff: User) -> None:
    for person in (user, staff):
        watch(person, "AAPL")
    assert len(all_watched()) == 1
    for person in (user, user, staff):
        unwatch(person, "aapl")
        assert watched(person) == []
    assert not all_watched()


def test_only_what_is_stored_can_be_watched(user: User) -> None:
    with pytest.raises(NotFound, match="Nothing of NVDA is stored"):
        watch(user, "NVDA")
    with pytest.raises(InvalidInput, match="is not a ticker symbol"):
        watch(user, "NV DA")


def test_a_visitor_without_a_login_watches_nothing() -> None:
    assert watched(AnonymousUser()) == []


def test_the_api_watches_and_stops(reader: Client, visitor: Client, user: User) -> None:
    address = "/api/v1/instruments/ibm/watch"
    assert visitor.put(address).status_code == 401
    assert reader.put(address).status_code == 204
    assert watched(user) == ["IBM"]
    assert reader.delete(address).status_code == 204
    assert watched(user) == []
    assert reader.put("/api/v1/instruments/NVDA/watch").status_code == 404

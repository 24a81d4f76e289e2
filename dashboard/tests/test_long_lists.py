"""Lists of a site with many instruments: paged, searched and sorted on the server."""

from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from dashboard.presenters.instruments import ROWS_ON_A_PAGE
from dashboard.tests.html import HTMX, markup_of, words_of
from ingestion.models import DailyBar, Instrument, Source
from ingestion.watchlist import watch
from jobs.models import Job, JobState
from strategies.universes.schemas import UniverseParameters
from strategies.universes.service import ask_universe

pytestmark = pytest.mark.django_db

MANY = 120


@pytest.fixture
def many() -> None:
    """Store as many instruments as make three pages, each with two bars."""
    now = timezone.now()
    shares = Instrument.objects.bulk_create(
        Instrument(
            symbol=f"X{number:03d}",
            name=f"Share number {number}",
            exchange="XNYS",
            currency="USD",
            source=Source.FILE,
            fetched_at=now,
        )
        for number in range(MANY)
    )
    DailyBar.objects.bulk_create(
        DailyBar(
            instrument=share,
            date=datetime(2024, 1, day, tzinfo=UTC).date(),
            open=10,
            high=11,
            low=9,
            close=10,
            volume=5,
            source=Source.FILE,
            fetched_at=now,
        )
        for share in shares
        for day in (2, 3)
    )


@pytest.mark.parametrize("url", ["/data/", "/reports/"])
@pytest.mark.usefixtures("many")
def test_a_list_shows_a_page_and_leads_to_the_next(reader: Client, url: str) -> None:
    page = markup_of(reader.get(url))
    assert len(page.all("th", scope="row")) == ROWS_ON_A_PAGE
    assert page.all("a", rel="next", href="?page=2")
    assert "101 to 125 of 125" in words_of(reader.get(url, {"page": "3"}))


@pytest.mark.parametrize("url", ["/data/", "/reports/"])
@pytest.mark.usefixtures("many")
def test_a_list_is_searched_by_symbol_and_name_and_sorted(reader: Client, url: str) -> None:
    found = markup_of(reader.get(url, {"search": "number 11"}, headers=HTMX))
    assert len(found.all("th", scope="row")) == 11  # 11 and 110 to 119
    last = markup_of(reader.get(url, {"order": "-symbol"})).all("th", scope="row")[0]
    assert last.text.split()[0] == "X119"
    assert "contains “nothing”" in words_of(reader.get(url, {"search": "nothing"}))
    assert markup_of(reader.get(url, {"order": "-symbol"})).all("th", aria_sort="descending")


@pytest.mark.usefixtures("many")
def test_the_overview_shows_starred_ones_and_what_needs_attention(reader: Client, user: User) -> None:
    watch(user, "X077")
    Job.objects.create(kind="fetch_bars", subject="X099", state=JobState.FAILED, error="It said no.")
    words = words_of(reader.get("/"))
    assert "X077" in words
    assert "Last fetch failed" in words
    assert "All 125, fetch or import more" in words
    assert len(markup_of(reader.get("/")).all("svg", class_="sparkline")) < 20


@pytest.mark.usefixtures("many")
def test_the_pieces_of_a_universe_are_one_line_of_the_overview(reader: Client) -> None:
    ask_universe(UniverseParameters.model_validate({"fast": [10], "slow": [50]}))
    response = reader.get("/")
    assert "0 of 125 symbols (32 jobs to go)" in words_of(response).replace("\N{NO-BREAK SPACE}", " ")
    assert not markup_of(response).all("article")

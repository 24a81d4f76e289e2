"""An open browser alone does not make a token that outlives it."""

import pytest
from django.test import Client

from dashboard.confirmation import ATTEMPTS, GIVEN_AT
from dashboard.models import ApiToken

pytestmark = pytest.mark.django_db

TOKEN = {"name": "notebook", "scope": "run", "days": "30"}
PASSWORD = "a long enough phrase"  # noqa: S105 - of the fixtures


@pytest.fixture
def left_open(reader: Client) -> Client:
    """A browser whose user logged in an hour ago."""
    session = reader.session
    session[GIVEN_AT] -= 3600
    session.save()
    return reader


def test_after_a_login_no_password_is_asked_for(reader: Client) -> None:
    assert 'name="password"' not in reader.get("/account/").content.decode()
    assert reader.post("/account/tokens/", TOKEN).status_code == 201


def test_later_the_password_is_asked_for_and_checked(left_open: Client) -> None:
    assert 'name="password"' in left_open.get("/account/").content.decode()
    assert left_open.post("/account/tokens/", TOKEN).status_code == 422
    wrong = left_open.post("/account/tokens/", {**TOKEN, "password": "wrong"})
    assert "This is not your password" in wrong.content.decode()
    assert not ApiToken.objects.exists()
    assert left_open.post("/account/tokens/", {**TOKEN, "password": PASSWORD}).status_code == 201
    assert left_open.post("/account/tokens/", TOKEN).status_code == 201  # known again for a while


def test_it_cannot_be_guessed(left_open: Client) -> None:
    for _ in range(ATTEMPTS.burst):
        left_open.post("/account/tokens/", {**TOKEN, "password": "wrong"})
    even_the_right_one = left_open.post("/account/tokens/", {**TOKEN, "password": PASSWORD})
    assert even_the_right_one.status_code == 422
    assert "Too many attempts" in even_the_right_one.content.decode()

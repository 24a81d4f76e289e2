"""API tokens: made once, shown once, and of use only as far as they reach."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from core.errors import InvalidInput
from core.permissions import Scope
from dashboard.models import ApiToken
from dashboard.tests.html import HTMX
from dashboard.tokens import MOST_TOKENS, issue_token, tokens_of

pytestmark = pytest.mark.django_db

INSTRUMENTS = "/api/v1/instruments"


def _with(secret: str) -> Client:
    return Client(headers={"Authorization": f"Bearer {secret}"})


def test_a_token_is_shown_once_and_opens_the_api(reader: Client, user: User) -> None:
    form = {"name": "notebook", "scope": "read", "days": "90"}
    made = reader.post("/account/tokens/", form).content.decode()
    secret = made.split('id="new-token">')[1].split("<")[0].strip()
    assert secret.startswith("hindcast_")
    assert secret not in reader.get("/account/").content.decode()
    assert not ApiToken.objects.filter(digest__contains=secret).exists()
    assert _with(secret).get(INSTRUMENTS).status_code == 200


def test_its_use_is_noted(user: User) -> None:
    issued = issue_token(user, name="notebook", scope=Scope.READ)
    assert issued.token.last_used_at is None
    _with(issued.secret).get(INSTRUMENTS)
    issued.token.refresh_from_db()
    assert issued.token.last_used_at is not None


def test_a_revoked_token_opens_nothing(reader: Client, user: User) -> None:
    issued = issue_token(user, name="notebook", scope=Scope.READ)
    reader.post(f"/account/tokens/{issued.token.pk}/revoke/")
    answer = _with(issued.secret).get(INSTRUMENTS)
    assert answer.status_code == 401
    assert "revoked" in answer.json()["detail"]
    assert issued.token not in tokens_of(user)


def test_an_expired_token_opens_nothing(user: User) -> None:
    issued = issue_token(user, name="notebook", scope=Scope.READ, lifetime=timedelta(days=1))
    assert _with(issued.secret).get(INSTRUMENTS).status_code == 200
    ApiToken.objects.update(expires_at=timezone.now())
    assert _with(issued.secret).get(INSTRUMENTS).status_code == 401


def test_the_token_of_a_user_who_is_switched_off_opens_nothing(user: User) -> None:
    issued = issue_token(user, name="notebook", scope=Scope.READ)
    user.is_active = False
    user.save()
    assert _with(issued.secret).get(INSTRUMENTS).status_code == 401


def test_a_token_of_staff_who_are_staff_no_longer_manages_nothing(staff: User) -> None:
    issued = issue_token(staff, name="loader", scope=Scope.MANAGE)
    staff.is_staff = False
    staff.save()
    assert _with(issued.secret).post(f"{INSTRUMENTS}/AAPL/fetch").status_code == 403


@pytest.mark.parametrize("header", ["Bearer ", "Bearer hindcast_wrong", "bearer \x80", "Bearer a b c"])
def test_a_token_that_is_none_is_refused_even_within_a_session(reader: Client, header: str) -> None:
    assert reader.get(INSTRUMENTS, headers={"Authorization": header}).status_code == 401


def test_a_user_cannot_see_or_revoke_anothers_token(reader: Client, staff: User) -> None:
    issued = issue_token(staff, name="the operator's loader", scope=Scope.READ)
    assert "loader" not in reader.get("/account/").content.decode()
    assert reader.post(f"/account/tokens/{issued.token.pk}/revoke/").status_code == 404
    assert _with(issued.secret).get(INSTRUMENTS).status_code == 200


def test_only_staff_are_offered_and_given_the_scope_that_manages(
    reader: Client, operator: Client, user: User
) -> None:
    assert 'value="manage"' not in reader.get("/account/").content.decode()
    assert 'value="manage"' in operator.get("/account/").content.decode()
    assert reader.post("/account/tokens/", {"name": "x", "scope": "manage"}).status_code == 422
    with pytest.raises(InvalidInput, match="Only staff"):
        issue_token(user, name="x", scope=Scope.MANAGE)


def test_a_token_cannot_make_tokens(staff: User) -> None:
    issued = issue_token(staff, name="loader", scope=Scope.MANAGE)
    answer = _with(issued.secret).post("/account/tokens/", {"name": "x", "scope": "manage"})
    assert answer.status_code == 403
    assert ApiToken.objects.count() == 1


def test_a_user_has_a_bounded_number_of_tokens(reader: Client, user: User) -> None:
    for number in range(MOST_TOKENS):
        issue_token(user, name=str(number), scope=Scope.READ)
    answer = reader.post("/account/tokens/", {"name": "one more", "scope": "read"})
    assert answer.status_code == 422
    assert f"You have {MOST_TOKENS} tokens" in answer.content.decode()


def test_the_form_says_what_is_missing_and_htmx_gets_the_tokens_alone(reader: Client) -> None:
    answer = reader.post("/account/tokens/", {"scope": "read"}, headers=HTMX)
    assert answer.status_code == 422
    assert "Name the program" in answer.content.decode()
    assert "<html" not in answer.content.decode()

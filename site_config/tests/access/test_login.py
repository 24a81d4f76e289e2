"""Logging in, staying logged in, and guessing passwords."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client, override_settings
from django.utils import timezone

from core.models import Bucket
from site_config.access.login import FROM_ADDRESS, OF_NAME_FROM_ADDRESS

pytestmark = pytest.mark.django_db

PASSWORD = "a long enough phrase"  # noqa: S105 - of the fixtures
WRONG = "wrong"
HOUR = 3600
FIVE = OF_NAME_FROM_ADDRESS.burst


def _try(
    client: Client, password: str = WRONG, *, name: str = "reader", address: str = "192.0.2.1", **more: str
) -> tuple[int, str]:
    answer = client.post(
        "/login/", {"username": name, "password": password, **more}, headers={}, REMOTE_ADDR=address
    )
    return answer.status_code, answer.content.decode()


def _let_time_pass(minutes: float) -> None:
    for bucket in Bucket.objects.all():
        bucket.filled_at -= timedelta(minutes=minutes)
        bucket.save()


def test_the_right_password_opens_the_page_that_was_asked_for(visitor: Client, user: User) -> None:
    answer = visitor.post(
        "/login/?next=/jobs/", {"username": "reader", "password": PASSWORD, "next": "/jobs/"}
    )
    assert answer["Location"] == "/jobs/"
    assert visitor.get("/jobs/").status_code == 200


def test_another_site_cannot_be_the_page_after_the_login(visitor: Client, user: User) -> None:
    answer = visitor.post(
        "/login/", {"username": "reader", "password": PASSWORD, "next": "https://evil.example/"}
    )
    assert answer["Location"] == "/"


def test_a_wrong_name_and_a_wrong_password_read_alike(visitor: Client, user: User) -> None:
    status, wrong_password = _try(visitor)
    _, wrong_name = _try(visitor, name="nobody")
    assert status == 422
    sentence = "Wrong username or password"
    assert sentence in wrong_password
    assert sentence in wrong_name


def test_after_five_wrong_passwords_even_the_right_one_waits(visitor: Client, user: User) -> None:
    assert [_try(visitor)[0] for _ in range(FIVE)] == [422] * FIVE
    status, page = _try(visitor, PASSWORD)
    assert status == 429
    assert "Too many attempts to log in in a short time. Try again in 60 seconds." in page
    _let_time_pass(minutes=1)
    assert _try(visitor, PASSWORD)[0] == 302


def test_guesses_of_one_address_do_not_lock_out_the_owner_at_another(visitor: Client, user: User) -> None:
    for _ in range(OF_NAME_FROM_ADDRESS.burst + 1):
        _try(visitor)
    assert _try(visitor, PASSWORD, address="198.51.100.7")[0] == 302


def test_one_address_cannot_try_many_names(visitor: Client) -> None:
    answers = [_try(visitor, name=f"name{number}")[0] for number in range(FROM_ADDRESS.burst + 1)]
    assert answers == [422] * FROM_ADDRESS.burst + [429]


def test_a_success_gives_the_attempts_back(visitor: Client, user: User) -> None:
    for _ in range(OF_NAME_FROM_ADDRESS.burst - 1):
        _try(visitor)
    assert _try(visitor, PASSWORD)[0] == 302
    assert [_try(Client())[0] for _ in range(FIVE)] == [422] * OF_NAME_FROM_ADDRESS.burst


def test_what_is_typed_as_a_name_is_not_stored(visitor: Client) -> None:
    _try(visitor, name="my secret password")
    assert Bucket.objects.exists()
    assert not Bucket.objects.filter(key__contains="secret").exists()


@pytest.mark.parametrize(
    ("hops", "forwarded", "owner"),
    [
        (0, "203.0.113.9", "10.0.0.1"),
        (1, "1.2.3.4, 203.0.113.9", "203.0.113.9"),
        (2, "1.2.3.4, 203.0.113.9, 10.0.0.2", "203.0.113.9"),
        (2, "203.0.113.9", "203.0.113.9"),
        (1, "", "10.0.0.1"),
    ],
)
def test_only_what_our_own_proxies_wrote_counts_as_the_address(
    visitor: Client, hops: int, forwarded: str, owner: str
) -> None:
    with override_settings(PROXY_HOPS=hops):
        visitor.post(
            "/login/",
            {"username": "reader", "password": "wrong"},
            headers={"X-Forwarded-For": forwarded},
            REMOTE_ADDR="10.0.0.1",
        )
    assert Bucket.objects.filter(key=f"login-address:{owner}").exists()


def test_a_session_ends_after_a_working_day_unless_it_is_to_be_remembered(user: User) -> None:
    forgetful, remembering = Client(), Client()
    _try(forgetful, PASSWORD)
    _try(remembering, PASSWORD, remember="on")
    assert forgetful.session.get_expiry_age() == 12 * HOUR
    assert remembering.session.get_expiry_age() == 14 * 24 * HOUR


def test_an_expired_session_asks_for_a_login(visitor: Client, user: User) -> None:
    _try(visitor, PASSWORD)
    from django.contrib.sessions.models import Session

    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    assert visitor.get("/jobs/")["Location"] == "/login/?next=/jobs/"


def test_a_new_session_begins_with_the_login(visitor: Client, user: User) -> None:
    session = visitor.session
    session["kept"] = True
    session.save()
    visitor.cookies["session"] = session.session_key or ""
    _try(visitor, PASSWORD)
    assert visitor.session.session_key != session.session_key


def test_who_is_logged_in_is_sent_on_and_who_lacks_the_right_is_told(reader: Client) -> None:
    assert reader.get("/login/")["Location"] == "/"
    assert "who may not open that page" in reader.get("/login/?next=/admin/").content.decode()


def test_a_changed_password_ends_every_other_session(user: User) -> None:
    here, elsewhere = Client(), Client()
    for client in (here, elsewhere):
        client.force_login(user)
    new = "another quite long phrase"
    answer = here.post(
        "/account/password/", {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    )
    assert answer["Location"] == "/account/"
    assert here.get("/account/").status_code == 200
    assert elsewhere.get("/account/").status_code == 302


@pytest.mark.parametrize("weak", ["short", "password1234", "123456789012"])
def test_a_weak_password_is_refused_with_the_reason(reader: Client, weak: str) -> None:
    answer = reader.post(
        "/account/password/", {"old_password": PASSWORD, "new_password1": weak, "new_password2": weak}
    )
    assert answer.status_code == 200
    assert "This password is too" in answer.content.decode() or "entirely numeric" in answer.content.decode()


def test_a_user_who_is_switched_off_is_out_at_once(reader: Client, user: User) -> None:
    user.is_active = False
    user.save()
    assert reader.get("/jobs/").status_code == 302
    assert _try(Client(), PASSWORD)[0] == 422

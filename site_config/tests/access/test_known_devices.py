"""Wrong passwords of others do not lock out who has logged in with this browser before."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from site_config.access.client_ip import client_network
from site_config.access.known_devices import COOKIE
from site_config.access.login import FROM_ADDRESS, OF_NAME_ON_DEVICE

pytestmark = pytest.mark.django_db

PASSWORD = "a long enough phrase"  # noqa: S105 - of the fixtures


def _log_in(client: Client, password: str = PASSWORD, *, name: str = "reader") -> int:
    response = client.post("/login/", {"username": name, "password": password}, REMOTE_ADDR="192.0.2.1")
    return response.status_code


def _guess_from_the_same_office() -> None:
    """Use up what is left of the address's attempts after one login."""
    for number in range(FROM_ADDRESS.burst - 1):
        assert _log_in(Client(), "wrong", name=f"guess{number}") == 422


def test_a_known_browser_logs_in_while_its_address_is_locked_out(user: User) -> None:
    known = Client()
    assert _log_in(known) == 302
    device = known.cookies[COOKIE].value
    _guess_from_the_same_office()
    assert _log_in(Client()) == 429
    returning = Client()
    returning.cookies[COOKIE] = device
    assert _log_in(returning) == 302


def test_a_known_browser_may_not_guess_for_ever(user: User) -> None:
    known = Client()
    _log_in(known)
    statuses = [_log_in(known, "wrong") for _ in range(OF_NAME_ON_DEVICE.burst + 1)]
    assert statuses == [422] * OF_NAME_ON_DEVICE.burst + [429]


def test_a_browser_is_known_for_its_own_user_and_password_alone(user: User, staff: User) -> None:
    known = Client()
    _log_in(known)
    _guess_from_the_same_office()
    assert _log_in(known, name="operator") == 429
    user.set_password("another long phrase")
    user.save()
    assert _log_in(known, "another long phrase") == 429


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("no address", "no address"),
    ],
)
def test_an_ipv6_client_counts_as_its_network(rf: object, address: str, network: str) -> None:
    request = rf.get("/", REMOTE_ADDR=address)  # type: ignore[attr-defined]  # pytest-django's own fixture
    assert client_network(request) == network

"""Who did what, from where: written down, and kept from change."""

import json
from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client

from core.models import AuditEntry

pytestmark = pytest.mark.django_db

PASSWORD = "a long enough phrase"  # noqa: S105 - of the fixtures


def _entries() -> list[tuple[str, str, str]]:
    return list(AuditEntry.objects.order_by("pk").values_list("action", "username", "subject"))


def test_logins_and_logouts_are_written_down_with_their_address(visitor: Client, user: User) -> None:
    visitor.post("/login/", {"username": "reader", "password": "wrong"}, REMOTE_ADDR="192.0.2.7")
    visitor.post("/login/", {"username": "reader", "password": PASSWORD}, REMOTE_ADDR="192.0.2.7")
    visitor.post("/logout/", REMOTE_ADDR="192.0.2.7")
    assert _entries() == [("login failed", "reader", ""), ("login", "reader", ""), ("logout", "reader", "")]
    assert set(AuditEntry.objects.values_list("address", flat=True)) == {"192.0.2.7"}
    assert all(len(request_id) == 8 for request_id in AuditEntry.objects.values_list("request_id", flat=True))


def test_a_name_that_nobody_has_is_not_written_down(visitor: Client) -> None:
    visitor.post("/login/", {"username": "my secret password", "password": "x"})
    assert _entries() == [("login failed", "", "unknown username")]


def test_tokens_and_new_passwords_are_written_down(reader: Client, user: User) -> None:
    reader.post("/account/tokens/", {"name": "notebook", "scope": "run", "days": "30"})
    reader.post(
        "/account/password/",
        {
            "old_password": PASSWORD,
            "new_password1": "another long phrase",
            "new_password2": "another long phrase",
            "revoke_tokens": "on",
        },
    )
    assert [action for action, *_ in _entries()] == [
        "login", "token issued", "password changed", "token revoked",
    ]  # fmt: skip


def test_what_an_administrator_changes_is_written_down(visitor: Client) -> None:
    administrator = User.objects.create_superuser("root", password=PASSWORD)
    visitor.force_login(administrator)
    visitor.post("/admin/auth/group/add/", {"name": "traders"})
    action, username, subject = _entries()[-1]
    assert (action, username) == ("administration", "root")
    assert "traders" in subject


@pytest.mark.parametrize(
    "statement", ["UPDATE core_auditentry SET username = 'x'", "DELETE FROM core_auditentry"]
)
def test_the_database_refuses_to_change_the_trail(visitor: Client, statement: str) -> None:
    visitor.post("/login/", {"username": "nobody", "password": "x"})
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert AuditEntry.objects.count() == 1


def test_the_trail_can_be_exported(visitor: Client) -> None:
    visitor.post("/login/", {"username": "nobody", "password": "x"})
    printed = StringIO()
    call_command("audit", since="2020-01-01", stdout=printed)
    (line,) = printed.getvalue().splitlines()
    assert json.loads(line)["action"] == "login failed"
    printed = StringIO()
    call_command("audit", since="2999-01-01", stdout=printed)
    assert printed.getvalue() == ""

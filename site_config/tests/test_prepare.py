"""Migrating while somebody else holds the table: a short wait, a pause, and another try."""

from io import StringIO
from typing import Any

import psycopg
import pytest
from django.core.management import call_command
from django.db import OperationalError, connection

from site_config.management.commands import prepare


def _refused(*_: Any, **__: Any) -> None:
    cause = psycopg.errors.LockNotAvailable("canceling statement due to lock timeout")
    raise OperationalError("canceling statement due to lock timeout") from cause


@pytest.mark.django_db
def test_a_migration_that_waits_for_a_table_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    tries: list[str] = []

    def migrate(name: str, **_: Any) -> None:
        tries.append(name)
        with connection.cursor() as cursor:
            cursor.execute("SHOW lock_timeout")
            assert cursor.fetchone() == (f"{prepare.LOCK_WITHIN}s",)
        if len(tries) < 3:
            _refused()

    monkeypatch.setattr(prepare, "call_command", migrate)
    monkeypatch.setattr(prepare, "PAUSES", (0, 0, 0))
    printed = StringIO()
    prepare.Command(stdout=printed)._migrate()
    assert tries == ["migrate"] * 3
    assert printed.getvalue().count("A table is in use") == 2


@pytest.mark.django_db
def test_it_gives_up_in_the_end_and_at_once_for_other_errors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prepare, "PAUSES", (0,))
    monkeypatch.setattr(prepare, "call_command", _refused)
    with pytest.raises(OperationalError):
        prepare.Command(stdout=StringIO())._migrate()
    tries: list[int] = []

    def away(*_: Any, **__: Any) -> None:
        tries.append(1)
        raise OperationalError("the database is away")

    monkeypatch.setattr(prepare, "call_command", away)
    with pytest.raises(OperationalError):
        prepare.Command(stdout=StringIO())._migrate()
    assert len(tries) == 1


@pytest.mark.django_db
def test_nothing_is_left_to_migrate_and_the_bound_is_lifted() -> None:
    prepare.Command(stdout=StringIO())._migrate()
    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        assert cursor.fetchone() == ("0",)
    call_command("migrate", check_unapplied=True, verbosity=0)

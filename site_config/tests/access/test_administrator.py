"""The first account of a site."""

import io
from collections.abc import Iterator

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

pytestmark = pytest.mark.django_db

PASSWORD = "seven horses on the hill"  # noqa: S105 - of this test alone


@pytest.fixture(autouse=True)
def without_a_terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr("sys.stdin", io.StringIO())
    monkeypatch.delenv("ADMINISTRATOR_PASSWORD", raising=False)
    return iter(())


def _run(command: str = "create_administrator") -> str:
    written = io.StringIO()
    call_command(command, stdout=written)
    return written.getvalue()


def test_it_is_made_from_the_environment_and_can_log_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADMINISTRATOR_NAME", "ada")
    monkeypatch.setenv("ADMINISTRATOR_PASSWORD", PASSWORD)
    assert PASSWORD not in _run()
    made = User.objects.get(username="ada")
    assert made.is_superuser
    assert made.is_staff
    assert made.check_password(PASSWORD)


def test_without_a_password_none_is_made_and_the_next_step_is_named() -> None:
    with pytest.raises(CommandError, match="Set ADMINISTRATOR_PASSWORD"):
        _run()
    assert "create_administrator" in _run("prepare")
    assert not User.objects.exists()


def test_a_weak_password_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADMINISTRATOR_PASSWORD", "administrator")
    with pytest.raises(CommandError, match="too similar"):
        _run()
    assert not User.objects.exists()


def test_the_next_start_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADMINISTRATOR_PASSWORD", PASSWORD)
    _run("prepare")
    monkeypatch.setenv("ADMINISTRATOR_PASSWORD", "another long phrase instead")
    assert "already" in _run()
    _run("prepare")
    assert User.objects.get().check_password(PASSWORD)


def test_the_name_of_somebody_else_is_not_taken_over(monkeypatch: pytest.MonkeyPatch, user: User) -> None:
    monkeypatch.setenv("ADMINISTRATOR_NAME", user.username)
    monkeypatch.setenv("ADMINISTRATOR_PASSWORD", PASSWORD)
    with pytest.raises(CommandError, match="already exists"):
        _run()
    user.refresh_from_db()
    assert not user.is_superuser

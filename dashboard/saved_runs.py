"""Saving a run: a user keeps it on a list of their own, with a note."""

from django.contrib.auth.base_user import AbstractBaseUser

from core.errors import InvalidInput, NotFound
from dashboard.models import SavedRun
from strategies.models import Backtest

LONGEST_NOTE = 500


def save_run(user: AbstractBaseUser, backtest_id: str, *, note: str = "") -> SavedRun:
    """Put a run on the user's list, or change its note.

    Raises NotFound when there is no such run, InvalidInput when the note is too long.
    """
    note = note.strip()
    if len(note) > LONGEST_NOTE:
        raise InvalidInput(
            f"The note has {len(note):,d} characters; {LONGEST_NOTE} fit. Shorten it.", field="note"
        )
    if not Backtest.objects.filter(pk=backtest_id).exists():
        raise NotFound("There is no backtest with this id. Run it again on the Backtest page, then save it.")
    saved, _ = SavedRun.objects.update_or_create(
        user_id=user.pk, backtest_id=backtest_id, defaults={"note": note}
    )
    return saved


def forget_run(user: AbstractBaseUser, backtest_id: str) -> None:
    """Take a run off the user's list; where it is not on it, nothing happens. The run itself stays."""
    SavedRun.objects.filter(user_id=user.pk, backtest_id=backtest_id).delete()


def saved_run(user: AbstractBaseUser, backtest_id: str) -> SavedRun | None:
    """Return the user's own mark on a run; None when they did not save it."""
    return SavedRun.objects.filter(user_id=user.pk, backtest_id=backtest_id).first()

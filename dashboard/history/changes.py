"""Changing one's own history: names, notes, the list of saved runs, and deleting."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django.dispatch import receiver
from django.utils import timezone

from core.audit import AuditAction, record_action
from core.errors import InvalidInput, NotAllowed, NotFound
from core.results import ResultKind, deletion_requested
from dashboard.history.recorder import add_entry
from dashboard.models import HistoryEntry
from forecasting.models import Forecast
from strategies.models import Backtest, ParameterSweep, UniverseSweep

LONGEST_NOTE = 500
LONGEST_NAME = 80

STORED_IN: dict[ResultKind, Callable[..., QuerySet[Any]]] = {
    ResultKind.BACKTEST: Backtest.objects.filter,
    ResultKind.SWEEP: ParameterSweep.objects.filter,
    ResultKind.UNIVERSE: UniverseSweep.objects.filter,
    ResultKind.FORECAST: Forecast.objects.filter,
}
"""The tables of what can be deleted for good. A report is composed anew; the bars of a file stay."""


def own_entry(user: User, entry_id: int) -> HistoryEntry:
    """Return an entry that the user may change: their own, or for staff one of nobody's.

    Raises NotFound for any other, whether or not it exists.
    """
    entry = HistoryEntry.objects.filter(pk=entry_id).first()
    if entry is None or not _may_change(user, entry):
        raise NotFound("Your history has no such entry. The History page lists what it has.")
    return entry


def rename(entry: HistoryEntry, *, name: str, note: str) -> None:
    """Give an entry a name and a note; empty texts take them away. Raises InvalidInput for long ones."""
    entry.name = _short(name, LONGEST_NAME, field="name")
    entry.note = _short(note, LONGEST_NOTE, field="note")
    entry.save(update_fields=["name", "note"])


def save_run(user: User, backtest_id: str, *, note: str = "") -> HistoryEntry:
    """Put a run on the user's list of saved ones, or change its note.

    Raises NotFound when there is no such run, InvalidInput when the note is too long.
    """
    note = _short(note, LONGEST_NOTE, field="note")
    if saved_run(user, backtest_id, any_run=True) is None:
        add_entry(user.pk, ResultKind.BACKTEST, backtest_id, None)
    own = HistoryEntry.objects.filter(user=user, kind=ResultKind.BACKTEST, result_id=backtest_id)
    own.update(note=note, saved_at=timezone.now())
    return own.get()


def forget_run(user: User, backtest_id: str) -> None:
    """Take a run off the list of saved ones; where it is not on it, nothing happens. The run itself stays."""
    own = HistoryEntry.objects.filter(user=user, kind=ResultKind.BACKTEST, result_id=backtest_id)
    own.update(note="", saved_at=None)


def saved_run(user: User, backtest_id: str, *, any_run: bool = False) -> HistoryEntry | None:
    """Return the user's entry of a saved run; None when they did not save it. any_run: saved or not."""
    own = HistoryEntry.objects.filter(user=user, kind=ResultKind.BACKTEST, result_id=backtest_id)
    return (own if any_run else own.exclude(saved_at=None)).first()


@transaction.atomic
def delete_entry(entry: HistoryEntry) -> None:
    """Take an entry off the history, and delete its result where nobody else has it in theirs."""
    kind, result_id = ResultKind(entry.kind), entry.result_id
    record_action(AuditAction.RESULT_DELETED, user=entry.user, subject=f"{kind} {result_id}")
    entry.delete()
    table = STORED_IN.get(kind)
    if table is None:
        return
    stored = table(pk=result_id)
    others = HistoryEntry.objects.filter(kind=kind, result_id=result_id).exclude(user=None)
    next_owner = others.values_list("user", flat=True).first()
    if next_owner is None:
        stored.delete()
        HistoryEntry.objects.filter(kind=kind, result_id=result_id).delete()
    else:
        stored.update(owner=next_owner)


def delete_result(user: User, kind: ResultKind, result_id: str) -> None:
    """Delete a result of the user's own, as its entry in their history is deleted.

    Staff may delete what belongs to nobody. Raises NotFound where there is no such result, and NotAllowed
    for one of somebody else.
    """
    entries = list(HistoryEntry.objects.filter(kind=kind, result_id=result_id))
    own = next((entry for entry in entries if _may_change(user, entry)), None)
    if own is not None:
        return delete_entry(own)
    stored = STORED_IN[kind](pk=result_id)
    if not stored.exists():
        raise NotFound(f"There is no {kind} with this id. The History page lists yours.")
    if entries or not user.is_staff:
        raise NotAllowed("This belongs to somebody else. Only they can delete it.")
    stored.delete()
    record_action(AuditAction.RESULT_DELETED, user=user, subject=f"{kind} {result_id}")
    return None


@receiver(deletion_requested)
def delete_on_request(
    sender: object, *, kind: ResultKind, result_id: str, user: User | None, **_: Any
) -> None:
    """Delete what the API was asked to; raises as `delete_result`."""
    if user is None:
        raise NotAllowed("Log in first.")
    delete_result(user, kind, result_id)


def _may_change(user: User, entry: HistoryEntry) -> bool:
    return entry.user_id == user.pk or (entry.user_id is None and user.is_staff)


def _short(text: str, longest: int, *, field: str) -> str:
    text = text.strip()
    if len(text) > longest:
        raise InvalidInput(
            f"The {field} has {len(text):,d} characters; {longest} fit. Shorten it.", field=field
        )
    return text

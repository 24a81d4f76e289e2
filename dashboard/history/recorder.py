"""Writes into a user's history what they obtain."""

from datetime import timedelta
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models.functions import Now
from django.dispatch import receiver
from django.utils import timezone
from pydantic import BaseModel

from core.results import ResultKind, result_obtained
from dashboard.history.entries import EntryText, describe
from dashboard.models import HistoryEntry

TUNING_PAUSE = timedelta(hours=1)
"""After so long without a run, the next one begins a chain of its own."""

CHANGES = {ResultKind.UNIVERSE}
"""Kinds whose results grow after they were asked for."""


@receiver(result_obtained)
def record(
    sender: object,
    *,
    kind: ResultKind,
    result_id: str,
    owner: AbstractBaseUser | None,
    document: BaseModel | None,
    **_: Any,
) -> None:
    """Note that `owner` has obtained a result; one obtained again moves to the top of their history."""
    owner_id = None if owner is None else owner.pk
    listed = HistoryEntry.objects.filter(user=owner_id, kind=kind, result_id=result_id)
    if listed.update(obtained_at=Now()):
        if kind in CHANGES:
            listed.update(outcome=describe(kind, result_id, document).outcome)
        return
    add_entry(owner_id, kind, result_id, document)


def add_entry(owner_id: int | None, kind: ResultKind, result_id: str, document: BaseModel | None) -> None:
    """List a result in a user's history, unless it is listed; raises NotFound for one that is not stored."""
    text = describe(kind, result_id, document)
    entry = HistoryEntry(
        user_id=owner_id,
        kind=kind,
        result_id=result_id,
        chain=_chain(owner_id, kind, text) or result_id,
        **vars(text),
    )
    HistoryEntry.objects.bulk_create([entry], ignore_conflicts=True)


def _chain(owner_id: int | None, kind: ResultKind, text: EntryText) -> str:
    """Return the chain that a backtest continues: the last one, where it is of this symbol and rule."""
    if kind != ResultKind.BACKTEST or owner_id is None:
        return ""
    last = HistoryEntry.objects.filter(
        user=owner_id, kind=kind, obtained_at__gt=timezone.now() - TUNING_PAUSE
    ).first()
    same = last is not None and (last.symbol, last.rule) == (text.symbol, text.rule)
    return last.chain if last is not None and same else ""

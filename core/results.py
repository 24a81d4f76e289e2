"""Telling the floors above what becomes of a person's results, without knowing who listens."""

from enum import StrEnum
from typing import TYPE_CHECKING

from django.contrib.auth import get_user_model
from django.dispatch import Signal
from pydantic import BaseModel

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser


class ResultKind(StrEnum):
    """What a person can have made; the value stands in URLs."""

    BACKTEST = "backtest"
    SWEEP = "sweep"
    UNIVERSE = "universe"
    FORECAST = "forecast"
    REPORT = "report"
    IMPORT = "import"


result_obtained = Signal()
"""Sent with `kind`, `result_id`, `owner` (None: an anonymous request) and `document` (None: read it)."""


def announce_result(
    kind: ResultKind,
    result_id: str,
    *,
    owner: "AbstractBaseUser | None",
    document: BaseModel | None = None,
) -> None:
    """Announce that `owner` has obtained a result, new or stored before."""
    result_obtained.send(sender=ResultKind, kind=kind, result_id=result_id, owner=owner, document=document)


result_wanted = Signal()
"""Sent with `owner` before something is computed for them. A receiver that keeps quotas may raise."""


def require_room(owner: "AbstractBaseUser | None") -> None:
    """Raise NotAllowed where `owner` has stored as much as they may; None has no quota."""
    if owner is not None:
        result_wanted.send(sender=ResultKind, owner=owner)


deletion_requested = Signal()
"""Sent with `kind`, `result_id` and `user`. The receiver deletes the result, or raises why not."""


def request_deletion(kind: ResultKind, result_id: str, *, user: "AbstractBaseUser | None") -> None:
    """Delete a result of the user's own; raises NotFound and NotAllowed."""
    deletion_requested.send(sender=ResultKind, kind=kind, result_id=result_id, user=user)


def user_with_id(user_id: int | None) -> "AbstractBaseUser | None":
    """Return the user that a job names as its owner; None where it names none, or they are gone."""
    return None if user_id is None else get_user_model().objects.filter(pk=user_id).first()

"""The trail of who did what, from where: entries are added and never changed."""

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from core.context import current_client_address, current_request_id

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser

    from core.models import AuditEntry


class AuditAction(StrEnum):
    """What is written down."""

    LOGIN = "login"
    LOGIN_FAILED = "login failed"
    LOGIN_THROTTLED = "login throttled"
    LOGOUT = "logout"
    PASSWORD_CHANGED = "password changed"  # noqa: S105 - a label
    TOKEN_ISSUED = "token issued"  # noqa: S105 - a label
    TOKEN_REVOKED = "token revoked"  # noqa: S105 - a label
    SESSIONS_ENDED = "sessions ended"
    ADMINISTRATION = "administration"
    RESULT_DELETED = "result deleted"
    DATABASE_RESTORED = "database restored"


def record_action(
    action: AuditAction,
    *,
    user: "AbstractBaseUser | None",
    subject: str = "",
    details: dict[str, Any] | None = None,
) -> None:
    """Add an entry about `user`, with the client's address and the request's id where there is a request."""
    from core.models import AuditEntry

    AuditEntry.objects.create(
        action=action.value,
        user_id=None if user is None else user.pk,
        username="" if user is None else user.get_username(),
        address=current_client_address(),
        request_id=current_request_id(),
        subject=subject[:200],
        details=details or {},
    )


def entries_since(moment: datetime | None) -> "Iterator[AuditEntry]":
    """Yield the entries since a moment, oldest first; None: all of them."""
    from core.models import AuditEntry

    entries = AuditEntry.objects.order_by("pk")
    return (entries if moment is None else entries.filter(at__gte=moment)).iterator()

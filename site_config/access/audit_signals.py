"""Writes logins, logouts and what administrators change into the audit trail."""

from typing import Any

from django.contrib.admin.models import LogEntry
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db.models.signals import post_save
from django.dispatch import receiver

from core.audit import AuditAction, record_action


@receiver(user_logged_in)
def _logged_in(sender: object, *, user: AbstractBaseUser, **_: Any) -> None:
    record_action(AuditAction.LOGIN, user=user)


@receiver(user_logged_out)
def _logged_out(sender: object, *, user: AbstractBaseUser | None, **_: Any) -> None:
    if user is not None:
        record_action(AuditAction.LOGOUT, user=user)


@receiver(user_login_failed)
def _login_failed(sender: object, *, credentials: dict[str, Any], **_: Any) -> None:
    record_failed_login(AuditAction.LOGIN_FAILED, str(credentials.get("username", "")))


def record_failed_login(action: AuditAction, username: str) -> None:
    """Note an attempt; a name that nobody has is not written down, as it is now and then a password."""
    user = get_user_model().objects.filter(username=username).first()
    record_action(action, user=user, subject="" if user else "unknown username")


@receiver(post_save, sender=LogEntry)
def _administered(sender: object, *, instance: LogEntry, created: bool, **_: Any) -> None:
    if created:
        record_action(
            AuditAction.ADMINISTRATION,
            user=instance.user,
            subject=f"{instance.content_type} {instance.object_repr}"[:200],
            details={"change": instance.get_change_message(), "object": instance.object_id},
        )

"""Whether somebody has typed their password lately: what an open browser alone must not be enough for."""

import time
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest

from core.rate_limits import Budget

FRESH_FOR = 15 * 60
"""Seconds after which a password is asked for again."""

GIVEN_AT = "password_given_at"
ATTEMPTS = Budget(name="confirm-password", action="attempts to confirm the password", burst=5, per_minute=1)


@receiver(user_logged_in)
def note_password(sender: object, *, request: HttpRequest | None, **_: Any) -> None:
    """Note in the session that the password was typed just now."""
    if request is not None and hasattr(request, "session"):
        request.session[GIVEN_AT] = time.time()


def must_confirm(request: HttpRequest) -> bool:
    """Whether the user must type their password again before something that outlives the session."""
    user = request.user
    if settings.LOCAL_USER or not isinstance(user, AbstractBaseUser) or not user.has_usable_password():
        return False
    return time.time() - float(request.session.get(GIVEN_AT, 0)) > FRESH_FOR


def is_confirmed(user: AbstractBaseUser, password: str) -> bool:
    """Whether this is the user's password; raises TooManyRequests after too many wrong ones."""
    ATTEMPTS.consume(f"user:{user.pk}")
    if not user.check_password(password):
        return False
    ATTEMPTS.reset(f"user:{user.pk}")
    return True

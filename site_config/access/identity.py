"""Who sent a request, told before its body is read."""

from importlib import import_module

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.auth.models import AbstractBaseUser
from django.http import HttpRequest

from core.permissions import Scope
from dashboard.tokens import token_with_secret


def bearer_secret(request: HttpRequest) -> str | None:
    """Return the API token of the header `Authorization: Bearer`; None without one."""
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    return secret.strip() if scheme.lower() == "bearer" else None


def is_left_over(user: AbstractBaseUser) -> bool:
    """Whether this is the user of a developer's machine, whose database now serves a site with logins."""
    return not settings.LOCAL_USER and user.get_username() == LOCAL_USER and not user.has_usable_password()


LOCAL_USER = "local"
"""Who owns a developer's machine."""


def may_send_files(request: HttpRequest) -> bool:
    """Whether the sender is staff, by a token that manages data or by a session."""
    if settings.LOCAL_USER:
        return True
    secret = bearer_secret(request)
    if secret is not None:
        token = token_with_secret(secret)
        if token is None or is_left_over(token.user):
            return False
        return bool(token.user.is_staff) and Scope(token.scope).includes(Scope.MANAGE)
    if not request.COOKIES.get(settings.SESSION_COOKIE_NAME):
        return False
    request.session = _session(request)
    return bool(getattr(get_user(request), "is_staff", False))


def _session(request: HttpRequest):  # type: ignore[no-untyped-def]
    engine = import_module(settings.SESSION_ENGINE)
    return engine.SessionStore(request.COOKIES[settings.SESSION_COOKIE_NAME])

"""Browsers that a user has logged in with before: guesses from elsewhere do not lock them out there."""

import secrets
from datetime import timedelta

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser
from django.core import signing
from django.http import HttpRequest, HttpResponse

COOKIE = "__Host-device" if settings.USES_TLS else "device"
KEPT_FOR = timedelta(days=365)
SALT = "site_config.known_devices"


def is_known_device(request: HttpRequest, username: str) -> bool:
    """Whether the user of this name has logged in with this browser, with the password they have now."""
    text = request.COOKIES.get(COOKIE, "")
    try:
        known = signing.loads(text, salt=SALT, max_age=KEPT_FOR)
    except signing.BadSignature:
        return False
    user = get_user_model().objects.filter(username=username, is_active=True).first()
    return user is not None and known[:2] == _mark(user)


def remember_device(response: HttpResponse, user: AbstractBaseUser) -> None:
    """Let this browser be known as one that the user logs in with."""
    response.set_cookie(
        COOKIE,
        signing.dumps([*_mark(user), secrets.token_hex(8)], salt=SALT),
        max_age=KEPT_FOR,
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )


def _mark(user: AbstractBaseUser) -> list[object]:
    """Return who the user is, and the beginning of what changes with their password."""
    return [user.pk, user.get_session_auth_hash()[:16]]

"""Who may change what all users share, and how far an API token reaches."""

from enum import StrEnum
from typing import TYPE_CHECKING

from django.http import HttpRequest

from core.errors import NotAllowed

if TYPE_CHECKING:  # settings read this module before there are models
    from django.contrib.auth.base_user import AbstractBaseUser

TOKEN_PREFIX = "hindcast_"  # noqa: S105 - the part that is no secret
"""Lets whatever looks through logs and repositories recognise a token that leaked."""


class Scope(StrEnum):
    """How far an API token reaches; each scope includes the ones before it."""

    READ = "read"
    RUN = "run"
    MANAGE = "manage"

    def includes(self, other: "Scope") -> bool:
        """Whether a token of this scope may do what asks for `other`."""
        ladder = list(Scope)
        return ladder.index(self) >= ladder.index(other)


class ScopedRequest(HttpRequest):
    """A request that carried an API token."""

    token_scope: Scope


def token_scope(request: HttpRequest) -> Scope | None:
    """Return the scope of the request's API token; None for a logged-in browser, which has no such limit."""
    return getattr(request, "token_scope", None)


def owner_of(request: HttpRequest) -> "AbstractBaseUser | None":
    """Return the user whom what this request makes belongs to; None without a login."""
    user: AbstractBaseUser | None = getattr(request, "user", None)
    return user if user is not None and user.is_authenticated else None


def require_staff(request: HttpRequest) -> None:
    """Raise NotAllowed unless the user is staff, and the token, if one was sent, may manage data.

    Only staff spend the provider's quota, change market data, train models and stop jobs.
    """
    if not getattr(request.user, "is_staff", False):
        raise NotAllowed("Only staff may do this. Ask an administrator of this site to do it for you.")
    scope = token_scope(request)
    if scope is not None and not scope.includes(Scope.MANAGE):
        raise NotAllowed(f"This needs a token with the scope “{Scope.MANAGE}”; yours has “{scope}”.")

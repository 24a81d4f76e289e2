"""API tokens: issued once, known afterwards by their hash alone."""

import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import Q
from django.utils import timezone

from core.audit import AuditAction, record_action
from core.errors import InvalidInput, NotFound
from core.permissions import TOKEN_PREFIX, Scope
from dashboard.models import ApiToken, ApiTokenQuerySet

RANDOM_BYTES = 32
SHOWN = len(TOKEN_PREFIX) + 6
MOST_TOKENS = 20
LAST_USE_IS_NOTED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True)
class IssuedToken:
    """A new token with its secret, which cannot be shown again."""

    token: ApiToken
    secret: str = field(repr=False)


def tokens_of(user: AbstractBaseUser) -> ApiTokenQuerySet:
    """Return the tokens of `user` that are not revoked, newest first."""
    return ApiToken.objects.filter(user_id=user.pk, revoked_at=None)


def issue_token(
    user: AbstractBaseUser, *, name: str, scope: Scope, lifetime: timedelta | None = None
) -> IssuedToken:
    """Make a token for `user`; without `lifetime` it works until it is revoked.

    Raises InvalidInput when the user has too many, or asks for more than they may do themselves.
    """
    if scope == Scope.MANAGE and not getattr(user, "is_staff", False):
        raise InvalidInput("Only staff manage data, so only their tokens do.", field="scope")
    if tokens_of(user).count() >= MOST_TOKENS:
        raise InvalidInput(f"You have {MOST_TOKENS} tokens. Revoke one that is no longer used.", field="name")
    secret = TOKEN_PREFIX + secrets.token_urlsafe(RANDOM_BYTES)
    token = ApiToken.objects.create(
        user_id=user.pk,
        name=name,
        scope=scope.value,
        start=secret[:SHOWN],
        digest=_digest(secret),
        expires_at=None if lifetime is None else timezone.now() + lifetime,
    )
    record_action(AuditAction.TOKEN_ISSUED, user=user, subject=str(token), details={"scope": scope.value})
    return IssuedToken(token=token, secret=secret)


def token_with_secret(secret: str) -> ApiToken | None:
    """Return the usable token with this secret and note its use; None where there is none."""
    token = ApiToken.objects.usable().select_related("user").filter(digest=_digest(secret)).first()
    if token is not None:
        _note_use(token)
    return token


def revoke_token(user: AbstractBaseUser, token_id: int) -> None:
    """Make a token of `user` useless, at once and for ever; raises NotFound for one of somebody else."""
    if not tokens_of(user).filter(pk=token_id).update(revoked_at=timezone.now()):
        raise NotFound("You have no such token. It may have been revoked already.")
    record_action(AuditAction.TOKEN_REVOKED, user=user, subject=str(ApiToken.objects.get(pk=token_id)))


def revoke_all_tokens(user: AbstractBaseUser) -> int:
    """Make every token of `user` useless; return how many there were."""
    revoked = tokens_of(user).update(revoked_at=timezone.now())
    if revoked:
        record_action(AuditAction.TOKEN_REVOKED, user=user, subject=f"all {revoked}")
    return revoked


def _note_use(token: ApiToken) -> None:
    """Write the time of use, but not for every request."""
    now = timezone.now()
    unnoted = Q(last_used_at=None) | Q(last_used_at__lt=now - LAST_USE_IS_NOTED_EVERY)
    ApiToken.objects.filter(unnoted, pk=token.pk).update(last_used_at=now)


def _digest(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()

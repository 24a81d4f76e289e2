"""The provider's answers that are kept, so that no request is spent twice on the same thing."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ingestion.models import ProviderAnswer


@dataclass(frozen=True, kw_only=True)
class CachedResponse:
    """An answer with the data asked for, and when it came."""

    body: dict[str, Any]
    at: datetime


def kept_answer(function: str, subject: str, *, since: datetime | None) -> CachedResponse | None:
    """Return the answer to this question that came at `since` or later; None: there is none.

    since: None where an answer must be new.
    """
    if since is None:
        return None
    answer = ProviderAnswer.objects.filter(function=function, subject=subject, received_at__gte=since).first()
    return CachedResponse(body=answer.body, at=answer.received_at) if answer else None


def keep_answer(function: str, subject: str, received: CachedResponse) -> None:
    """Keep an answer in place of an earlier one to the same question."""
    ProviderAnswer.objects.update_or_create(
        function=function,
        subject=subject,
        defaults={"body": received.body, "received_at": received.at},
    )


def forget_answers(subject: str, *functions: str) -> None:
    """Drop what was kept about `subject`: it is stored in its own tables now."""
    ProviderAnswer.objects.filter(subject=subject, function__in=functions).delete()

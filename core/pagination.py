"""Long lists a page at a time: a cursor names the last row seen, so that new rows shift nothing."""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any

from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet
from ninja import Query

from core.errors import InvalidInput

LARGEST_PAGE, USUAL_PAGE = 200, 50

Limit = Annotated[int, Query(ge=1, le=LARGEST_PAGE, description="Rows on a page.")]
Cursor = Annotated[
    str | None,
    Query(max_length=200, description="The `next` of the page before; left out: the first page."),
]

_CURSOR = re.compile(r"(\S{1,40}) ([0-9a-f-]{1,64})")

NEXT_IN_WORDS = "The cursor of the next page; null: this is the last one."


@dataclass(frozen=True, kw_only=True)
class Page[Row: Model]:
    """Rows, newest first, and the cursor of the rows after them."""

    rows: list[Row]
    next: str | None


def page_of[Row: Model](
    rows: QuerySet[Row], *, cursor: str | None, limit: int, **only: str | None
) -> Page[Row]:
    """Return the newest `limit` of `rows` that come after `cursor`.

    only: values that columns must have, by name; None: any.
    The rows have `created_at` and are read newest first, of equal age by their key. Raises InvalidInput for
    a cursor that is none.
    """
    rows = rows.filter(**{name: value for name, value in only.items() if value is not None})
    if cursor is not None:
        try:
            moment, key = _read(cursor)
            rows = rows.filter(Q(created_at__lt=moment) | Q(created_at=moment, pk__gt=key))
        except (ValueError, OverflowError, ValidationError):
            raise InvalidInput(
                "This is no cursor of this list. Take `next` of a page as it is, or leave the cursor out to "
                "begin with the first page.",
                field="cursor",
            ) from None
    found = list(rows.order_by("-created_at", "pk")[: limit + 1])
    more = len(found) > limit
    return Page(rows=found[:limit], next=_written(found[limit - 1]) if more else None)


def _written(row: Any) -> str:
    return urlsafe_b64encode(f"{row.created_at.isoformat()} {row.pk}".encode()).decode().rstrip("=")


def _read(cursor: str) -> tuple[datetime, str]:
    """Return what `_written` wrote; raises ValueError for any other text."""
    text = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    parts = _CURSOR.fullmatch(text)
    if parts is None:
        raise ValueError(text)
    moment, key = parts.groups()
    return datetime.fromisoformat(moment).astimezone(UTC), key

"""How documents are published: one base class, one JSON spelling, one answer over HTTP."""

from hashlib import sha256
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from pydantic import BaseModel, ConfigDict
from pydantic_core import to_json

ASKED_ABOUT_EACH_TIME = "private, no-cache"
"""Cache-Control of what only its reader may keep, and only as long as its entity tag is still right."""


class PublishedDocument(BaseModel):
    """A document, or a part of one: never changed, nothing unforeseen in it, and no NaN."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, allow_inf_nan=False)


def published_json(document: BaseModel) -> bytes:
    """Return the document as JSON: keys sorted, dates ISO 8601, never NaN; equal documents, equal bytes."""
    return to_json(_sorted(document.model_dump(mode="json", by_alias=True))) + b"\n"


def entity_tag(content: bytes) -> str:
    """Return the strong entity tag of `content`."""
    return quote_etag(sha256(content).hexdigest())


def json_answer(
    request: HttpRequest, document: BaseModel, *, status: HTTPStatus = HTTPStatus.OK
) -> HttpResponse:
    """Return the published JSON with its entity tag, or 304 where the client's copy is still right."""
    content = published_json(document)
    etag = entity_tag(content)
    headers = {"ETag": etag, "Cache-Control": ASKED_ABOUT_EACH_TIME}
    fresh = HttpResponse(content, status=status, content_type="application/json", headers=headers)
    if request.method not in {"GET", "HEAD"}:
        return fresh
    answer = get_conditional_response(request, etag=etag, response=fresh)
    return answer if isinstance(answer, HttpResponse) else fresh


def _sorted(value: Any) -> Any:
    """Return `value` with the keys of every object in order; columns, which hold no objects, as they are."""
    if isinstance(value, dict):
        return {key: _sorted(value[key]) for key in sorted(value)}
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return [_sorted(item) for item in value]
    return value

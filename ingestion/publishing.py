"""How documents are published: one base class, one JSON spelling, one answer over HTTP."""

from dataclasses import dataclass
from functools import cache, cached_property
from hashlib import sha256
from http import HTTPStatus
from importlib.metadata import version
from typing import Annotated, Any, Self

import orjson
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import parse_etags, quote_etag
from isal import isal_zlib
from pydantic import BaseModel, ConfigDict, Field

ASKED_ABOUT_EACH_TIME = "private, no-cache"
"""Cache-Control of what only its reader may keep, and only as long as its entity tag is still right."""

JSON = "application/json"
READING = {"GET", "HEAD"}

GZIP = 31
"""The window and form that zlib's functions take for gzip."""
LEVEL = 1
"""Of compression: ten years take 1.1 ms for 152 KB; isal's 3 takes 1.4 for 150, zlib's 6 19.6 for 147."""


class PublishedDocument(BaseModel):
    """A document, or a part of one: never changed, nothing unforeseen in it, and no NaN."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, allow_inf_nan=False)


class DocumentLinks(PublishedDocument):
    """Addresses of the same result in the forms that every result has, relative to the site."""

    page: Annotated[str, Field(description="The page for people.")]
    json_: Annotated[str, Field(alias="json", description="The document as a file.")]
    pdf: Annotated[str, Field(description="The printed report.")]

    @classmethod
    def at(cls, address: str, **others: str) -> Self:
        """Return the forms of what is at `address`, and other forms by name."""
        return cls.model_validate(
            {"page": f"{address}/", "json": f"{address}.json", "pdf": f"{address}.pdf", **others}
        )


@dataclass(frozen=True, kw_only=True)
class Published:
    """The published JSON of a document, plain or compressed: whichever is at hand.

    digest: SHA-256 of the JSON, hexadecimal; the entity tag is made of it.
    """

    digest: str
    plain: bytes | None = None
    stored: bytes | None = None

    @classmethod
    def of(cls, document: BaseModel) -> Self:
        """Return what is published of `document`."""
        return cls.of_json(document.model_dump(mode="json", by_alias=True))

    @classmethod
    def of_json(cls, value: Any) -> Self:
        """Return what is published of plain JSON values."""
        content = _spelled(value)
        return cls(digest=sha256(content).hexdigest(), plain=content)

    @cached_property
    def json(self) -> bytes:
        """The JSON."""
        return self.plain if self.plain is not None else isal_zlib.decompress(self.stored or b"", GZIP)

    @cached_property
    def compressed(self) -> bytes:
        """The JSON compressed with gzip: equal JSON, equal bytes."""
        return self.stored if self.stored is not None else isal_zlib.compress(self.json, LEVEL, GZIP)


def published_json(document: BaseModel) -> bytes:
    """Return the document as JSON: keys sorted, dates ISO 8601, never NaN; equal documents, equal bytes."""
    return _spelled(document.model_dump(mode="json", by_alias=True))


def entity_tag(content: bytes) -> str:
    """Return the strong entity tag of `content`."""
    return quote_etag(sha256(content).hexdigest())


def json_answer(
    request: HttpRequest, document: BaseModel, *, status: HTTPStatus = HTTPStatus.OK
) -> HttpResponse:
    """Return the published JSON with its entity tag, or 304 where the client's copy is still right."""
    return published_answer(request, Published.of(document), status=status)


def published_answer(
    request: HttpRequest,
    published: Published,
    *,
    status: HTTPStatus = HTTPStatus.OK,
    content_type: str = JSON,
) -> HttpResponse:
    """Return published JSON, compressed for a client that takes it; or 304, see `unchanged_answer`."""
    unchanged = unchanged_answer(request, published.digest)
    if unchanged is not None:
        return unchanged
    packs = _takes_gzip(request)
    content = published.compressed if packs else published.json
    response = HttpResponse(content, status=status, content_type=content_type)
    if packs:
        response.headers["Content-Encoding"] = "gzip"
    return _with_tag(response, published.digest, packs=packs)


def created_answer(request: HttpRequest, published: Published, *, address: str, is_new: bool) -> HttpResponse:
    """Return a result with its address: 201 when this request computed it, 200 when it was stored."""
    status = HTTPStatus.CREATED if is_new else HTTPStatus.OK
    response = published_answer(request, published, status=status)
    response["Location"] = address
    return response


def unchanged_answer(request: HttpRequest, digest: str) -> HttpResponse | None:
    """Return 304 where the client already has the JSON with this digest, plain or compressed; else None.

    Needs no JSON: what is stored can be asked for its digest alone.
    """
    if request.method not in READING:
        return None
    known = parse_etags(request.headers.get("If-None-Match", ""))
    packs = _tag(digest, packs=True) in known
    etag = _tag(digest, packs=packs)
    answer = get_conditional_response(request, etag=etag)
    if not isinstance(answer, HttpResponse):
        return None
    return _with_tag(answer, digest, packs=packs)


@cache
def library_version(name: str) -> str:
    """Return the version of an installed library; asking the installation takes milliseconds each time."""
    return version(name)


def _with_tag(response: HttpResponse, digest: str, *, packs: bool) -> HttpResponse:
    response.headers["ETag"] = _tag(digest, packs=packs)
    response.headers["Cache-Control"] = ASKED_ABOUT_EACH_TIME
    patch_vary_headers(response, ["Accept-Encoding"])
    return response


def _tag(digest: str, *, packs: bool) -> str:
    # A strong tag names bytes, so that the compressed ones need another.
    return quote_etag(f"{digest}-gzip" if packs else digest)


def _takes_gzip(request: HttpRequest) -> bool:
    codings = (coding.strip().lower() for coding in request.headers.get("Accept-Encoding", "").split(","))
    return any(coding.partition(";")[0] == "gzip" and not coding.endswith("q=0") for coding in codings)


def _spelled(value: Any) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE)

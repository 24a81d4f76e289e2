"""Return documents over HTTP: entity tags, conditional requests and compression."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import parse_etags, quote_etag
from pydantic import BaseModel

from core.documents import SerializedDocument

CACHE_CONTROL_REVALIDATE = "private, no-cache"
"""Cache-Control of what only its reader may keep, and only as long as its entity tag is still right."""

JSON = "application/json"
READING = {"GET", "HEAD"}


def json_response(
    request: HttpRequest, document: BaseModel, *, status: HTTPStatus = HTTPStatus.OK
) -> HttpResponse:
    """Return the published JSON with its entity tag, or 304 where the client's copy is still right."""
    return document_response(request, SerializedDocument.of(document), status=status)


def document_response(
    request: HttpRequest,
    published: SerializedDocument,
    *,
    status: HTTPStatus = HTTPStatus.OK,
    content_type: str = JSON,
) -> HttpResponse:
    """Return published JSON, compressed for a client that takes it; or 304, see `not_modified_response`."""
    unchanged = not_modified_response(request, published.digest)
    if unchanged is not None:
        return unchanged
    packs = _takes_gzip(request)
    content = published.compressed if packs else published.json
    response = HttpResponse(content, status=status, content_type=content_type)
    if packs:
        response.headers["Content-Encoding"] = "gzip"
    return _with_tag(response, published.digest, packs=packs)


def created_response(
    request: HttpRequest, published: SerializedDocument, *, url: str, is_new: bool
) -> HttpResponse:
    """Return a result with its URL: 201 when this request computed it, 200 when it was stored."""
    status = HTTPStatus.CREATED if is_new else HTTPStatus.OK
    response = document_response(request, published, status=status)
    response["Location"] = url
    return response


def not_modified_response(request: HttpRequest, digest: str) -> HttpResponse | None:
    """Return 304 where the client already has the JSON with this digest, plain or compressed; else None.

    Needs no JSON: what is stored can be asked for its digest alone.
    """
    if request.method not in READING:
        return None
    known = parse_etags(request.headers.get("If-None-Match", ""))
    packs = _tag(digest, packs=True) in known
    etag = _tag(digest, packs=packs)
    response = get_conditional_response(request, etag=etag)
    if not isinstance(response, HttpResponse):
        return None
    return _with_tag(response, digest, packs=packs)


def _with_tag(response: HttpResponse, digest: str, *, packs: bool) -> HttpResponse:
    response.headers["ETag"] = _tag(digest, packs=packs)
    response.headers["Cache-Control"] = CACHE_CONTROL_REVALIDATE
    patch_vary_headers(response, ["Accept-Encoding"])
    return response


def _tag(digest: str, *, packs: bool) -> str:
    # A strong tag names bytes, so that the compressed ones need another.
    return quote_etag(f"{digest}-gzip" if packs else digest)


def _takes_gzip(request: HttpRequest) -> bool:
    codings = (coding.strip().lower() for coding in request.headers.get("Accept-Encoding", "").split(","))
    return any(coding.partition(";")[0] == "gzip" and not coding.endswith("q=0") for coding in codings)

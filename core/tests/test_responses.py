"""Published documents over HTTP: the same bytes for everybody, compressed for who asks, sent once."""

import gzip

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from core.documents import (
    Document,
    SerializedDocument,
    library_version,
    published_json,
)
from core.responses import document_response, not_modified_response


class Titled(Document):
    title: str
    figures: list[float]


DOCUMENT = Titled(title="Ünï", figures=[0.1, 1e-9] * 500)


@pytest.fixture(params=["plain", "stored"])
def published(request: pytest.FixtureRequest) -> SerializedDocument:
    fresh = SerializedDocument.of(DOCUMENT)
    kept = SerializedDocument(digest=fresh.digest, stored=fresh.compressed)
    return fresh if request.param == "plain" else kept


def ask(published: SerializedDocument, **headers: str) -> HttpResponse:
    return document_response(RequestFactory().get("/", headers=headers), published)


def test_what_is_stored_is_what_was_published(published: SerializedDocument) -> None:
    assert published.json == published_json(DOCUMENT)
    assert gzip.decompress(published.compressed) == published.json


@pytest.mark.parametrize("accepted", ["gzip", "br, gzip;q=0.8", "GZIP"])
def test_a_client_that_takes_gzip_gets_it_under_a_strong_tag_of_its_own(
    published: SerializedDocument, accepted: str
) -> None:
    packed, plain = ask(published, accept_encoding=accepted), ask(published)
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == plain.content == published.json
    assert "Content-Encoding" not in plain.headers
    tags = {packed.headers["ETag"], plain.headers["ETag"]}
    assert len(tags) == 2
    assert not any(tag.startswith("W/") for tag in tags)
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert "Accept-Encoding" in plain.headers["Vary"]


@pytest.mark.parametrize("accepted", ["", "br", "gzip;q=0", "identity"])
def test_a_client_that_takes_no_gzip_gets_none(published: SerializedDocument, accepted: str) -> None:
    assert ask(published, accept_encoding=accepted).content == published.json


@pytest.mark.parametrize("accepted", ["", "gzip"])
def test_either_copy_that_is_still_right_is_not_sent_again(
    published: SerializedDocument, accepted: str
) -> None:
    first = ask(published, accept_encoding=accepted)
    again = ask(published, accept_encoding="gzip", if_none_match=first.headers["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert again.headers["Cache-Control"] == "private, no-cache"


def test_another_copy_and_another_method_get_the_whole(published: SerializedDocument) -> None:
    assert ask(published, if_none_match='"another"').status_code == 200
    request = RequestFactory().post("/", headers={"if-none-match": f'"{published.digest}"'})
    assert not_modified_response(request, published.digest) is None


def test_a_library_is_asked_for_its_version_once() -> None:
    assert library_version("numpy") == library_version("numpy")
    assert library_version.cache_info().hits

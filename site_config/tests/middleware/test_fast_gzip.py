"""What a client may rely on about compressed answers."""

import gzip

import pytest
from django.http import HttpRequest, HttpResponse

from site_config.middleware.fast_gzip import QuickGZipMiddleware

TEXT = b"the same words, the same words, the same words. " * 20


def _answered(response: HttpResponse, **headers: str) -> HttpResponse:
    request = HttpRequest()
    request.META |= {f"HTTP_{name}": value for name, value in headers.items()}
    answered = QuickGZipMiddleware(lambda _: response)(request)
    assert isinstance(answered, HttpResponse)
    return answered


def test_a_client_that_takes_gzip_gets_it_and_reads_the_same() -> None:
    response = _answered(HttpResponse(TEXT, headers={"ETag": '"one"'}), ACCEPT_ENCODING="br, gzip")
    assert response["Content-Encoding"] == "gzip"
    assert gzip.decompress(response.content) == TEXT
    assert len(response.content) == int(response["Content-Length"]) < len(TEXT)
    assert response["ETag"] == 'W/"one"'
    assert "Accept-Encoding" in response["Vary"]


def test_any_other_client_gets_the_plain_answer() -> None:
    response = _answered(HttpResponse(TEXT))
    assert response.content == TEXT
    assert "Content-Encoding" not in response
    assert "Accept-Encoding" in response["Vary"]


@pytest.mark.parametrize(
    "response",
    [HttpResponse(b"short"), HttpResponse(TEXT, headers={"Content-Encoding": "br"})],
    ids=["short", "compressed already"],
)
def test_what_gains_nothing_stays_as_it_is(response: HttpResponse) -> None:
    before = response.content
    assert _answered(response, ACCEPT_ENCODING="gzip").content == before


def test_the_length_tells_nothing_exact_about_the_content() -> None:
    lengths = {len(_answered(HttpResponse(TEXT), ACCEPT_ENCODING="gzip").content) for _ in range(40)}
    assert len(lengths) > 5

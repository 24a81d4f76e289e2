"""Requests that make much out of little: thousands of errors, names or values; forged log entries."""

import logging

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory, override_settings

from site_config.errors import MOST_ERRORS
from site_config.middleware.load_shedding import Gate, Overloaded
from site_config.observability.log_formats import LineFormatter
from site_config.observability.metrics import MeasureMiddleware
from strategies.sweeps.parameters import MOST_VALUES

pytestmark = pytest.mark.django_db


def test_thousands_of_unknown_fields_are_answered_in_a_few_lines(reader: Client) -> None:
    body = {"symbol": "AAPL"} | {f"k{number}": 1 for number in range(5000)}
    refused = reader.post("/api/v1/backtests", body, content_type="application/json")
    assert refused.status_code == 422
    assert len(refused.json()["errors"]) == MOST_ERRORS
    assert "more." in refused.json()["detail"]
    assert len(refused.content) < 10_000


def test_thousands_of_equal_values_are_refused_and_not_stored(reader: Client) -> None:
    body = {"symbol": "AAPL", "fast": [7] * (MOST_VALUES + 1), "slow": 50}
    refused = reader.post("/api/v1/sweeps", body, content_type="application/json")
    assert refused.status_code == 422
    assert f"{MOST_VALUES:,d} values" in refused.json()["detail"]


def test_made_up_methods_are_one_label(reader: Client) -> None:
    with override_settings(METRICS_TOKEN="token for tests"):  # noqa: S106
        measure = MeasureMiddleware(lambda _: HttpResponse())
        for number in range(50):
            measure(RequestFactory().generic(f"MADEUP{number}", "/livez"))
        shown = Client().get("/metrics", headers={"Authorization": "Bearer token for tests"}).content.decode()
    assert "MADEUP" not in shown
    assert 'method="OTHER"' in shown


def test_a_line_break_in_an_url_writes_one_line() -> None:
    forged = "GET /x\n2026-11-30 INFO forged [deadbeef] POST /login/ 302\x1b[2J"
    record = logging.LogRecord("name", logging.INFO, __file__, 1, "%s", (forged,), None)
    record.request_id = record.job_id = ""
    line = LineFormatter().format(record)
    assert "\n" not in line
    assert "\x1b" not in line
    assert "\\n2026" in line


def test_the_request_log_names_user_and_address(reader: Client, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger="site_config"):
        reader.get("/jobs/", REMOTE_ADDR="192.0.2.9")
    (record,) = (each for each in caplog.records if each.name.endswith("request_log"))
    assert record.__dict__["user"] == "reader"
    assert record.__dict__["address"] == "192.0.2.9"


def test_a_response_under_overload_carries_the_security_headers(
    visitor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_room(self: Gate) -> None:
        raise Overloaded

    monkeypatch.setattr("site_config.middleware.load_shedding.Gate.passed", no_room)
    response = visitor.get("/login/")
    assert response.status_code == 503
    assert response["X-Frame-Options"] == "DENY"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in response["Content-Security-Policy"]

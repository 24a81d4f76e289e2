"""Tiingo over its wire format, from a server on the loopback interface."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.management import call_command
from django.utils import timezone
from pytest_django import Settings

from ingestion.bars import Adjustment, load_bars
from ingestion.errors import ApiKeyRefused, RateLimited, UnexpectedAnswer, UnknownSymbol
from ingestion.fetch.service import fetch_stock_data
from ingestion.models import ApiQuota, Instrument
from ingestion.tests.factories import sessions

pytestmark = pytest.mark.django_db

KEY = "tiingo-test-key-123"
NOW = datetime(2026, 11, 28, 1, tzinfo=UTC)


@dataclass
class FakeTiingo:
    """Sends one reply to every request, and remembers the requests."""

    status: int = 200
    body: object = field(default_factory=list)
    requests: list[tuple[str, dict[str, list[str]], str | None]] = field(default_factory=list)


@pytest.fixture
def tiingo(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeTiingo]:
    fake = FakeTiingo()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            fake.requests.append((parts.path, parse_qs(parts.query), self.headers["Authorization"]))
            body = fake.body if isinstance(fake.body, bytes) else json.dumps(fake.body).encode()
            self.send_response(fake.status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Keep the tests' output clean."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    settings.ALPHA_VANTAGE_API_KEY = None
    settings.ALPHA_VANTAGE_ALLOW_PRIVATE = True
    settings.ALPHA_VANTAGE_RETRY_SECONDS = 0
    settings.TIINGO_API_KEY = KEY
    settings.TIINGO_BASE_URL = f"http://127.0.0.1:{server.server_port}"
    settings.TIINGO_SECONDS_BETWEEN_REQUESTS = 0
    yield fake
    server.shutdown()
    thread.join()
    server.server_close()


def row(day: date, close: float = 100.0, **changed: float) -> dict[str, Any]:
    return {
        "date": f"{day}T00:00:00.000Z",
        "open": close,
        "high": close + 1,
        "low": close - 1,
        "close": close,
        "volume": 1000,
        "adjOpen": 1.0,
        "adjHigh": 1.0,
        "adjLow": 1.0,
        "adjClose": 1.0,
        "adjVolume": 1,
        "divCash": 0.0,
        "splitFactor": 1.0,
        **changed,
    }


DAYS = sessions(date(2024, 11, 1), date(2026, 11, 27))


def test_one_request_brings_two_years_with_splits_and_dividends(tiingo: FakeTiingo) -> None:
    split_at = 100
    tiingo.body = [
        row(day, 100.0 if place < split_at else 10.0, splitFactor=10.0 if place == split_at else 1.0)
        for place, day in enumerate(DAYS)
    ]
    tiingo.body[-1]["divCash"] = 0.25
    result = fetch_stock_data("QTII")
    assert (result.inserted, result.splits, result.dividends, result.source) == (len(DAYS), 1, 1, "tiingo")
    ((path, query, authorization),) = tiingo.requests
    assert path == "/tiingo/daily/qtii/prices"
    assert authorization == f"Token {KEY}"
    assert KEY not in str(query)
    bars = load_bars("QTII")
    assert set(bars.close.tolist()) == {10.0}
    assert load_bars("QTII", adjustment=Adjustment.NONE).close[0] == 100.0
    fetch_stock_data("QTII")
    assert tiingo.requests[1][1]["startDate"] == ["2026-10-28"]
    assert Instrument.objects.get(symbol="QTII").source == "tiingo"


def test_a_class_of_shares_is_spelled_as_tiingo_does(tiingo: FakeTiingo) -> None:
    tiingo.body = [row(day) for day in DAYS[-5:]]
    fetch_stock_data("BRK.B")
    assert tiingo.requests[0][0] == "/tiingo/daily/brk-b/prices"


def test_bars_that_are_adjusted_already_are_turned_back(tiingo: FakeTiingo) -> None:
    tiingo.body = [row(day, splitFactor=4.0 if day == DAYS[-3] else 1.0) for day in DAYS[-6:]]
    result = fetch_stock_data("QADJ")
    assert "adjusted for that day's split" in result.notice
    assert load_bars("QADJ").close.tolist() == pytest.approx([100.0] * 6)


def test_a_bad_row_and_a_step_without_split_are_told(tiingo: FakeTiingo) -> None:
    tiingo.body = [row(DAYS[-4], 1000.0), row(DAYS[-3], 1000.0, low=0.0), row(DAYS[-2]), row(DAYS[-1])]
    result = fetch_stock_data("QSTEP")
    assert (result.inserted, result.quarantined) == (3, 1)
    assert "fell to a tenth" in result.notice


def test_a_share_without_newer_bars_is_told(tiingo: FakeTiingo) -> None:
    tiingo.body = [row(day) for day in DAYS[:20]]
    assert "may be delisted or suspended" in fetch_stock_data("QGONE").notice


@pytest.mark.parametrize(
    ("status", "body", "error", "words"),
    [
        (404, {"detail": "Not found."}, UnknownSymbol, "knows no symbol QBAD"),
        (401, {"detail": "Invalid token."}, ApiKeyRefused, "TIINGO_API_KEY"),
        (429, {"detail": "over"}, RateLimited, "used up"),
        (200, {"detail": "You have run over your hourly request allocation."}, RateLimited, "used up"),
        (200, [], UnexpectedAnswer, "no daily bars of QBAD"),
        (200, {"detail": f"Odd words about {KEY}"}, UnexpectedAnswer, "Odd words about"),
        (200, b"<html>502 Bad Gateway</html>", UnexpectedAnswer, "a web page"),
        (503, b"later", UnexpectedAnswer, "HTTP status 503"),
    ],
)
def test_refusals_are_told_by_status_and_words(
    tiingo: FakeTiingo, status: int, body: object, error: type[Exception], words: str
) -> None:
    tiingo.status, tiingo.body = status, body
    with pytest.raises(error, match=words) as refusal:
        fetch_stock_data("QBAD")
    assert KEY not in str(refusal.value)
    assert not Instrument.objects.filter(symbol="QBAD").exists()


def test_requests_are_counted_and_held_back_until_the_next_hour(tiingo: FakeTiingo) -> None:
    tiingo.status = 429
    with pytest.raises(RateLimited):
        fetch_stock_data("QBAD")
    assert ApiQuota.objects.get().used == 1
    with pytest.raises(RateLimited) as wait:
        fetch_stock_data("QBAD")
    assert wait.value.until == datetime(2026, 11, 28, 2, tzinfo=UTC)
    assert len(tiingo.requests) == 1


def test_the_command_takes_a_provider(tiingo: FakeTiingo, capsys: pytest.CaptureFixture[str]) -> None:
    tiingo.body = [row(day) for day in DAYS[-5:]]
    call_command("load_stock_data", "QCMD", provider="tiingo")
    assert "5 bars from Tiingo" in capsys.readouterr().out

"""What is logged, in which form, and what never is."""

import gzip
import json
import logging
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import brotli
import pytest
from django.test import Client

from core.context import job_id_set
from core.redaction import redact_secrets
from site_config.observability.log_formats import ContextFilter, JsonFormatter, LineFormatter
from tests.subprocesses import run_python

UNPACK: dict[str, Callable[[bytes], bytes]] = {
    "br": brotli.decompress,
    "gzip": gzip.decompress,
    "identity": bytes,
}
SECRET = "hindcast_" + "s3cretS3cretS3cret"


def _record(message: str, *arguments: object, **more: object) -> logging.LogRecord:
    record = logging.getLogger("test").makeRecord(
        "test", logging.INFO, __file__, 1, message, arguments, None, extra=more or None
    )
    ContextFilter().filter(record)
    return record


def _entry(record: logging.LogRecord) -> dict[str, object]:
    entry: dict[str, object] = json.loads(JsonFormatter().format(record))
    return entry


def test_a_structured_entry_is_one_line_with_time_level_and_message() -> None:
    text = JsonFormatter().format(_record("two\nlines of %s", "text"))
    assert "\n" not in text
    entry = json.loads(text)
    assert (entry["level"], entry["logger"], entry["message"]) == ("INFO", "test", "two\nlines of text")
    assert entry["time"].endswith("+00:00")
    assert entry["request_id"] is None
    assert entry["job_id"] is None


def test_an_entry_of_a_job_carries_its_id() -> None:
    with job_id_set("7f3a"):
        record = _record("at work")
    assert _entry(record)["job_id"] == "7f3a"
    assert "7f3a" in LineFormatter().format(record)
    assert _entry(_record("afterwards"))["job_id"] is None


@pytest.mark.django_db
def test_the_entry_of_a_request_carries_the_id_that_its_answer_names(
    visitor: Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.handler.addFilter(ContextFilter())
    with caplog.at_level(logging.INFO, "site_config.middleware.request_log"):
        answer = visitor.get("/livez?key=of-the-query")
    (record,) = [record for record in caplog.records if record.name == "site_config.middleware.request_log"]
    entry = _entry(record)
    assert entry["request_id"] == answer["X-Request-ID"]
    assert (entry["method"], entry["path"], entry["status"]) == ("GET", "/livez", 200)
    assert "of-the-query" not in str(entry)


def test_an_exception_is_told_with_its_traceback() -> None:
    try:
        int(f"Bearer {SECRET}")
    except ValueError:
        record = _record("it failed")
        record.exc_info = sys.exc_info()
    entry = _entry(record)
    assert "Traceback" in str(entry["exception"])
    assert SECRET not in str(entry)
    assert SECRET not in LineFormatter().format(record)


@pytest.mark.parametrize(
    "text",
    [
        f"token {SECRET}",
        f"Authorization: Bearer {SECRET}",
        "https://provider.example/query?symbol=IBM&apikey=S3CRETKEY",
        "Authorization: Basic dXNlcjpzM2NyZXQ=",
    ],
)
def test_secrets_are_taken_out_of_whatever_is_logged(text: str) -> None:
    for secret in (SECRET, "S3CRETKEY", "dXNlcjpzM2NyZXQ="):
        assert secret not in redact_secrets(text)
        assert secret not in LineFormatter().format(_record("%s", text))
        assert secret not in str(_entry(_record("%s", text)))


@contextmanager
def _listening() -> Iterator[tuple[int, list[bytes]]]:
    received: list[bytes] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            received.append(UNPACK[self.headers.get("Content-Encoding", "identity")](body))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_port, received
    finally:
        server.shutdown()
        server.server_close()


FAIL = f"""
import django, logging
django.setup()
from django.test import Client
key = "S3CRETKEY99"
try:
    raise ValueError("no answer of https://p.example/query?apikey=" + key)
except ValueError:
    logging.getLogger("ingestion").exception("fetching failed with {SECRET}")
import sentry_sdk
sentry_sdk.flush(timeout=10)
"""


def test_an_error_report_reaches_its_receiver_without_secrets_and_local_variables() -> None:
    with _listening() as (port, received):
        run_python(FAIL, SENTRY_DSN=f"http://public@127.0.0.1:{port}/1", ALPHA_VANTAGE_API_KEY="S3CRETKEY99")
        sent = b"".join(received).decode()
    assert "fetching failed" in sent
    assert "ValueError" in sent
    assert "S3CRETKEY99" not in sent
    assert SECRET not in sent


def test_without_the_setting_the_reporting_library_is_not_even_loaded() -> None:
    loaded = run_python(
        "import django, sys; django.setup(); import site_config.urls; print('sentry_sdk' in sys.modules)"
    )
    assert loaded.strip() == "False"

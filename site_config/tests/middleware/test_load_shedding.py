"""What a process does with more requests than it can answer."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory, override_settings

from site_config.middleware.load_shedding import Gate, Overloaded, SheddingMiddleware, _gate


def _through(gate: Gate) -> bool:
    try:
        with gate.passed():
            return True
    except Overloaded:
        return False


def test_as_many_as_there_are_places_pass_at_once() -> None:
    gate, together = Gate(places=3, queue=0), Barrier(3, timeout=10)

    def pass_together(_: int) -> None:
        with gate.passed():
            together.wait()

    with ThreadPoolExecutor(3) as threads:
        list(threads.map(pass_together, range(3)))


def test_who_finds_no_room_to_wait_is_refused_at_once_and_the_gate_recovers() -> None:
    gate = Gate(places=1, queue=0, patience=60)
    with gate.passed():
        assert not _through(gate)
    assert _through(gate)


def test_who_waits_gets_the_place_that_becomes_free() -> None:
    gate, inside, leave = Gate(places=1, queue=1), Event(), Event()

    def hold() -> None:
        with gate.passed():
            inside.set()
            leave.wait(10)

    with ThreadPoolExecutor(2) as threads:
        threads.submit(hold)
        inside.wait(10)
        waiting = threads.submit(_through, gate)
        leave.set()
        assert waiting.result(10)


def test_nobody_waits_for_ever() -> None:
    gate = Gate(places=1, queue=1, patience=0.05)
    with gate.passed():
        assert not _through(gate)
    assert _through(gate)


def test_an_error_gives_the_place_back() -> None:
    gate = Gate(places=1, queue=0)
    with pytest.raises(ValueError, match="of the view"), gate.passed():
        raise ValueError("of the view")
    assert _through(gate)


@pytest.mark.parametrize(
    ("path", "accept", "status", "kind"),
    [
        ("/backtests/", "text/html", 503, "text/html"),
        ("/api/v1/instruments", "*/*", 503, "application/problem+json"),
        ("/livez", "*/*", 200, "text/plain"),
        ("/readyz", "*/*", 200, "text/plain"),
    ],
)
def test_under_overload_pages_say_when_to_come_again_and_health_checks_answer(
    path: str, accept: str, status: int, kind: str
) -> None:
    def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse("fine", content_type="text/plain")

    with override_settings(REQUESTS_AT_ONCE=1, REQUESTS_WAITING=0):
        middleware = SheddingMiddleware(view)
    request = RequestFactory().get(path, headers={"Accept": accept})
    with middleware.gate.passed():
        answer = middleware(request)
    assert answer.status_code == status
    assert answer["Content-Type"].startswith(kind)
    if status == 503:
        assert int(answer["Retry-After"]) > 0
    assert middleware(request).status_code == 200


def test_a_crowd_that_is_shed_does_not_fill_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with override_settings(REQUESTS_AT_ONCE=1, REQUESTS_WAITING=0):
        gate = _gate(1, 0)
        with gate.passed():
            answer = Client().get("/backtests/")
    assert answer.status_code == 503
    assert not [record for record in caplog.records if record.levelname == "ERROR"]

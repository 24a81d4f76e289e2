"""What a broker that is away does to those who ask for work, and to the workers."""

import socket
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from django.db import transaction
from django_q.brokers import get_broker
from django_q.conf import Conf
from django_q.models import OrmQ
from django_q.signing import SignedPackage
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from jobs import registry
from jobs.models import Job, JobState
from jobs.queue import call_workers, enqueue
from jobs.registry import Progress, job_kind
from jobs.worker.redis_broker import ANSWERS_WITHIN, RedisBroker
from jobs.worker.wakeup import BrokerAway

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def kind() -> Iterator[None]:
    """A kind of job to queue."""
    before = dict(registry._kinds)

    @job_kind("called")
    def called(*, progress: Progress) -> None:
        """Do nothing."""

    yield
    registry._kinds.clear()
    registry._kinds.update(before)


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A port that takes connections and never answers, as a server that hangs does."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.fixture
def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
    return port


def _use(port: int, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Set what TASK_BROKER_URL sets, for this process too."""
    settings.TASK_BROKER_URL = f"redis://127.0.0.1:{port}/0"
    monkeypatch.setattr(Conf, "BROKER_CLASS", "jobs.worker.redis_broker.RedisBroker")
    monkeypatch.setattr(Conf, "REDIS", settings.TASK_BROKER_URL)


def test_a_job_is_queued_though_redis_refuses(
    closed_port: int,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    _use(closed_port, settings, monkeypatch)
    with django_capture_on_commit_callbacks(execute=True) as callbacks:
        job = enqueue("called", subject="AAPL")
    assert len(callbacks) == 1
    assert job.state == JobState.QUEUED
    assert not OrmQ.objects.exists()
    assert "Redis does not answer" in caplog.text


def test_who_asks_for_work_waits_seconds_at_most_for_a_redis_that_hangs(
    silent_port: int,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    _use(silent_port, settings, monkeypatch)
    monkeypatch.setattr("jobs.worker.redis_broker.ANSWERS_WITHIN", 0.2)
    with django_capture_on_commit_callbacks(execute=True):
        job = enqueue("called", subject="AAPL")  # would never return without the limit
    assert job.state == JobState.QUEUED
    assert ANSWERS_WITHIN <= 5


def test_the_sweep_for_waiting_jobs_asks_an_absent_redis_once_and_not_for_each_job(
    closed_port: int,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    _use(closed_port, settings, monkeypatch)
    for number in range(5):
        enqueue("called", subject=str(number))
    call_workers()
    assert caplog.text.count("Redis does not answer") == 1


def test_without_redis_a_worker_finds_the_jobs_that_are_due(
    closed_port: int, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    _use(closed_port, settings, monkeypatch)
    broker = get_broker()
    assert isinstance(broker, RedisBroker)
    assert broker.dequeue() == []
    enqueue("called", subject="AAPL")
    ((acknowledgement, message),) = broker.dequeue() or []
    task: dict[str, Any] = SignedPackage.loads(message)
    assert (acknowledgement, task["func"]) == (None, "jobs.worker.run.run_next")
    for number in range(10):
        enqueue("called", subject=str(number))
    assert len(broker.dequeue() or []) == Conf.WORKERS


def test_a_broker_that_is_away_says_so(
    closed_port: int, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    _use(closed_port, settings, monkeypatch)
    with pytest.raises(BrokerAway, match="workers look for jobs by themselves"):
        get_broker().enqueue("message")
    with pytest.raises(BrokerAway):
        get_broker().queue_size()


def test_no_worker_is_called_for_a_job_that_was_not_stored(
    closed_port: int,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    _use(closed_port, settings, monkeypatch)
    with django_capture_on_commit_callbacks() as callbacks, suppress(LookupError), transaction.atomic():
        enqueue("called", subject="AAPL")
        raise LookupError
    assert callbacks == []
    assert not Job.objects.exists()

"""What the workers do from time to time."""

import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from jobs import periodic
from jobs.models import Job, JobState
from jobs.worker import heartbeat

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def deeds() -> Iterator[None]:
    """Let each test register deeds of its own, and none of the site's be done."""
    before = dict(periodic._registered)
    periodic._registered.clear()
    yield
    periodic._registered.clear()
    periodic._registered.update(before)


def test_a_deed_is_not_done_while_another_process_does_it() -> None:
    done: list[str] = []
    inside, release = threading.Event(), threading.Event()

    @periodic.periodic("slow", every=timedelta(seconds=1))
    def slow() -> None:
        done.append("slow")
        inside.set()
        release.wait(10)

    def elsewhere() -> None:
        periodic.do_once("slow")
        connection.close()

    other = threading.Thread(target=elsewhere)
    other.start()
    assert inside.wait(10)
    assert not periodic.do_once("slow")
    release.set()
    other.join()
    assert periodic.do_once("slow")
    assert done == ["slow", "slow"]


def test_a_deed_that_fails_stops_neither_the_clock_nor_the_other_deeds(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(periodic, "TICK", 0.01)
    stop = threading.Event()
    tries: list[str] = []

    @periodic.periodic("broken", every=timedelta(0))
    def broken() -> None:
        tries.append("broken")
        raise RuntimeError

    @periodic.periodic("whole", every=timedelta(0))
    def whole() -> None:
        if tries.count("broken") == 2:
            stop.set()

    clock = threading.Thread(target=periodic.keep_time, args=(stop,))
    clock.start()
    clock.join(10)
    assert not clock.is_alive()
    assert "broken failed, and is tried again" in caplog.text


def test_a_job_keeps_its_lease_while_one_step_of_it_takes_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heartbeat, "LEASE", timedelta(milliseconds=80))
    long_ago = timezone.now() - timedelta(hours=1)
    job = Job.objects.create(kind="long", state=JobState.RUNNING, attempts=1, heartbeat=long_ago)
    with heartbeat.beating(job):
        for _ in range(200):
            job.refresh_from_db()
            if job.heartbeat and job.heartbeat > long_ago:
                break
            threading.Event().wait(0.02)
    assert job.heartbeat is not None
    assert job.heartbeat > long_ago

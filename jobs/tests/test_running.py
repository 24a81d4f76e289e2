"""What a user of background work may rely on."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from django_q.models import OrmQ

from jobs import registry
from jobs.errors import Unavailable
from jobs.models import Job, JobState
from jobs.queueing import cancel, enqueue
from jobs.registry import Progress, job_kind
from jobs.running import LEASE, MAX_ATTEMPTS, run_job

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def kinds() -> Iterator[None]:
    """Let each test register kinds of its own."""
    before = dict(registry._kinds)
    yield
    registry._kinds.clear()
    registry._kinds.update(before)


def _run(job: Job) -> Job:
    run_job(str(job.pk))
    job.refresh_from_db()
    return job


def test_a_job_is_queued_with_its_message_and_succeeds_with_its_result() -> None:
    @job_kind("double")
    def double(*, progress: Progress, number: int) -> dict[str, Any]:
        progress(0.5, "Doubling")
        return {"doubled": 2 * number}

    job = enqueue("double", subject="x", arguments={"number": 21})
    assert (job.state, OrmQ.objects.count()) == (JobState.QUEUED, 1)
    done = _run(job)
    assert (done.state, done.progress, done.step) == (JobState.SUCCEEDED, 1, "Doubling")
    assert done.result == {"doubled": 42}


def test_a_second_request_for_the_same_work_joins_the_active_job() -> None:
    @job_kind("once")
    def once(*, progress: Progress) -> None:
        """Do nothing."""

    first = enqueue("once", subject="AAPL")
    assert enqueue("once", subject="AAPL").pk == first.pk
    assert enqueue("once", subject="IBM").pk != first.pk
    _run(first)
    assert enqueue("once", subject="AAPL").pk != first.pk


def test_a_message_delivered_twice_runs_the_work_once() -> None:
    calls = []

    @job_kind("count")
    def count(*, progress: Progress) -> None:
        calls.append(1)

    job = enqueue("count")
    _run(job)
    _run(job)
    assert len(calls) == 1


def test_work_whose_worker_lives_is_not_taken_over() -> None:
    @job_kind("long")
    def long(*, progress: Progress) -> None:
        raise AssertionError("two workers at once")

    job = enqueue("long")
    Job.objects.filter(pk=job.pk).update(state=JobState.RUNNING, attempts=1, heartbeat=timezone.now())
    assert _run(job).state == JobState.RUNNING


def test_work_whose_worker_died_is_taken_over_and_given_up_after_three_deaths() -> None:
    @job_kind("deadly")
    def deadly(*, progress: Progress) -> None:
        """Succeed, if only a worker lived long enough."""

    silent = timezone.now() - LEASE - timedelta(seconds=1)
    job = enqueue("deadly")
    Job.objects.filter(pk=job.pk).update(state=JobState.RUNNING, attempts=1, heartbeat=silent)
    assert _run(job).state == JobState.SUCCEEDED

    Job.objects.filter(pk=job.pk).update(state=JobState.RUNNING, attempts=MAX_ATTEMPTS, heartbeat=silent)
    given_up = _run(job)
    assert given_up.state == JobState.FAILED
    assert "died 3 times" in given_up.error


def test_cancelling_stops_a_waiting_job_at_once_and_a_running_one_at_its_next_step() -> None:
    @job_kind("patient")
    def patient(*, progress: Progress) -> None:
        cancel(running.pk)
        progress(0.9, "Never reached")

    waiting, running = enqueue("patient", subject="a"), enqueue("patient", subject="b")
    assert cancel(waiting.pk).state == JobState.CANCELLED
    assert _run(waiting).state == JobState.CANCELLED
    assert _run(running).state == JobState.CANCELLED
    assert running.step == ""


def test_an_error_for_the_user_is_shown_and_any_other_only_by_a_reference(
    caplog: pytest.LogCaptureFixture,
) -> None:
    @job_kind("known")
    def known(*, progress: Progress) -> None:
        raise Unavailable("The provider does not answer. Try again in a minute.")

    @job_kind("unknown")
    def unknown(*, progress: Progress) -> None:
        raise RuntimeError("secret detail")

    assert _run(enqueue("known")).error == "The provider does not answer. Try again in a minute."
    failed = _run(enqueue("unknown"))
    assert failed.state == JobState.FAILED
    assert "secret" not in failed.error
    reference = failed.error.split("Reference ")[1].split()[0]
    assert reference in caplog.text


def test_an_unknown_kind_is_refused_and_leaves_nothing_behind() -> None:
    with pytest.raises(KeyError):
        enqueue("no such work")
    assert not Job.objects.exists()

"""What a user of background work may rely on."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_q.conf import Conf
from django_q.exceptions import TimeoutException
from django_q.models import OrmQ

from core.errors import InvalidInput, Unavailable
from jobs import registry
from jobs.models import LEASE, MAX_ATTEMPTS, Job, JobState
from jobs.queue import call_workers, cancel, enqueue, resume
from jobs.registry import Postponed, Progress, job_kind
from jobs.worker.run import run_job, run_next

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


def _abandoned(job: Job, *, attempts: int = 1) -> Job:
    """Leave the job as a worker that died leaves it."""
    silent = timezone.now() - LEASE - timedelta(seconds=1)
    Job.objects.filter(pk=job.pk).update(state=JobState.RUNNING, attempts=attempts, heartbeat=silent)
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
    run_next()
    assert _run(job).state == JobState.RUNNING


def test_a_message_comes_again_only_after_the_longest_task() -> None:
    assert Conf.TIMEOUT < Conf.RETRY
    assert Conf.MAX_ATTEMPTS


def test_a_message_that_failed_is_not_kept_and_nothing_runs_on_a_schedule_of_django_q() -> None:
    assert Conf.ACK_FAILURES
    assert not Conf.SCHEDULER


def test_the_most_urgent_job_goes_first_and_among_equals_the_oldest() -> None:
    order: list[int] = []

    @job_kind("note")
    def note(*, progress: Progress, number: int) -> None:
        order.append(number)

    for number, priority in enumerate((5, 90, 5, 100)):
        enqueue("note", subject=str(number), arguments={"number": number}, priority=priority)
    enqueue("note", subject="2", priority=95)  # asked for again, and more urgently
    for _ in range(5):
        run_next()
    assert order == [3, 2, 1, 0]


def test_a_parked_job_has_not_failed_and_goes_on_at_its_time() -> None:
    tries: list[int] = []

    @job_kind("wait")
    def wait(*, progress: Progress) -> None:
        tries.append(1)
        if len(tries) == 1:
            raise Postponed(
                until=timezone.now() + timedelta(hours=1), reason="The day's requests are used up."
            )

    job = _run(enqueue("wait", subject="AAPL"))
    assert (job.state, job.step, job.attempts, job.error) == (
        JobState.QUEUED,
        "The day's requests are used up.",
        0,
        "",
    )
    assert job.is_parked
    run_next()
    assert enqueue("wait", subject="AAPL").pk == job.pk
    assert _run(job).state == JobState.QUEUED
    assert tries == [1]
    Job.objects.update(next_attempt_at=timezone.now())
    assert _run(job).state == JobState.SUCCEEDED


def test_a_job_cancelled_while_it_ran_is_not_parked() -> None:
    @job_kind("wait")
    def wait(*, progress: Progress) -> None:
        cancel(job.pk)
        raise Postponed(until=timezone.now(), reason="Later.")

    job = enqueue("wait")
    assert _run(job).state == JobState.CANCELLED


def test_a_parked_job_is_cancelled_at_once_and_a_cancelled_one_can_be_resumed() -> None:
    @job_kind("wait")
    def wait(*, progress: Progress) -> None:
        """Do nothing."""

    job = enqueue("wait", subject="AAPL")
    Job.objects.update(next_attempt_at=timezone.now() + timedelta(hours=1))
    assert cancel(job.pk).state == JobState.CANCELLED
    assert resume(job.pk).state == JobState.QUEUED
    assert _run(job).state == JobState.SUCCEEDED
    assert resume(job.pk).state == JobState.SUCCEEDED


def test_a_job_is_not_resumed_beside_another_for_its_subject() -> None:
    @job_kind("wait")
    def wait(*, progress: Progress) -> None:
        """Do nothing."""

    first = cancel(enqueue("wait", subject="AAPL").pk)
    enqueue("wait", subject="AAPL")
    with pytest.raises(InvalidInput, match="for AAPL is active"):
        resume(first.pk)


def test_a_worker_is_called_for_each_due_job_whose_message_was_lost() -> None:
    @job_kind("lost")
    def lost(*, progress: Progress) -> None:
        """Do nothing."""

    jobs = [enqueue("lost", subject=str(number)) for number in range(4)]
    OrmQ.objects.all().delete()
    _abandoned(jobs[0])
    _abandoned(jobs[1], attempts=MAX_ATTEMPTS)
    Job.objects.filter(pk=jobs[2].pk).update(next_attempt_at=timezone.now() + timedelta(hours=1))
    for _ in range(2):
        call_workers()
        assert OrmQ.objects.count() == 2
    jobs[1].refresh_from_db()
    assert jobs[1].state == JobState.FAILED


def test_work_whose_worker_died_is_taken_over_and_given_up_after_three_deaths() -> None:
    @job_kind("deadly")
    def deadly(*, progress: Progress) -> None:
        """Succeed, if only a worker lived long enough."""

    job = enqueue("deadly")
    assert _run(_abandoned(job)).state == JobState.SUCCEEDED

    given_up = _run(_abandoned(job, attempts=MAX_ATTEMPTS))
    assert given_up.state == JobState.FAILED
    assert "died 3 times" in given_up.error


def test_a_job_whose_worker_fell_silent_does_not_block_its_subject() -> None:
    @job_kind("lost")
    def lost(*, progress: Progress) -> None:
        """Do nothing."""

    first, other = enqueue("lost", subject="AAPL"), enqueue("lost", subject="IBM")
    again = enqueue("lost", subject=_abandoned(first).subject)
    assert again.pk != first.pk
    _abandoned(other)
    enqueue("lost", subject="AAPL")
    for job in (first, other):
        job.refresh_from_db()
    assert (first.state, other.state) == (JobState.FAILED, JobState.RUNNING)
    assert "stopped responding" in first.error
    assert first.finished_at is not None


def test_a_job_whose_worker_fell_silent_ends_when_it_is_cancelled() -> None:
    @job_kind("lost")
    def lost(*, progress: Progress) -> None:
        """Do nothing."""

    ended = cancel(_abandoned(enqueue("lost")).pk)
    assert ended.state == JobState.FAILED
    assert "stopped responding" in ended.error


def test_work_that_hangs_is_stopped_and_says_so() -> None:
    @job_kind("endless")
    def endless(*, progress: Progress) -> None:
        raise TimeoutException  # as the worker's alarm raises it

    stopped = _run(enqueue("endless"))
    assert (stopped.state, stopped.error) == (
        JobState.FAILED,
        "This took longer than 10 minutes and was stopped.",
    )


def test_a_job_ends_even_when_its_work_lost_the_database() -> None:
    @job_kind("cut")
    def cut(*, progress: Progress) -> dict[str, Any]:
        with suppress(OperationalError), connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        return {"kept": True}

    def outside_the_tests_transaction() -> Job:
        job = Job.objects.create(kind="cut")
        try:
            return _run(job)
        finally:
            job.delete()
            connection.close()

    with ThreadPoolExecutor(1) as worker:
        done = worker.submit(outside_the_tests_transaction).result()
    assert (done.state, done.result) == (JobState.SUCCEEDED, {"kept": True})


def test_work_that_the_database_left_begins_again_and_fails_in_words_after_three_tries() -> None:
    @job_kind("left")
    def left(*, progress: Progress) -> None:
        raise OperationalError("terminating connection because of crash of another server process")

    job = enqueue("left")
    for attempt in range(1, MAX_ATTEMPTS):
        parked = _run(job)
        assert (parked.state, parked.attempts, parked.is_parked) == (JobState.QUEUED, attempt, True)
        assert "database did not answer" in parked.step
        Job.objects.filter(pk=job.pk).update(next_attempt_at=timezone.now())
    failed = _run(job)
    assert failed.state == JobState.FAILED
    assert "The database did not answer in 3 tries." in failed.error


def test_an_error_of_the_queue_itself_is_not_taken_for_a_job_that_exists(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    @job_kind("refused")
    def refused(*, progress: Progress) -> None:
        """Do nothing."""

    def refuse(*_: object, **__: object) -> None:
        raise IntegrityError("the queue's own constraint")

    monkeypatch.setattr("jobs.worker.wakeup.async_task", refuse)
    with pytest.raises(IntegrityError, match="the queue's own constraint"):
        enqueue("refused", subject="AAPL")


def test_a_worker_does_not_collect_the_statements_of_its_jobs() -> None:
    @job_kind("brief")
    def brief(*, progress: Progress) -> None:
        progress(0.5, "Half")

    job = enqueue("brief")
    with CaptureQueriesContext(connection):
        run_job(str(job.pk))
        assert not connection.queries


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


def test_a_sign_of_life_from_the_future_counts_as_old() -> None:
    @job_kind("jumped")
    def jumped(*, progress: Progress) -> None:
        """Do nothing."""

    job = enqueue("jumped", subject="AAPL")
    ahead = timezone.now() + timedelta(hours=5)  # written before the clock was set back
    Job.objects.filter(pk=job.pk).update(state=JobState.RUNNING, attempts=1, heartbeat=ahead)
    assert _run(job).state == JobState.SUCCEEDED

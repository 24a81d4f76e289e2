"""What becomes of jobs when a worker is told to stop."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest

from jobs import registry
from jobs.models import Job, JobState
from jobs.queue import enqueue
from jobs.registry import Progress, job_kind
from jobs.worker import shutdown
from jobs.worker.run import run_next


@pytest.fixture
def steps() -> Iterator[list[str]]:
    """A kind of job with two steps, whose worker is told to stop during the first."""
    before = dict(registry._kinds)
    done: list[str] = []

    @job_kind("interrupted")
    def interrupted(*, progress: Progress) -> dict[str, Any]:
        done.append("first")
        if len(done) == 1:
            shutdown.begin()
        progress(0.5, "Half done")
        done.append("second")
        return {}

    yield done
    shutdown.end()
    registry._kinds.clear()
    registry._kinds.update(before)


@pytest.mark.django_db
def test_a_running_job_goes_back_to_the_queue_at_its_next_step_and_counts_no_attempt(
    steps: list[str],
) -> None:
    job = enqueue("interrupted")
    run_next()
    job.refresh_from_db()
    assert (job.state, job.attempts, steps) == (JobState.QUEUED, 0, ["first"])
    assert Job.objects.due().filter(pk=job.pk).exists()


@pytest.mark.django_db
def test_a_worker_that_stops_takes_no_other_job_and_the_next_worker_does(steps: list[str]) -> None:
    job = enqueue("interrupted")
    run_next()
    run_next()
    assert steps == ["first"]
    shutdown.end()
    run_next()
    job.refresh_from_db()
    assert (job.state, job.attempts) == (JobState.SUCCEEDED, 1)


def test_the_signal_of_a_supervisor_sets_it_in_every_process(tmp_path: Any) -> None:
    program = (
        "import os, signal, time\n"
        "from django import setup; setup()\n"
        "from jobs.worker import shutdown\n"
        "from jobs.management.commands.qcluster import HandingBackCluster\n"
        "cluster = HandingBackCluster()\n"
        "cluster.stop = lambda: None\n"
        "child = os.fork()\n"
        "if child == 0:\n"
        "    signal.signal(signal.SIGTERM, signal.SIG_DFL)\n"
        "    while not shutdown.has_begun(): time.sleep(0.01)\n"
        "    os._exit(7)\n"
        "print('ready', flush=True)\n"
        "print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)\n"
    )
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings", "DATA_DIR": str(tmp_path)}
    with subprocess.Popen(
        [sys.executable, "-c", program], env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(0.1)
        process.send_signal(signal.SIGTERM)
        assert process.stdout.readline() == "7\n"

"""Background work on the command line."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from core.command_line.command import ExitCode
from jobs.models import Job, JobState

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> str:
    output = StringIO()
    call_command("jobs", *arguments, stdout=output)
    return output.getvalue()


def a_job(state: JobState = JobState.QUEUED, error: str = "") -> Job:
    return Job.objects.create(kind="fetch_bars", subject=state, state=state, error=error)


def test_jobs_are_listed_by_state() -> None:
    queued, _ = a_job(), a_job(JobState.SUCCEEDED)
    assert len(json.loads(run())["items"]) == 2
    (item,) = json.loads(run("--state", "queued"))["items"]
    assert item["id"] == str(queued.pk)


def test_a_job_can_be_cancelled() -> None:
    job = a_job()
    assert json.loads(run("--cancel", str(job.pk)))["state"] == "cancelled"


def test_waiting_says_by_its_exit_code_how_the_job_ended() -> None:
    assert json.loads(run("--wait", str(a_job(JobState.SUCCEEDED).pk)))["state"] == "succeeded"
    with pytest.raises(CommandError, match="The disk is full") as raised:
        run("--wait", str(a_job(JobState.FAILED, error="The disk is full.").pk))
    assert raised.value.returncode == ExitCode.WORK_FAILED


def test_an_unknown_job_is_not_found() -> None:
    with pytest.raises(CommandError) as raised:
        run("--show", "7f1c2a50-4a3e-4d5b-9c57-0b1e3f6a9d21")
    assert raised.value.returncode == ExitCode.NOT_FOUND

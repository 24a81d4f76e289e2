"""`manage.py jobs`: list background work, watch it, cancel it, or let it go on."""

import time
from typing import Any
from uuid import UUID

from django.core.management.base import CommandParser

from core.command_line.command import ResultCommand, WorkFailed
from core.command_line.figures import table_of_models
from core.command_line.output import CommandResult, progress_bar
from core.pagination import USUAL_PAGE, page_of
from jobs.models import Job, JobState
from jobs.queue import cancel, find_job, resume
from jobs.schemas import JobDocument, JobPage

COLUMNS = ("id", "kind", "subject", "state", "progress", "step", "error")
LOOKS_EVERY = 0.5
"""Seconds between two looks at a job that is waited for."""


class Command(ResultCommand):
    """Lists jobs, newest first, or does something with one of them."""

    help = "List background work, newest first; or wait for a job, cancel it, or let it go on."

    def add_request(self, parser: CommandParser) -> None:
        """Take which jobs to list, or the one to do something with."""
        parser.add_argument("--limit", type=int, default=USUAL_PAGE, help="How many to list.")
        parser.add_argument("--state", choices=[str(state) for state in JobState], help="Only in this state.")
        parser.add_argument("--kind", help="Only of this kind, such as fetch_bars.")
        one = parser.add_mutually_exclusive_group()
        for name, words in (
            ("show", "Show this job."),
            ("wait", "Wait until this job has ended; fails with 5 unless it succeeded."),
            ("cancel", "Ask this job to stop."),
            ("resume", "Let this job go on or begin again."),
        ):
            one.add_argument(f"--{name}", type=UUID, metavar="ID", help=words)

    def result(self, options: dict[str, Any]) -> CommandResult:
        """Return the list, or the job after what was asked for."""
        actions = {"show": find_job, "wait": _ended, "cancel": cancel, "resume": resume}
        for name, action in actions.items():
            if options[name] is not None:
                return _shown([JobDocument.of(action(options[name]))], is_list=False)
        chosen = {"state": options["state"], "kind": options["kind"]}
        page = page_of(Job.objects.all(), cursor=None, limit=options["limit"], **chosen)
        return _shown([JobDocument.of(job) for job in page.rows], is_list=True)


def _shown(jobs: list[JobDocument], *, is_list: bool) -> CommandResult:
    return CommandResult(
        document=JobPage(items=jobs, next=None) if is_list else jobs[0],
        tables=[table_of_models("", jobs, COLUMNS, left_columns=len(COLUMNS))],
    )


def _ended(job_id: UUID) -> Job:
    """Return the job once it has succeeded; raises WorkFailed where it ends otherwise."""
    with progress_bar() as progress:
        while (job := find_job(job_id)).is_active:
            progress(job.progress, job.step or job.get_state_display())
            time.sleep(LOOKS_EVERY)
    if job.state != JobState.SUCCEEDED:
        raise WorkFailed(job.error or f"The job ended as {job.state}.")
    return job

"""The list of background work, by what a reader wants to see of it.

Printing a report is somebody's download, done within seconds and by the hundred: it stands in a list
of its own, so that it does not hide the work that people look for.
"""

from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet, TextChoices

from dashboard.models import PRINT_REPORT
from jobs.models import ACTIVE_STATES, Job, JobState

SHOWN = 50
"""Jobs on a list; the administration has all of them."""


class Chosen(TextChoices):
    """Which jobs a reader wants to see; the value stands in the URL."""

    ALL = "", "All"
    ACTIVE = "active", "Running and waiting"
    DONE = "done", "Done"
    FAILED = "failed", "Failed and cancelled"
    PRINTED = "printed", "Printed reports"


PRINTING = Q(kind=PRINT_REPORT)
CONDITIONS = {
    Chosen.ALL: ~PRINTING,
    Chosen.ACTIVE: ~PRINTING & Q(state__in=ACTIVE_STATES),
    Chosen.DONE: ~PRINTING & Q(state=JobState.SUCCEEDED),
    Chosen.FAILED: ~PRINTING & Q(state__in=(JobState.FAILED, JobState.CANCELLED)),
    Chosen.PRINTED: PRINTING,
}


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One of the lists, with how many jobs are on it."""

    value: str
    label: str
    jobs: int
    is_chosen: bool


@dataclass(frozen=True, kw_only=True)
class JobList:
    """The newest jobs of the list that was chosen, and the lists there are."""

    jobs: list[Job]
    choices: list[Choice]

    @property
    def chosen(self) -> Choice:
        """The list that is shown."""
        return next(choice for choice in self.choices if choice.is_chosen)

    @property
    def is_active(self) -> bool:
        """Whether a job on it is still under way."""
        return any(job.is_active for job in self.jobs)

    @property
    def older(self) -> int:
        """How many jobs of the list are not shown."""
        return self.chosen.jobs - len(self.jobs)


def job_list(wanted: str) -> JobList:
    """Return the list with this value in the URL; for any other value, all."""
    chosen = Chosen(wanted) if wanted in Chosen.values else Chosen.ALL
    counts = Job.objects.aggregate(
        **{choice.name: Count("pk", filter=condition) for choice, condition in CONDITIONS.items()}
    )
    return JobList(
        jobs=list(Job.objects.filter(CONDITIONS[chosen])[:SHOWN]),
        choices=[
            Choice(
                value=choice.value,
                label=str(choice.label),
                jobs=counts[choice.name],
                is_chosen=choice == chosen,
            )
            for choice in Chosen
        ],
    )


def running_now() -> QuerySet[Job]:
    """Return what is under way, as the list of running and waiting jobs has it."""
    return Job.objects.filter(CONDITIONS[Chosen.ACTIVE])

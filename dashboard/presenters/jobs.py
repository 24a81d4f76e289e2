"""The list of background work, by what a reader wants to see of it.

Printing a report is somebody's download, done within seconds and by the hundred: it stands in a list
of its own, so that it does not hide the work that people look for.
"""

from dataclasses import dataclass

from django.db.models import Count, Q, TextChoices

from dashboard.models import PRINT_REPORT
from jobs.models import ACTIVE_STATES, Job, JobState
from strategies.models import UniverseSweep
from strategies.universes.schemas import page_of_universe
from strategies.universes.service import UNIVERSE_PART

SHOWN = 50
"""Jobs on a list; the administration has all of them."""
RUNNING_SHOWN = 5
"""Jobs that the overview shows one by one."""


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


@dataclass(frozen=True, kw_only=True)
class UniverseProgress:
    """A sweep of many symbols that is under way. jobs: pieces of it that wait or run."""

    page: str
    done: int
    symbols: int
    jobs: int


@dataclass(frozen=True, kw_only=True)
class Running:
    """What is under way: large work as one line each, the newest other jobs, and how many more there are."""

    universes: list[UniverseProgress]
    jobs: list[Job]
    more: int


def running_now() -> Running:
    """Return what is under way, the pieces of a sweep of many symbols as one."""
    active = Job.objects.filter(CONDITIONS[Chosen.ACTIVE])
    pieces = active.filter(kind=UNIVERSE_PART)
    of_universe = pieces.order_by().values("arguments__universe_id").annotate(pieces=Count("pk"))
    counted = {row["arguments__universe_id"]: row["pieces"] for row in of_universe[:RUNNING_SHOWN]}
    others = active.exclude(kind=UNIVERSE_PART)
    shown = list(others[:RUNNING_SHOWN])
    more = others.count() - len(shown) if len(shown) == RUNNING_SHOWN else 0
    return Running(universes=_universes(counted), jobs=shown, more=more)


def _universes(jobs: dict[str, int]) -> list[UniverseProgress]:
    if not jobs:
        return []
    found = UniverseSweep.objects.filter(pk__in=jobs).defer("document", "parameters")
    return [
        UniverseProgress(
            page=page_of_universe(universe.pk),
            done=universe.done,
            symbols=len(universe.symbols),
            jobs=jobs[universe.pk],
        )
        for universe in found.annotate(done=Count("members"))
    ]

"""The published form of a job."""

from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from core.pagination import NEXT_IN_WORDS
from jobs.models import Job, JobState


class JobDocument(BaseModel):
    """How far a piece of background work has come."""

    model_config = ConfigDict(frozen=True)

    id: Annotated[UUID, Field(description="Names the job in URLs.")]
    kind: Annotated[str, Field(description="What the job does, for example fetch_bars.")]
    subject: Annotated[str, Field(description="What it is about, mostly a symbol.")]
    state: Annotated[JobState, Field(description="queued and running are active; the other three are final.")]
    progress: Annotated[float, Field(ge=0, le=1, description="Fraction done.")]
    step: Annotated[str, Field(description="What is being done now.")]
    error: Annotated[str | None, Field(description="Why it failed, and what to do.")]
    result: Annotated[
        dict[str, Any] | None,
        Field(
            description="What the work made, by kind, such as a sweep's id; `url` is where the API has it, "
            "`page` the page that shows it. Null until it succeeded."
        ),
    ]
    next_attempt_at: Annotated[
        datetime | None,
        Field(description="A queued job with this is parked until then; its step says why. Else null."),
    ]
    created_at: Annotated[datetime, Field(description="When it was asked for, UTC.")]
    started_at: Annotated[
        datetime | None, Field(description="When the last attempt began, UTC; null: not yet.")
    ]
    finished_at: Annotated[datetime | None, Field(description="When it ended, UTC; null: not yet.")]

    @classmethod
    def of(cls, job: Job) -> Self:
        """Return the document of `job`."""
        return cls(
            id=job.pk,
            kind=job.kind,
            subject=job.subject,
            state=JobState(job.state),
            progress=job.progress,
            step=job.step,
            error=job.error or None,
            result=job.result,
            next_attempt_at=job.next_attempt_at,
            created_at=job.created_at,
            started_at=job.started_at,
            finished_at=job.finished_at,
        )


class JobPage(BaseModel):
    """A page of jobs, newest first."""

    model_config = ConfigDict(frozen=True)

    items: Annotated[list[JobDocument], Field(description="The jobs of this page.")]
    next: Annotated[str | None, Field(description=NEXT_IN_WORDS)]

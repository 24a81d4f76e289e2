"""The published form of a job."""

from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from jobs.models import Job, JobState


class JobDocument(BaseModel):
    """How far a piece of background work has come."""

    model_config = ConfigDict(frozen=True)

    id: UUID
    kind: Annotated[str, Field(description="What the job does, for example fetch_bars.")]
    subject: Annotated[str, Field(description="What it is about, mostly a symbol.")]
    state: JobState
    progress: Annotated[float, Field(ge=0, le=1, description="Fraction done.")]
    step: Annotated[str, Field(description="What is being done now.")]
    error: Annotated[str | None, Field(description="Why it failed, and what to do.")]
    result: dict[str, Any] | None
    next_attempt_at: Annotated[
        datetime | None,
        Field(description="A queued job with this is parked until then; its step says why. Else null."),
    ]
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None

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

"""The errors of the client: what the site said, and which field it is about."""

from __future__ import annotations

from dataclasses import dataclass

from hindcast_client.models import Problem


@dataclass(frozen=True)
class FieldProblem:
    """One field of a request and what is wrong with it."""

    field: str
    message: str


class HindcastError(Exception):
    """The site did not do what was asked; the text says why, and what to do.

    status: of HTTP; None where no response came.
    fields: what is wrong with which field of the request.
    """

    def __init__(
        self, message: str, *, status: int | None = None, fields: tuple[FieldProblem, ...] = ()
    ) -> None:
        super().__init__(message)
        self.status = status
        self.fields = fields

    @classmethod
    def of(cls, problem: Problem) -> HindcastError:
        """Return the error that a problem document describes."""
        fields = tuple(FieldProblem(each.field, each.detail) for each in problem.errors or [])
        return cls(problem.detail, status=problem.status, fields=fields)

    @property
    def field(self) -> str | None:
        """The first field that is wrong; None where the error is about none."""
        return self.fields[0].field if self.fields else None


class JobFailed(HindcastError):
    """A job ended without a result; the text is its error."""

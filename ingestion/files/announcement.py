"""Telling the history that a file was imported."""

from uuid import uuid4

from django.contrib.auth.base_user import AbstractBaseUser
from pydantic import BaseModel, ConfigDict

from core.results import ResultKind, announce_result


class ImportSummary(BaseModel):
    """What an import brought, in a sentence."""

    model_config = ConfigDict(frozen=True)

    filename: str
    symbols: list[str]
    sentence: str


def announce_import(summary: ImportSummary, *, owner: AbstractBaseUser | None) -> None:
    """Tell whoever keeps a history; each import counts, of the same file too."""
    announce_result(ResultKind.IMPORT, uuid4().hex, owner=owner, document=summary)

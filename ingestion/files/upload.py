"""Taking a file in: a small one is imported at once, a large one by a worker."""

import io
from collections.abc import Iterator
from dataclasses import asdict
from itertools import chain
from tempfile import TemporaryFile
from typing import Any, BinaryIO
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser

from core.errors import InvalidInput
from ingestion.files.announcement import ImportSummary, announce_import
from ingestion.files.requests import ImportRequest
from ingestion.files.results import ImportResult
from ingestion.files.service import import_bars
from ingestion.files.upload_storage import drop_upload, keep_upload, pieces_of, read_upload
from ingestion.models import Upload
from jobs.models import Job
from jobs.queue import enqueue
from jobs.registry import Progress

AT_ONCE = 256 * 1024
"""Bytes that are imported while the sender waits: about four thousand rows, less than a second."""


def import_or_enqueue(
    file: BinaryIO, name: str, request: ImportRequest, *, owner: AbstractBaseUser | None = None
) -> ImportResult | Job:
    """Return what the file brought, or the job that will import it, where it is large.

    owner: who sends it.
    Raises InvalidInput for a file that is too large, and what `import_bars` raises for a small one.
    """
    pieces = pieces_of(file)
    start = _read_start(pieces)
    if len(start) <= AT_ONCE:
        result = import_bars(io.BytesIO(start), request, name=name)
        announce_import(summary_of(result, name), owner=owner)
        return result
    upload = keep_upload(name, chain([start], pieces))
    return _enqueued(upload, request, owner)


def import_kept(
    upload_id: UUID, request: ImportRequest, *, owner: AbstractBaseUser | None = None
) -> ImportResult | Job:
    """Import a file that a preview kept, or queue that where it is large; raises as `import_or_enqueue`.

    The file stays where it is refused, so that another reading of it can be tried.
    """
    with TemporaryFile() as file:
        upload = read_upload(upload_id, file)
        if upload.size > AT_ONCE:
            return _enqueued(upload, request, owner)
        result = import_bars(file, request, name=upload.name)
    drop_upload(upload_id)
    announce_import(summary_of(result, upload.name), owner=owner)
    return result


def import_upload(
    upload_id: UUID,
    request: ImportRequest,
    *,
    progress: Progress,
    owner: AbstractBaseUser | None = None,
) -> ImportResult:
    """Import a stored file, as a worker does; raises NotFound when it is gone."""
    with TemporaryFile() as file:
        upload = read_upload(upload_id, file)
        result = import_bars(file, request, name=upload.name, progress=progress)
    announce_import(summary_of(result, upload.name), owner=owner)
    return result


def summary_of(result: ImportResult, filename: str) -> ImportSummary:
    """Return what the history says of an import."""
    return ImportSummary(filename=filename, symbols=result.symbols, sentence=result.sentence)


def _read_start(pieces: Iterator[bytes]) -> bytes:
    """Return the first pieces, until they are too much for an import at once or the file ends."""
    start = b""
    for piece in pieces:
        start += piece
        if len(start) > AT_ONCE:
            break
    return start


def _enqueued(upload: Upload, request: ImportRequest, owner: AbstractBaseUser | None) -> Job:
    arguments: dict[str, Any] = {
        "upload": str(upload.pk),
        "owner_id": owner.pk if owner else None,
        **asdict(request),
    }
    job = enqueue("import_bars", subject=request.symbol or upload.name, arguments=arguments)
    if job.arguments.get("upload") != str(upload.pk):
        drop_upload(upload.pk)
        raise InvalidInput(
            f"Another import of {job.subject} is not finished. Wait until it is, or cancel it; then send the "
            "file again.",
            field="file",
        )
    return job

"""Files on their way from a request to a worker: in the database, in pieces, until the worker read them."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import BinaryIO
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from core.errors import InvalidInput, NotFound
from ingestion.models import Upload, UploadChunk
from jobs.models import ACTIVE_STATES, Job

CHUNK = 2**20
"""Bytes of a piece."""

KEPT_WITHOUT_A_JOB = timedelta(hours=1)


def pieces_of(file: BinaryIO) -> Iterator[bytes]:
    """Yield a file in pieces; raises InvalidInput once it is longer than IMPORT_MEGABYTES."""
    size = 0
    while piece := file.read(CHUNK):
        size += len(piece)
        if size > settings.IMPORT_MEGABYTES * 2**20:
            raise InvalidInput(
                f"The file is larger than {settings.IMPORT_MEGABYTES} MB. Import it in parts.", field="file"
            )
        yield piece


@transaction.atomic
def keep_upload(name: str, pieces: Iterable[bytes]) -> Upload:
    """Store a file, all of it or nothing."""
    upload = Upload.objects.create(name=name[:80])
    for number, piece in enumerate(pieces):
        UploadChunk.objects.create(upload=upload, number=number, content=piece)
        upload.size += len(piece)
    upload.save(update_fields=["size"])
    return upload


def read_upload(upload_id: UUID, into: BinaryIO) -> Upload:
    """Write a stored file into another, piece by piece; raises NotFound when it is no longer there."""
    upload = Upload.objects.filter(pk=upload_id).first()
    if upload is None:
        raise NotFound("The uploaded file is no longer there. Upload it again.")
    numbers = range(upload.chunks.count())
    into.writelines(upload.chunks.values_list("content", flat=True).get(number=number) for number in numbers)
    return upload


def drop_upload(upload_id: UUID) -> None:
    """Delete a stored file."""
    Upload.objects.filter(pk=upload_id).delete()


def drop_forgotten_uploads() -> None:
    """Delete the files that no job will read any more."""
    wanted = Job.objects.filter(kind="import_bars", state__in=ACTIVE_STATES).values_list(
        "arguments__upload", flat=True
    )
    Upload.objects.filter(created_at__lt=timezone.now() - KEPT_WITHOUT_A_JOB).exclude(
        pk__in=list(wanted)
    ).delete()

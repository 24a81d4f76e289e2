"""Background work on market data."""

import dataclasses
from datetime import timedelta
from typing import Any
from uuid import UUID

from core.errors import HindcastError
from core.results import user_with_id
from ingestion.errors import MustWait
from ingestion.fetch.refresh import refresh_watched
from ingestion.fetch.service import fetch_stock_data
from ingestion.files.requests import import_request
from ingestion.files.upload import import_upload
from ingestion.files.upload_storage import drop_forgotten_uploads, drop_upload
from jobs.periodic import periodic
from jobs.registry import Postponed, Progress, job_kind


@job_kind("fetch_bars")
def fetch_bars(*, progress: Progress, symbol: str) -> dict[str, Any]:
    """Fetch and store one symbol. Running it again changes nothing that is stored already.

    Where the provider's limits hold it back, the job is parked: what was received by then is kept.
    """
    try:
        result = fetch_stock_data(symbol, progress=progress)
    except MustWait as wait:
        raise Postponed(until=wait.until, reason=wait.message) from None
    url = f"/api/v1/instruments/{result.symbol}"
    return {**result.as_json(), "url": url, "page": "/data/", "sentence": result.sentence}


@job_kind("import_bars")
def import_file(
    *,
    progress: Progress,
    upload: str,
    symbol: str | None,
    columns: dict[str, str] | None = None,
    replace: bool = False,
    symbol_from_name: bool = False,
    owner_id: int | None = None,
    **words: str | None,
) -> dict[str, Any]:
    """Import an uploaded file, then drop it; while another worker may have to begin anew, it stays."""
    request = dataclasses.replace(
        import_request(symbol, replace=replace, **words),
        columns=columns or {},
        symbol_from_name=symbol_from_name,
    )
    try:
        owner = user_with_id(owner_id)
        result = import_upload(UUID(upload), request, progress=progress, owner=owner)
    except HindcastError:
        drop_upload(UUID(upload))
        raise
    drop_upload(UUID(upload))
    return {**result.as_json(), "url": "/api/v1/instruments", "page": "/data/"}


@periodic("drop_forgotten_uploads", every=timedelta(minutes=30))
def drop_what_nobody_reads() -> None:
    """Delete uploaded files whose job was cancelled before a worker took it."""
    drop_forgotten_uploads()


@periodic("refresh_watched", every=timedelta(minutes=1))
def refresh_what_is_watched() -> None:
    """Queue a fetch of each watched instrument that is due."""
    refresh_watched()

"""Background work on market data."""

from datetime import timedelta
from typing import Any

from ingestion.errors import MustWait
from ingestion.fetching import fetch_stock_data
from ingestion.refreshing import refresh_watched
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
    return {**result.as_json(), "sentence": result.sentence}


@periodic("refresh_watched", every=timedelta(minutes=1))
def refresh_what_is_watched() -> None:
    """Queue a fetch of each watched instrument that is due."""
    refresh_watched()

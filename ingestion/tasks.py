"""Background work on market data."""

from typing import Any

from ingestion.fetching import fetch_stock_data
from jobs.registry import Progress, job_kind


@job_kind("fetch_bars")
def fetch_bars(*, progress: Progress, symbol: str) -> dict[str, Any]:
    """Fetch and store one symbol. Running it again changes nothing that is stored already."""
    result = fetch_stock_data(symbol, progress=progress)
    return {**result.as_json(), "sentence": result.sentence}

"""Sweeps in the background, large ones and those of many symbols, and the extension of live records."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from core.results import user_with_id
from jobs.models import Job, JobState
from jobs.periodic import periodic
from jobs.queue import enqueue
from jobs.registry import Progress, job_kind
from strategies.engine import kernel_loader
from strategies.records.service import extend_symbol, outdated_symbols
from strategies.sweeps.parameters import SweepParameters
from strategies.sweeps.service import SWEEP, run_sweep
from strategies.universes.schemas import page_of_universe
from strategies.universes.service import UNIVERSE_PART, sweep_part


@job_kind(SWEEP)
def sweep_in_background(
    *, progress: Progress, parameters: dict[str, Any], owner_id: int | None = None
) -> dict[str, Any]:
    """Compute and store one sweep. Running it again finds what is stored already."""
    progress(0.0, "Getting ready")
    kernel_loader.wait()
    asked = SweepParameters.model_validate(parameters)
    document = run_sweep(asked, progress=progress, owner=user_with_id(owner_id))
    return {
        "sweep": document.id,
        "url": f"/api/v1/sweeps/{document.id}",
        "page": document.links.page,
        "sentence": document.verdict.sentence,
    }


@job_kind(UNIVERSE_PART)
def sweep_part_in_background(*, progress: Progress, universe_id: str, symbols: list[str]) -> dict[str, Any]:
    """Sweep some symbols of a universe. Running it again leaves alone what is stored already."""
    kernel_loader.wait()
    sweep_part(universe_id, symbols, progress=progress)
    return {
        "universe": universe_id,
        "url": f"/api/v1/universes/{universe_id}",
        "page": page_of_universe(universe_id),
        "sentence": f"Swept {', '.join(symbols)}.",
    }


AFTER_FAILURE = timedelta(hours=1)
"""Pause before the records of a symbol are tried again after a failure."""


@job_kind("extend_records")
def extend_records_of(*, progress: Progress, symbol: str) -> dict[str, Any]:
    """Extend the live records of a symbol. Running it again adds nothing that is there already."""
    progress(0.0, "Following the frozen rules")
    added = extend_symbol(symbol)
    return {"symbol": symbol, "sessions": added, "sentence": f"Added {added} sessions to live records."}


@periodic("extend_records", every=timedelta(minutes=1))
def extend_outdated_records() -> None:
    """Queue the extension of records whose symbol has new data."""
    tried = Job.objects.filter(kind="extend_records", state=JobState.FAILED)
    failed = set(
        tried.filter(finished_at__gt=timezone.now() - AFTER_FAILURE).values_list("subject", flat=True)
    )
    for symbol in outdated_symbols():
        if symbol not in failed:
            enqueue("extend_records", subject=symbol, arguments={"symbol": symbol})

"""Sweeps in the background: large ones, and those of many symbols."""

from typing import Any

from core.results import user_with_id
from jobs.registry import Progress, job_kind
from strategies.engine import kernel_loader
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
    return {"sweep": document.id, "page": document.links.page, "sentence": document.verdict.sentence}


@job_kind(UNIVERSE_PART)
def sweep_part_in_background(*, progress: Progress, universe_id: str, symbols: list[str]) -> dict[str, Any]:
    """Sweep some symbols of a universe. Running it again leaves alone what is stored already."""
    kernel_loader.wait()
    sweep_part(universe_id, symbols, progress=progress)
    return {
        "universe": universe_id,
        "page": page_of_universe(universe_id),
        "sentence": f"Swept {', '.join(symbols)}.",
    }

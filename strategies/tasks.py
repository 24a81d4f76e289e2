"""Sweeps in the background: large ones, and those of many symbols."""

from typing import Any

from jobs.registry import Progress, job_kind
from strategies.engine.compilation import readiness
from strategies.sweeps.parameters import SweepParameters
from strategies.sweeps.service import SWEEP, run_sweep
from strategies.universes.service import UNIVERSE_PART, sweep_part


@job_kind(SWEEP)
def sweep_in_background(*, progress: Progress, parameters: dict[str, Any]) -> dict[str, Any]:
    """Compute and store one sweep. Running it again finds what is stored already."""
    progress(0.0, "Getting ready")
    readiness.wait()
    document = run_sweep(SweepParameters.model_validate(parameters), progress=progress)
    return {"sweep": document.id, "page": document.links.page, "sentence": document.verdict.sentence}


@job_kind(UNIVERSE_PART)
def sweep_part_in_background(*, progress: Progress, universe_id: str, symbols: list[str]) -> dict[str, Any]:
    """Sweep some symbols of a universe. Running it again leaves alone what is stored already."""
    readiness.wait()
    sweep_part(universe_id, symbols, progress=progress)
    return {"universe": universe_id, "sentence": f"Swept {', '.join(symbols)}."}

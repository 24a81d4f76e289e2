"""Sweeps in the background."""

from typing import Any

from jobs.registry import Progress, job_kind
from strategies.engine import kernels
from strategies.sweep_parameters import SweepParameters
from strategies.sweeping import SWEEP, run_sweep


@job_kind(SWEEP)
def sweep_in_background(*, progress: Progress, parameters: dict[str, Any]) -> dict[str, Any]:
    """Compute and store one sweep. Running it again finds what is stored already."""
    progress(0.0, "Getting ready")
    kernels.wait()
    document = run_sweep(SweepParameters.model_validate(parameters), progress=progress)
    return {"sweep": document.id, "page": document.links.page, "sentence": document.verdict.sentence}

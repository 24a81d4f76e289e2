"""Run sweeps: load the bars, compute, store once, and find again."""

from datetime import UTC, datetime
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction

from core.document_ids import is_document_id
from core.results import ResultKind, require_room
from core.stored_result import StoredResult
from ingestion.provenance import matching_bars
from jobs.models import Job
from jobs.queue import enqueue
from jobs.registry import Progress
from strategies.engine import kernel_loader
from strategies.engine.metrics import Undefined
from strategies.inputs import failures_in_words
from strategies.models import ParameterSweep
from strategies.results import ResultStore
from strategies.sweeps.computation import EvaluatedCells, SweepRun, compute, evaluate, silent
from strategies.sweeps.inputs import SweepInputs
from strategies.sweeps.parameters import SweepParameters
from strategies.sweeps.preview import SweepPreview
from strategies.sweeps.schemas import SweepDocument
from strategies.sweeps.serializer import document_of, preview_of
from strategies.trials import MOST_KEPT, forget_surplus, read_ledger, record_trials, trial_keys

SWEEP = "sweep"
"""The kind of the jobs that compute large sweeps."""

MOST_TESTED_AGAIN = 2048
BARS_TESTED_AGAIN = 5_000_000
"""Earlier trials that a verdict tests together with those of the sweep, and their bars all together."""


LEAST_PREVIEWED = 1_000_000
"""Bars times cells of a sweep that takes about a quarter of a second with its verdict."""
MOST_PREVIEWED = 50_000_000
"""Bars times cells whose figures take about a quarter of a second."""


SWEEPS = ResultStore(
    rows=ParameterSweep.objects, document=SweepDocument, kind=ResultKind.SWEEP, page="Sweeps"
)


def run_sweep(
    parameters: SweepParameters,
    *,
    progress: Progress = silent,
    owner: AbstractBaseUser | None = None,
    listed: bool = True,
) -> SweepDocument:
    """Return the sweep of `parameters` on the bars stored now, however long it takes.

    A request that was computed on the same bars is not computed again.
    owner: who asks. listed: whether it is a result of its own, and no part of a larger one.
    Raises InvalidInput when bars for it are missing or too few, naming the field, and
    HindcastError when a result does not add up and so is not shown.
    """
    inputs = SweepInputs.load(parameters)
    result = SWEEPS.get(inputs.sweep_id) or _computed(inputs, progress, owner)
    return (SWEEPS.announce(result, owner) if listed else result).document


def run(
    parameters: SweepParameters, *, owner: AbstractBaseUser | None = None
) -> StoredResult[SweepDocument] | Job:
    """Return the sweep where it is stored or quickly computed, otherwise the job that computes it.

    A process that has not loaded its compiled kernels yet leaves every sweep to a job.

    Raises as `run_sweep` does.
    """
    inputs = SweepInputs.load(parameters)
    return _stored(inputs, owner) or _begun(inputs, owner)


def run_or_preview(
    parameters: SweepParameters, *, owner: AbstractBaseUser | None = None
) -> StoredResult[SweepDocument] | Job | SweepPreview:
    """Do as `run`, but return the figures alone where the verdict makes somebody wait.

    Raises as `run_sweep` does.
    """
    inputs = SweepInputs.load(parameters)
    return _stored(inputs, owner) or _preview(inputs, owner) or _begun(inputs, owner)


def find_preview(job: Job) -> SweepPreview | None:
    """Return the figures of a large sweep whose job is not done; None where even they take long."""
    if not job.is_active or not kernel_loader.ready():
        return None
    inputs = SweepInputs.load(SweepParameters.model_validate(job.arguments["parameters"]))
    return _evaluated(inputs) if inputs.cost <= MOST_PREVIEWED else None


def _stored(inputs: SweepInputs, owner: AbstractBaseUser | None) -> StoredResult[SweepDocument] | None:
    stored = SWEEPS.get(inputs.sweep_id)
    return None if stored is None else SWEEPS.announce(stored, owner)


def _preview(inputs: SweepInputs, owner: AbstractBaseUser | None) -> SweepPreview | None:
    if not inputs.is_quick or inputs.cost < LEAST_PREVIEWED or not kernel_loader.ready():
        return None
    require_room(owner)
    return _evaluated(inputs)


def _evaluated(inputs: SweepInputs) -> SweepPreview:
    """Return the figures; their combinations count as tried, whether anybody waits for the verdict or not."""
    with failures_in_words(inputs.parameters, inputs.bars):
        cells = evaluate(inputs, silent)
    _record(cells)
    forget_surplus(inputs.bars.symbol)
    return preview_of(cells)


def _begun(inputs: SweepInputs, owner: AbstractBaseUser | None) -> StoredResult[SweepDocument] | Job:
    require_room(owner)
    if inputs.is_quick and kernel_loader.ready():
        return SWEEPS.announce(_computed(inputs, silent, owner), owner)
    arguments = {
        "parameters": inputs.parameters.model_dump(mode="json"),
        "owner_id": owner.pk if owner else None,
    }
    return enqueue(SWEEP, subject=inputs.sweep_id, arguments=arguments)


def find_sweep(sweep_id: str) -> SweepDocument:
    """Return the stored document with this id; raises NotFound."""
    return SWEEPS.find(sweep_id).document


def find_job_of(sweep_id: str) -> Job | None:
    """Return the newest job that computes, or could not compute, the sweep with this id."""
    return Job.objects.filter(kind=SWEEP, subject=sweep_id).first() if is_document_id(sweep_id) else None


def data_changed_since(document: SweepDocument) -> bool:
    """Whether what `document` says of its bars is no longer so; bars added after its last do not count."""
    return matching_bars(document.data, end=document.data.last) is None


def _computed(
    inputs: SweepInputs, progress: Progress, owner: AbstractBaseUser | None
) -> StoredResult[SweepDocument]:
    keys = trial_keys(inputs.parameters, inputs.grid)
    most = min(MOST_TESTED_AGAIN, BARS_TESTED_AGAIN // len(inputs.bars))
    ledger = read_ledger(inputs.bars.symbol, keys, most=most)
    with failures_in_words(inputs.parameters, inputs.bars):
        run = compute(inputs, ledger=ledger, progress=progress)
    document = document_of(run, generated_at=datetime.now(UTC))
    with transaction.atomic():
        stored = SWEEPS.store(document, owner=owner, trials=document.verdict.trials, **_statistics(run))
        _record(run)
        if ledger.known > MOST_KEPT:
            forget_surplus(inputs.bars.symbol)
    return stored


def _record(run: EvaluatedCells) -> None:
    """Enter the combinations into the ledger of trials."""
    symbol, sharpe = run.inputs.bars.symbol, run.figures.bar_sharpe
    record_trials(symbol, run.inputs.parameters, run.inputs.grid, sharpe=sharpe, bars=run.sweep.bars)


def _statistics(run: SweepRun) -> dict[str, Any]:
    """Return what a test over many symbols needs of the test against the same exposure."""
    test = run.significance.same_exposure
    if isinstance(test, Undefined):
        return {}
    return {"lead": test.observed, "largest": test.largest.astype("<f2").tobytes()}

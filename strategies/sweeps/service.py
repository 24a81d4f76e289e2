"""Running sweeps: load the bars, compute, store once, and find again."""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from pydantic import ValidationError

from core.document_ids import is_document_id
from core.documents import SerializedDocument
from core.errors import NotFound
from core.results import ResultKind, announce_result, require_room
from ingestion.provenance import matching_bars
from jobs.models import Job
from jobs.queue import enqueue
from jobs.registry import Progress
from strategies.engine import ENGINE_VERSION
from strategies.inputs import failures_in_words
from strategies.models import ParameterSweep
from strategies.sweeps.computation import SweepRun, compute, silent
from strategies.sweeps.inputs import SweepMaterial
from strategies.sweeps.parameters import SweepParameters
from strategies.sweeps.schemas import SweepDocument
from strategies.sweeps.serializer import document_of
from strategies.sweeps.trials import Keys, count_trials_ever, stored_form, trial_keys

SWEEP = "sweep"
"""The kind of the jobs that compute large sweeps."""


@dataclass(frozen=True, kw_only=True)
class SweepAnswer:
    """A sweep as it is published, and whether this request computed it.

    computed: the document, where it is at hand.
    """

    id: str
    published: SerializedDocument
    is_new: bool
    computed: SweepDocument | None = None

    @cached_property
    def document(self) -> SweepDocument:
        """The document, read from its JSON unless it was computed just now."""
        return self.computed or read_sweep(self.published)


def run_sweep(
    parameters: SweepParameters,
    *,
    progress: Progress = silent,
    owner: AbstractBaseUser | None = None,
    listed: bool = True,
) -> SweepDocument:
    """Return the document that answers `parameters` on the bars stored now, however long it takes.

    A question that was answered on the same bars is not computed again.
    owner: who asks. listed: whether it is a result of its own, and no part of a larger one.
    Raises InvalidInput when bars for it are missing or too few, naming the field, and
    HindcastError when a result does not add up and so is not shown.
    """
    material = SweepMaterial.of(parameters)
    answered = _found(material.sweep_id) or _computed(material, progress, owner)
    return _announced(answered, owner).document if listed else answered.document


def answer(parameters: SweepParameters, *, owner: AbstractBaseUser | None = None) -> SweepAnswer | Job:
    """Return the document where it is stored or quickly computed, otherwise the job that computes it.

    Raises as `run_sweep` does.
    """
    material = SweepMaterial.of(parameters)
    stored = _found(material.sweep_id)
    if stored is not None:
        return _announced(stored, owner)
    require_room(owner)
    if material.is_quick:
        return _announced(_computed(material, silent, owner), owner)
    arguments = {
        "parameters": parameters.model_dump(mode="json"),
        "owner_id": owner.pk if owner else None,
    }
    return enqueue(SWEEP, subject=material.sweep_id, arguments=arguments)


def _announced(answered: SweepAnswer, owner: AbstractBaseUser | None) -> SweepAnswer:
    if owner is not None or answered.is_new:
        announce_result(ResultKind.SWEEP, answered.id, owner=owner, document=answered.computed)
    return answered


def find_sweep(sweep_id: str) -> SweepDocument:
    """Return the stored document with this id; raises NotFound."""
    return read_sweep(find_published(sweep_id))


def read_sweep(published: SerializedDocument) -> SweepDocument:
    """Return the document that was published; raises NotFound for one in the form of an earlier version."""
    try:
        return SweepDocument.model_validate_json(published.json)
    except ValidationError:
        raise NotFound(
            "This sweep was stored by an earlier version of Hindcast, in a form that is no longer shown. "
            "The API still hands out its JSON. Run the same question again on the Sweeps page to see it."
        ) from None


def find_published(sweep_id: str) -> SerializedDocument:
    """Return what is published of the sweep with this id, without reading it; raises NotFound."""
    stored = _stored(sweep_id) if is_document_id(sweep_id) else None
    if stored is None:
        raise NotFound(
            "There is no sweep with this id. Run it again on the Sweeps page: the same question on the "
            "same data gets the same url."
        )
    return stored


def find_job_of(sweep_id: str) -> Job | None:
    """Return the newest job that computes, or could not compute, the sweep with this id."""
    return Job.objects.filter(kind=SWEEP, subject=sweep_id).first() if is_document_id(sweep_id) else None


def data_changed_since(document: SweepDocument) -> bool:
    """Whether what `document` says of its bars is no longer so; bars added after its last do not count."""
    return matching_bars(document.data, end=document.data.last) is None


def _found(sweep_id: str) -> SweepAnswer | None:
    stored = _stored(sweep_id)
    return None if stored is None else SweepAnswer(id=sweep_id, published=stored, is_new=False)


def _computed(material: SweepMaterial, progress: Progress, owner: AbstractBaseUser | None) -> SweepAnswer:
    keys = trial_keys(material.parameters, material.grid)
    run = _run(material, keys, progress)
    document = document_of(run, sweep_id=material.sweep_id, generated_at=datetime.now(UTC))
    return _store(document, keys, owner)


def _run(material: SweepMaterial, keys: Keys, progress: Progress) -> SweepRun:
    bars = material.bars
    ever = count_trials_ever(symbol=bars.symbol, data_sha256=bars.fingerprint, these=keys)
    with failures_in_words(material.parameters, bars):
        return compute(material, trials_ever=ever, progress=progress)


def _stored(sweep_id: str) -> SerializedDocument | None:
    row = ParameterSweep.objects.filter(pk=sweep_id).values_list("digest", "document").first()
    return None if row is None else SerializedDocument(digest=row[0], stored=bytes(row[1]))


def _store(document: SweepDocument, keys: Keys, owner: AbstractBaseUser | None) -> SweepAnswer:
    """Store `document`, unless another process was faster: then its document is the answer."""
    published = SerializedDocument.of(document)
    columns: dict[str, Any] = {
        "symbol": document.parameters.symbol,
        "parameters": document.parameters.model_dump(mode="json"),
        "document": published.compressed,
        "digest": published.digest,
        "data_sha256": document.data.sha256,
        "engine_version": ENGINE_VERSION,
        "summary": document.summary,
        "trials": document.verdict.trials,
        "trial_keys": stored_form(keys),
        "owner_id": owner.pk if owner else None,
    }
    _, is_new = ParameterSweep.objects.only("pk").get_or_create(pk=document.id, defaults=columns)
    if not is_new:
        return SweepAnswer(id=document.id, published=find_published(document.id), is_new=False)
    return SweepAnswer(id=document.id, published=published, is_new=True, computed=document)

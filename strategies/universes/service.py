"""Sweeping many symbols: parts that any number of workers share, and what all symbols say together."""

from collections.abc import Mapping
from itertools import batched
from math import sqrt
from typing import Any

import numpy as np
from django.contrib.auth.base_user import AbstractBaseUser
from pydantic import ValidationError

from core.document_ids import document_id, is_document_id
from core.documents import SerializedDocument
from core.errors import HindcastError, InvalidInput, NotFound
from core.results import ResultKind, announce_result, require_room
from ingestion.instruments import content_hashes
from jobs.models import ACTIVE_STATES, Job
from jobs.queue import Piece, enqueue_pieces
from jobs.registry import Progress
from strategies.engine import ENGINE_VERSION
from strategies.engine.enums import Rule
from strategies.engine.metrics import BARS_IN_A_YEAR
from strategies.engine.parameters import TUNABLE
from strategies.models import ParameterSweep, UniverseMember, UniverseSweep
from strategies.sweeps.parameters import SweepParameters, SweepRanges
from strategies.sweeps.schemas import SweepDocument
from strategies.sweeps.service import run_sweep
from strategies.universes.schemas import SCHEMA_VERSION, UniverseDocument, UniverseParameters, UniverseRow
from strategies.universes.verdict import document_of

UNIVERSE_PART = "universe_part"
SYMBOLS_IN_A_PART = 4
"""Few, so that workers share them evenly and a dead worker leaves little behind."""


def ask_universe(
    parameters: UniverseParameters, *, owner: AbstractBaseUser | None = None
) -> UniverseDocument:
    """Return the sweep over many symbols as far as it has come, and queue what is missing.

    owner: who asks. Raises InvalidInput when a symbol has no bars.
    """
    contents = _stored_contents(parameters)
    symbols = sorted(contents)
    universe_id = _identity(parameters, contents)
    if not UniverseSweep.objects.filter(pk=universe_id).exists():
        require_room(owner)
    universe, is_new = UniverseSweep.objects.get_or_create(
        pk=universe_id,
        defaults={
            "parameters": parameters.model_dump(mode="json"),
            "symbols": symbols,
            "owner_id": owner.pk if owner else None,
        },
    )
    _enqueue_missing(universe)
    document = find_universe(universe_id)
    if owner is not None or is_new:
        announce_result(ResultKind.UNIVERSE, universe_id, owner=owner, document=document)
    return document


def resume_universe(universe_id: str) -> None:
    """Queue the symbols that are missing, such as those of cancelled jobs; raises NotFound."""
    _enqueue_missing(_find(universe_id))


def is_under_way(universe_id: str) -> bool:
    """Whether a job for a part of the universe waits or runs."""
    return Job.objects.filter(
        kind=UNIVERSE_PART, subject__startswith=f"{universe_id} ", state__in=ACTIVE_STATES
    ).exists()


def find_universe(universe_id: str) -> UniverseDocument:
    """Return the sweep over many symbols as far as it has come; raises NotFound.

    Once every symbol is done the document is stored, since its verdict takes the draws of all symbols.
    """
    universe = _find(universe_id)
    stored = _stored_document(universe)
    if stored is not None:
        return stored
    members = universe.members.all()
    if members.count() < len(universe.symbols):
        # Statistics of draws are read for the verdict alone, which comes with the last symbol.
        return document_of(universe, list(members.defer("largest")))
    document = document_of(universe, list(members))
    if document.is_complete:
        compressed = SerializedDocument.of(document).compressed
        UniverseSweep.objects.filter(pk=universe_id).update(document=compressed)
    return document


def _stored_document(universe: UniverseSweep) -> UniverseDocument | None:
    """Return the stored document; None where there is none yet, or one of an earlier version."""
    if universe.document is None:
        return None
    stored = SerializedDocument(digest="", stored=bytes(universe.document))
    try:
        return UniverseDocument.model_validate_json(stored.json)
    except ValidationError:
        return None


def _find(universe_id: str) -> UniverseSweep:
    known = UniverseSweep.objects.filter(pk=universe_id) if is_document_id(universe_id) else None
    universe = known.first() if known is not None else None
    if universe is None:
        raise NotFound("There is no sweep of many symbols with this id. Start it again from a sweep's page.")
    return universe


def _enqueue_missing(universe: UniverseSweep) -> None:
    if universe.document is not None:
        return
    done = set(universe.members.values_list("symbol", flat=True))
    # Parts are cut from all symbols, so that asking again finds the jobs that are under way.
    pieces = [
        Piece(
            subject=f"{universe.pk} {number}",
            arguments={"universe_id": universe.pk, "symbols": list(part)},
        )
        for number, part in enumerate(batched(universe.symbols, SYMBOLS_IN_A_PART))
        if not done.issuperset(part)
    ]
    if pieces:
        enqueue_pieces(UNIVERSE_PART, pieces)


def sweep_all(universe_id: str, *, progress: Progress) -> UniverseDocument:
    """Sweep in this process what no worker has swept yet, and return the finished sweep."""
    sweep_part(universe_id, UniverseSweep.objects.get(pk=universe_id).symbols, progress=progress)
    return find_universe(universe_id)


def sweep_part(universe_id: str, symbols: list[str], *, progress: Progress) -> None:
    """Sweep some symbols of a universe; what is stored already, by whichever worker, is left alone."""
    universe = UniverseSweep.objects.get(pk=universe_id)
    asked = UniverseParameters.model_validate(universe.parameters)
    for place, symbol in enumerate(symbols):
        progress(place / len(symbols), f"Sweeping {symbol}")
        if not universe.members.filter(symbol=symbol).exists():
            # Two workers may both get here; the constraint lets one of them store.
            UniverseMember.objects.get_or_create(
                universe=universe, symbol=symbol, defaults=_member(asked, symbol, universe.owner)
            )
    if universe.members.count() == len(universe.symbols):
        progress(1.0, "Judging all symbols together")
        find_universe(universe_id)


def _member(asked: UniverseParameters, symbol: str, owner: AbstractBaseUser | None) -> dict[str, Any]:
    shared = {name: getattr(asked, name) for name in SweepRanges.model_fields}
    try:
        parameters = SweepParameters.model_validate({"symbol": symbol, **shared})
        document = run_sweep(parameters, owner=owner, listed=False)
    except HindcastError as error:
        return {"error": error.message}
    ratios = np.array([value for value in document.cells.sharpe if value is not None]) / sqrt(BARS_IN_A_YEAR)
    statistics = ParameterSweep.objects.values("lead", "largest").get(pk=document.id)
    return {
        **statistics,
        "row": _row(document).model_dump(mode="json"),
        "trials": document.verdict.trials,
        "sharpe_count": len(ratios),
        "sharpe_sum": float(ratios.sum()),
        "sharpe_square_sum": float(ratios @ ratios),
    }


def _row(document: SweepDocument) -> UniverseRow:
    best, verdict = document.best, document.verdict
    objective = document.parameters.objective
    return UniverseRow(
        symbol=document.parameters.symbol,
        sweep=document.id,
        **{name: getattr(best, name, None) for name in (*TUNABLE, "values")},
        bars=document.period.bars,
        objective=getattr(best, objective, None),
        total_return=getattr(best, "total_return", None),
        benchmark_total_return=document.benchmark.total_return,
        sharpe=getattr(best, "sharpe", None),
        skewness=verdict.skewness,
        kurtosis=verdict.kurtosis,
        probability_of_overfitting=verdict.probability_of_overfitting,
        deflated_sharpe=verdict.deflated_sharpe,
        spa_p_value=verdict.spa_p_value,
        spa_p_value_exposure_matched=verdict.spa_p_value_exposure_matched,
        adjusted_p_value=None,
    )


def _stored_contents(parameters: UniverseParameters) -> dict[str, str]:
    """Return the hash of each symbol's bars and actions, by symbol; raises InvalidInput."""
    contents = content_hashes(parameters.symbols)
    missing = sorted(set(parameters.symbols or ()) - contents.keys())
    if missing:
        raise InvalidInput(
            f"No bars of {', '.join(missing[:5])} are stored. Fetch them on the Data page or leave them out.",
            field="symbols",
        )
    if not contents:
        raise InvalidInput("No bars are stored. Fetch some symbols on the Data page.", field="symbols")
    return contents


def _identity(parameters: UniverseParameters, contents: Mapping[str, str]) -> str:
    names = parameters.varied() if parameters.rule == Rule.CUSTOM else TUNABLE
    values = {name: list(parameters.values_for(name)) for name in names}
    left_out = {"symbols", *TUNABLE, "values"} | parameters.unstated
    return document_id(
        {
            "universe": parameters.model_dump(mode="json", exclude=left_out),
            "values": values,
            "contents": dict(contents),
            "engine_version": ENGINE_VERSION,
            "schema_version": SCHEMA_VERSION,
        }
    )

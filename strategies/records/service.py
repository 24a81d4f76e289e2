"""Freeze backtests into live records, extend them after each session, and end them."""

from dataclasses import asdict
from datetime import date
from uuid import UUID

import numpy as np
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from core.errors import InvalidInput, NotFound
from core.results import require_room
from ingestion.models import Instrument
from strategies.backtests.parameters import BacktestParameters
from strategies.backtests.schemas import BacktestDocument
from strategies.backtests.service import find_backtest
from strategies.engine import ENGINE_VERSION
from strategies.engine.live.band import Band, forecast_band
from strategies.engine.live.next_order import NextOrder, next_order
from strategies.engine.live.sessions import LiveSessions, follow
from strategies.engine.metrics import Undefined
from strategies.engine.prices import Prices
from strategies.inputs import failures_in_words, prices_of, strategy_of
from strategies.models import LiveEntry, LiveRecord, RecordState
from strategies.records.bars import (
    Ready,
    StoredNow,
    final_bars,
    fingerprint,
    known_bars,
    packed,
    ready_sessions,
    revised_days,
    stored_now,
    with_bar_of,
)


def freeze(*, backtest_id: str, name: str, owner: AbstractBaseUser | None) -> LiveRecord:
    """Freeze the rule of a stored backtest and return its record, which begins with the next bar.

    Raises InvalidInput where there is no such backtest, or its symbol has no final bar.
    """
    require_room(owner)
    document = _backtest(backtest_id)
    parameters = document.parameters.model_copy(update={"start": None, "end": None})
    bars = final_bars(parameters.symbol, parameters.adjustment)
    equity = np.array([parameters.initial_investment, *document.series.equity])
    band = forecast_band(equity[1:] / equity[:-1] - 1)
    return LiveRecord.objects.create(
        name=name,
        owner_id=None if owner is None else owner.pk,
        backtest=document.id,
        symbol=parameters.symbol,
        parameters=parameters.model_dump(mode="json"),
        engine_version=ENGINE_VERSION,
        frozen_on=bars.dates[-1].item(),
        history=packed(prices_of(bars)),
        band=_json_of(band),
        no_band=band.reason if isinstance(band, Undefined) else "",
    )


def _backtest(backtest_id: str) -> BacktestDocument:
    """Return the stored document; raises InvalidInput, since the id is a field of the request."""
    try:
        return find_backtest(backtest_id)
    except NotFound as problem:
        raise InvalidInput(problem.message, field="backtest") from None


def parameters_of(record: LiveRecord) -> BacktestParameters:
    """Return what the record trades."""
    return BacktestParameters.model_validate(record.parameters)


def records_of(owner: AbstractBaseUser | None) -> QuerySet[LiveRecord]:
    """Return a person's records, newest first, without those that they deleted."""
    return LiveRecord.objects.filter(owner_id=None if owner is None else owner.pk, deleted_at=None)


def find_record(record_id: str | UUID, *, owner: AbstractBaseUser | None) -> LiveRecord:
    """Return a person's own record; raises NotFound."""
    try:
        key = UUID(str(record_id))
    except ValueError:
        key = None
    record = records_of(owner).filter(pk=key).first() if key else None
    if record is None:
        raise NotFound("You have no live record with this id. The list of live records names those you have.")
    return record


def set_state(record: LiveRecord, state: RecordState) -> LiveRecord:
    """Pause, resume or end a record; raises InvalidInput for one that has ended.

    What happens while it is paused is caught up when it is resumed.
    """
    if record.state == RecordState.ENDED and state != RecordState.ENDED:
        raise InvalidInput("This record has ended and stays as it is. Freeze the backtest again instead.")
    LiveRecord.objects.filter(pk=record.pk).update(state=state)
    record.state = state
    return record


def delete_record(record: LiveRecord) -> None:
    """Take a record off the lists; it goes on being counted among the deleted ones."""
    LiveRecord.objects.filter(pk=record.pk).update(deleted_at=timezone.now(), state=RecordState.ENDED)


def outdated_symbols() -> list[str]:
    """Return the symbols whose data have changed since a record of theirs was extended."""
    version = Instrument.objects.filter(symbol=OuterRef("symbol")).values("version")[:1]
    active = LiveRecord.objects.filter(state=RecordState.ACTIVE, deleted_at=None)
    known = active.annotate(version=Subquery(version)).exclude(version=None)
    outdated = known.filter(Q(seen_version=None) | ~Q(seen_version=F("version")))
    return sorted(set(outdated.values_list("symbol", flat=True)))


def extend_symbol(symbol: str) -> int:
    """Extend every active record of a symbol, and return how many sessions were added."""
    records = LiveRecord.objects.filter(symbol=symbol, state=RecordState.ACTIVE, deleted_at=None)
    return sum(extend(key) for key in records.values_list("pk", flat=True))


@transaction.atomic
def extend(record_id: UUID) -> int:
    """Add the sessions that can be decided on to an active record, and return how many these are.

    The record is locked meanwhile, so that two workers add each session once.
    """
    active = LiveRecord.objects.select_for_update().filter(state=RecordState.ACTIVE, pk=record_id)
    record = active.first()
    if record is None:
        return 0
    parameters = parameters_of(record)
    # Read before the bars: a change in between is then looked at again.
    version = Instrument.objects.filter(symbol=record.symbol).values_list("version", flat=True).first()
    stored = stored_now(record.symbol, parameters.adjustment, frozen_on=record.frozen_on)
    entries = list(record.entries.all())
    known, first = known_bars(bytes(record.history), entries)
    last: date = known.dates[-1].item()
    ready = ready_sessions(stored, after=last)
    revised = [*record.revised, *(day.isoformat() for day in revised_days(known, stored))]
    added = _added(record, known, first=first, stored=stored, ready=ready)
    LiveEntry.objects.bulk_create(added)
    _update(record, stored, ready, added, revised=sorted(set(revised)), version=version)
    return len(added)


def _added(
    record: LiveRecord, known: Prices, *, first: int, stored: StoredNow, ready: Ready
) -> list[LiveEntry]:
    """Decide session by session, each on the bars up to it."""
    parameters = parameters_of(record)
    strategy = strategy_of(parameters, parameters.rule_parameters)
    added = []
    for index in ready.bars:
        known = with_bar_of(known, stored, index)
        with failures_in_words(parameters, final_bars(record.symbol, parameters.adjustment)):
            sessions = follow(known, strategy, first=first)
        added.append(_entry(record, known, sessions, next_order(sessions, strategy), stored.scale))
    return added


def _entry(
    record: LiveRecord, known: Prices, sessions: LiveSessions, order: NextOrder | None, scale: float
) -> LiveEntry:
    money = sessions.simulation
    volume = 0.0 if known.volume is None else float(known.volume[-1])
    return LiveEntry(
        record=record,
        date=known.dates[-1].item(),
        open=float(known.open[-1]),
        high=float(known.high[-1]),
        low=float(known.low[-1]),
        close=float(known.close[-1]),
        volume=volume,
        scale=scale,
        equity=float(money.equity[-1]),
        cash=float(money.cash[-1]),
        position=float(money.position[-1]),
        benchmark_equity=float(sessions.benchmark_equity[-1]),
        bars_sha256=fingerprint(known),
        next_order=None if order is None else asdict(order),
    )


def _update(
    record: LiveRecord,
    stored: StoredNow,
    ready: Ready,
    added: list[LiveEntry],
    *,
    revised: list[str],
    version: UUID | None,
) -> None:
    record.revised, record.waiting_for, record.seen_version = revised, ready.waiting_for, version
    record.skipped = [*record.skipped, *(day.isoformat() for day in ready.skipped)]
    record.scale = stored.scale
    if added:
        record.next_order = added[-1].next_order
    record.save(update_fields=["revised", "waiting_for", "seen_version", "skipped", "scale", "next_order"])


def _json_of(band: Band | Undefined) -> dict[str, list[float] | list[list[float]]] | None:
    return None if isinstance(band, Undefined) else {"fan": band.fan.tolist(), "limit": band.limit.tolist()}


def band_of(record: LiveRecord) -> Band | None:
    """Return the band that was forecast at the freeze; None where there is none."""
    if record.band is None:
        return None
    return Band(fan=np.array(record.band["fan"]), limit=np.array(record.band["limit"]))

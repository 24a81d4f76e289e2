"""Convert live records into their published form."""

from datetime import date

import numpy as np
from django.db.models import F, OuterRef, Subquery

from core.errors import InvalidInput
from ingestion.exchange_calendar import session_close
from ingestion.models import Instrument
from strategies.engine import ENGINE_VERSION
from strategies.engine.enums import Fill
from strategies.engine.live.band import EARLIEST, ERROR, LEVELS, YEAR, Band, standing
from strategies.engine.live.next_order import ACTIONS, Action, NextOrder, triggers
from strategies.engine.prices import FloatArray
from strategies.inputs import strategy_of
from strategies.models import LiveEntry, LiveRecord, RecordState
from strategies.records.bars import known_bars
from strategies.records.narrative import notices_of, order_in_words, trigger_in_words, verdict_in_words
from strategies.records.schemas import (
    RecordBand,
    RecordDocument,
    RecordEntry,
    RecordListing,
    RecordOrder,
    RecordPosition,
    RecordSince,
    RecordTrigger,
    RecordVerdict,
    VerdictState,
)
from strategies.records.service import band_of, parameters_of


def listing_of(record: LiveRecord) -> RecordListing:
    """Return a record as lists show it."""
    return RecordListing(
        id=record.pk,
        name=record.name,
        symbol=record.symbol,
        state=RecordState(record.state),
        backtest=record.backtest,
        created_at=record.created_at,
        frozen_on=record.frozen_on,
    )


def document_of(record: LiveRecord) -> RecordDocument:
    """Return a record with all its sessions."""
    entries, parameters, band = list(record.entries.all()), parameters_of(record), band_of(record)
    hindsight = _closed_before_the_freeze(record, entries)
    growth = np.array([entry.equity for entry in entries]) / parameters.initial_investment
    return RecordDocument(
        **dict(listing_of(record)),
        engine_version=record.engine_version,
        parameters=parameters,
        since=_since(entries, parameters.initial_investment, band),
        position=_position(entries, parameters.initial_investment),
        next_order=_order(record),
        triggers=_triggers(record, entries),
        band=None if band is None else _band(band, growth, parameters.initial_investment),
        verdict=_verdict(record, entries, band, growth),
        entries=[_entry(entry, is_hindsight=entry.date in hindsight) for entry in entries],
        notices=notices_of(record, entries, hindsight=len(hindsight), engine=ENGINE_VERSION),
    )


def deleted_counts(*, owner_id: int | None) -> tuple[int, int]:
    """Return how many records a person deleted, and how many of them were behind buy and hold."""
    last = LiveEntry.objects.filter(record=OuterRef("pk")).order_by("-date")
    deleted = LiveRecord.objects.filter(owner_id=owner_id).exclude(deleted_at=None)
    ended = deleted.annotate(
        equity=Subquery(last.values("equity")[:1]), held=Subquery(last.values("benchmark_equity")[:1])
    )
    return deleted.count(), ended.filter(equity__lt=F("held")).count()


def _closed_before_the_freeze(record: LiveRecord, entries: list[LiveEntry]) -> set[date]:
    exchange = Instrument.objects.filter(symbol=record.symbol).values_list("exchange", flat=True).first()
    found = set()
    for entry in entries:
        if exchange is None or entry.date > record.created_at.date():
            break
        try:
            close = session_close(exchange, entry.date)
        except InvalidInput:
            close = None
        if entry.date < record.created_at.date() or (close is not None and close <= record.created_at):
            found.add(entry.date)
    return found


def _since(entries: list[LiveEntry], capital: float, band: Band | None) -> RecordSince:
    last = entries[-1] if entries else None
    sessions = len(entries)
    is_covered = band is not None and 0 < sessions <= YEAR
    return RecordSince(
        sessions=sessions,
        first=entries[0].date if entries else None,
        last=last.date if last else None,
        equity=last.equity if last else capital,
        total_return=(last.equity if last else capital) / capital - 1,
        benchmark_return=(last.benchmark_equity if last else capital) / capital - 1,
        expected_return=float(band.fan[LEVELS.index(0.5), sessions - 1]) - 1 if band and is_covered else None,
    )


def _position(entries: list[LiveEntry], capital: float) -> RecordPosition:
    if not entries:
        return RecordPosition(shares=0, value=0, cash=capital)
    last = entries[-1]
    return RecordPosition(shares=last.position / last.scale, value=last.position * last.close, cash=last.cash)


def _order(record: LiveRecord) -> RecordOrder | None:
    order = _pending(record)
    if order is None:
        return None
    return RecordOrder(
        action=order.action,
        closes=order.closes / record.scale,
        opens=order.opens / record.scale,
        in_words=order_in_words(order, record.symbol, scale=record.scale),
    )


def _pending(record: LiveRecord) -> NextOrder | None:
    kept = record.next_order
    if kept is None or record.state == RecordState.ENDED:
        return None
    return NextOrder(action=Action(kept["action"]), closes=kept["closes"], opens=kept["opens"])


def _triggers(record: LiveRecord, entries: list[LiveEntry]) -> list[RecordTrigger]:
    """Return what the next close decides; of an ended record nothing."""
    if record.state == RecordState.ENDED:
        return []
    parameters = parameters_of(record)
    known, first = known_bars(bytes(record.history), entries)
    held = int(np.sign(entries[-1].position)) if entries else 0
    order = _pending(record)
    if order is not None:
        held = next(
            after for (before, after), act in ACTIONS.items() if (before, act) == (held, order.action)
        )
    strategy = strategy_of(parameters, parameters.rule_parameters)
    same_close = parameters.fill == Fill.SAME_CLOSE
    return [
        RecordTrigger(
            action=found.action,
            above=None if found.above is None else found.above * record.scale,
            below=None if found.below is None else found.below * record.scale,
            in_words=trigger_in_words(found, scale=record.scale, same_close=same_close),
        )
        for found in triggers(known, strategy, first=first, held=held)
    ]


def _begin(sessions: int) -> int:
    """Return how many sessions lie before the present year; a full year is present until the next session."""
    return max(sessions - 1, 0) // YEAR * YEAR


def _of_year(growth: FloatArray, begin: int) -> FloatArray:
    before = growth[begin - 1] if begin else 1.0
    return growth[begin : begin + YEAR] / before


def _band(band: Band, growth: FloatArray, capital: float) -> RecordBand:
    begin = _begin(len(growth))
    base = capital * (float(growth[begin - 1]) if begin else 1.0)
    return RecordBand(
        levels=list(LEVELS),
        begins_after=begin,
        fan=(band.fan * base).tolist(),
        limit=(band.limit * base).tolist(),
    )


def _verdict(
    record: LiveRecord, entries: list[LiveEntry], band: Band | None, growth: FloatArray
) -> RecordVerdict:
    if band is None:
        return _verdict_of(VerdictState.NO_BAND, record.no_band, below=0, left_on=None)
    begin = _begin(len(growth))
    years = [(start, standing(_of_year(growth, start), band)) for start in range(0, begin + 1, YEAR)]
    left = [start + stood.left_at - 1 for start, stood in years if stood.left_at is not None]
    left_on = entries[left[0]].date if left else None
    present = years[-1][1]
    state = VerdictState.INSIDE
    if left_on is not None:
        state = VerdictState.LEFT
    elif present.is_early and begin == 0:
        state = VerdictState.TOO_EARLY
    return _verdict_of(
        state, verdict_in_words(present, left_on=left_on), below=present.below, left_on=left_on
    )


def _verdict_of(state: VerdictState, sentence: str, *, below: int, left_on: date | None) -> RecordVerdict:
    return RecordVerdict(
        state=state,
        sentence=sentence,
        sessions_below=below,
        left_on=left_on,
        earliest_session=EARLIEST,
        error=ERROR,
    )


def _entry(entry: LiveEntry, *, is_hindsight: bool) -> RecordEntry:
    return RecordEntry(
        date=entry.date,
        recorded_at=entry.recorded_at,
        close=entry.close * entry.scale,
        equity=entry.equity,
        benchmark_equity=entry.benchmark_equity,
        position=entry.position / entry.scale,
        order=None if entry.next_order is None else Action(entry.next_order["action"]),
        hindsight=is_hindsight,
        bars_sha256=entry.bars_sha256,
    )

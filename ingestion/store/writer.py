"""Writing bars and corporate actions: only what differs, and what changed is remembered."""

from collections.abc import Sequence

from django.db import connection, transaction

from ingestion.listings import UNITED_STATES, currency_of, listing_of
from ingestion.models import PROVIDERS, CorporateAction, Instrument, QuarantinedBar, Source
from ingestion.store.batch import Action, BarBatch, StoreReport
from ingestion.store.split_repair import restore_file_bars
from ingestion.store.upsert import upsert_bars


@transaction.atomic
def store(delivery: BarBatch, *, sample_replaces: bool = False) -> StoreReport:
    """Store what was delivered about one symbol, all of it or nothing.

    Bars of the sample end years before a provider's begin, and a series across such a hole is not a history
    of prices: any other delivery replaces the sample, and the sample replaces other bars only where
    `sample_replaces` says that somebody asked for it. Bars of files and of a provider add up; where both
    have a day, the provider's bar stands.
    """
    instrument, is_new = _locked_instrument(delivery)
    if delivery.source == Source.SAMPLE != instrument.source and not sample_replaces:
        return StoreReport(kept_newer=True)
    removed = _remove_other_source(instrument, delivery)
    if not is_new:
        _release_from_quarantine(instrument, delivery)
    written = upsert_bars(instrument, delivery, is_new=is_new)
    actions_changed = 0 if delivery.actions is None else _store_actions(instrument, delivery.actions)
    actions_changed += _add_actions(instrument, delivery.named_actions)
    restored = [] if is_new or not actions_changed else restore_file_bars(instrument)
    _quarantine(instrument, delivery)
    result = StoreReport(
        inserted=written.inserted,
        changed=written.changed,
        unchanged=len(delivery.bars) - written.inserted - written.changed - written.kept,
        kept=written.kept,
        removed=removed,
        revisions=written.revisions,
        actions_changed=actions_changed,
        restored_splits=[split.date for split in restored],
    )
    _touch(instrument, delivery, result)
    return result


def _locked_instrument(delivery: BarBatch) -> tuple[Instrument, bool]:
    """Return the symbol's row, locked against a second writer, and whether it was missing and made now."""
    listing = listing_of(delivery.symbol)
    exchange = delivery.exchange or (listing or UNITED_STATES).exchange
    new = Instrument(
        symbol=delivery.symbol,
        name=delivery.name or delivery.symbol,
        exchange=exchange,
        currency=delivery.currency or (listing.currency if listing else currency_of(exchange)),
        source=delivery.source,
        fetched_at=delivery.fetched_at,
    )
    columns = ("symbol", "name", "exchange", "currency", "source", "fetched_at")
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO ingestion_instrument (symbol, name, exchange, currency, source, fetched_at)
            VALUES (%s, %s, %s, %s, %s, %s)
            ON CONFLICT (symbol) DO NOTHING
            RETURNING id
            """,
            [getattr(new, column) for column in columns],
        )
        created = cursor.fetchone()
    if created is None:
        return Instrument.objects.select_for_update().get(symbol=delivery.symbol), False
    (new.pk,) = created
    new._state.adding = False  # noqa: SLF001 - saving it must update the row
    return new, True


def _remove_other_source(instrument: Instrument, delivery: BarBatch) -> int:
    if instrument.source == delivery.source or Source.SAMPLE not in {instrument.source, delivery.source}:
        return 0
    instrument.actions.all().delete()
    removed, _ = instrument.bars.all().delete()
    return removed


def _release_from_quarantine(instrument: Instrument, delivery: BarBatch) -> None:
    """Forget the off-session bars of days that have an acceptable one now."""
    kept_aside = QuarantinedBar.objects.filter(instrument=instrument)
    released = set(kept_aside.values_list("date", flat=True)) & set(delivery.table.days.tolist())
    if released:
        kept_aside.filter(date__in=released).delete()


def _store_actions(instrument: Instrument, actions: Sequence[Action]) -> int:
    """Make the stored actions those of the source; return how many were written or removed.

    Of a kind that the source names none of, nothing is removed: losing every split to one faulty answer
    would turn each of them into a crash of the price, and that a source withdraws its only split is the
    rarer case.
    """
    stored = {(row.date, row.kind): row for row in instrument.actions.all()}
    wanted = {(action.date, str(action.kind)): action for action in actions}
    different = [
        CorporateAction(instrument=instrument, date=action.date, kind=action.kind, value=action.value)
        for key, action in wanted.items()
        if key not in stored or stored[key].value != action.value
    ]
    CorporateAction.objects.bulk_create(
        different,
        update_conflicts=True,
        unique_fields=["instrument", "date", "kind"],
        update_fields=["value"],
    )
    named = {kind for _, kind in wanted}
    withdrawn = [
        row.pk
        for key, row in stored.items()
        if key not in wanted and row.kind in named and not row.recorded_by_hand
    ]
    removed, _ = CorporateAction.objects.filter(pk__in=withdrawn).delete()
    return len(different) + removed


def _add_actions(instrument: Instrument, actions: Sequence[Action]) -> int:
    """Add actions that a file names where the day has none of the kind; return how many."""
    if not actions:
        return 0
    stored = set(instrument.actions.values_list("date", "kind"))
    new = [
        CorporateAction(instrument=instrument, date=action.date, kind=action.kind, value=action.value)
        for action in actions
        if (action.date, str(action.kind)) not in stored and action.value > 0
    ]
    CorporateAction.objects.bulk_create(new, ignore_conflicts=True)
    return len(new)


def _quarantine(instrument: Instrument, delivery: BarBatch) -> None:
    """Keep the off-session bars aside; those whose day has an acceptable bar now are gone already."""
    if not delivery.quarantined:
        return
    QuarantinedBar.objects.bulk_create(
        [
            QuarantinedBar(
                instrument=instrument,
                date=off_session.date,
                row=off_session.row[:200],
                reason=off_session.reason[:200],
                recorded_at=delivery.fetched_at,
            )
            for off_session in delivery.quarantined
        ],
        update_conflicts=True,
        unique_fields=["instrument", "date"],
        update_fields=["row", "reason", "recorded_at"],
    )


def _touch(instrument: Instrument, delivery: BarBatch, result: StoreReport) -> None:
    """Note when the source was asked. The sample never gets newer, so loading it again notes nothing."""
    if delivery.source == Source.SAMPLE and instrument.source == Source.SAMPLE and not result.wrote:
        return
    if delivery.source != Source.FILE or instrument.source not in PROVIDERS:
        instrument.source = delivery.source
    instrument.fetched_at = delivery.fetched_at
    if delivery.actions is not None or delivery.actions_checked:
        instrument.actions_fetched_at = delivery.fetched_at
    if delivery.is_full:
        instrument.full_history_at = delivery.fetched_at
    instrument.name = delivery.name or instrument.name
    instrument.exchange = delivery.exchange or instrument.exchange
    instrument.currency = delivery.currency or instrument.currency
    instrument.save()

"""Writing bars and corporate actions: only what differs, and what changed is remembered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import connection, transaction

from ingestion.models import ActionKind, CorporateAction, Instrument, QuarantinedBar, Source
from ingestion.symbols import listing_of
from ingestion.validation import Bar, Quarantined


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """A split or dividend; `value` as in CorporateAction."""

    date: date
    kind: ActionKind
    value: Decimal


@dataclass(frozen=True, kw_only=True)
class StoreResult:
    """What storing did. Rows are bars; revisions are values of finished sessions that had changed.

    removed: bars of another source that gave way.
    kept: bars of the delivery that differ from the provider's, which stand.
    kept_newer: nothing was stored, because the sample does not replace a provider's bars unasked.
    """

    inserted: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    kept: int = 0
    revisions: int = 0
    actions_changed: int = 0
    kept_newer: bool = False

    @property
    def wrote(self) -> bool:
        """Whether anything differed from what was stored."""
        return bool(self.inserted or self.changed or self.removed or self.actions_changed)


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """Everything one source delivered about one symbol at one time.

    bars: validated, without duplicates.
    quarantined: bars that are kept out of the prices.
    actions: all splits and dividends that the source knows, or None when it was not asked.
    is_full: whether these are all bars that the source has.
    provisional_from: bars from this day on belong to sessions that had not closed; None: all had.
    name, exchange: None where the source does not say.
    """

    symbol: str
    source: Source
    bars: Sequence[Bar]
    actions: Sequence[Action] | None
    fetched_at: datetime
    quarantined: Sequence[Quarantined] = ()
    is_full: bool = False
    provisional_from: date | None = None
    name: str | None = None
    exchange: str | None = None


@transaction.atomic
def store(delivery: Delivery, *, sample_replaces: bool = False) -> StoreResult:
    """Store what was delivered about one symbol, all of it or nothing.

    Bars of the sample end years before a provider's begin, and a series across such a hole is not a history
    of prices: any other delivery replaces the sample, and the sample replaces other bars only where
    `sample_replaces` says that somebody asked for it. Bars of files and of a provider add up; where both
    have a day, the provider's bar stands.
    """
    instrument = _locked_instrument(delivery)
    if delivery.source == Source.SAMPLE != instrument.source and not sample_replaces:
        return StoreResult(kept_newer=True)
    removed = _remove_other_source(instrument, delivery)
    _copy_to_incoming(delivery)
    kept = _drop_what_the_provider_has(instrument) if delivery.source == Source.FILE else 0
    revisions = _record_revisions(instrument, delivery)
    inserted, changed = _upsert_incoming(instrument, delivery)
    actions_changed = 0 if delivery.actions is None else _store_actions(instrument, delivery.actions)
    _quarantine(instrument, delivery)
    result = StoreResult(
        inserted=inserted,
        changed=changed,
        unchanged=len(delivery.bars) - inserted - changed - kept,
        kept=kept,
        removed=removed,
        revisions=revisions,
        actions_changed=actions_changed,
    )
    _touch(instrument, delivery, result)
    return result


def _locked_instrument(delivery: Delivery) -> Instrument:
    """Return the symbol's row, made where it is missing, locked against a second writer."""
    listing = listing_of(delivery.symbol)
    Instrument.objects.bulk_create(
        [
            Instrument(
                symbol=delivery.symbol,
                name=delivery.name or delivery.symbol,
                exchange=delivery.exchange or listing.exchange,
                currency=listing.currency,
                source=delivery.source,
                fetched_at=delivery.fetched_at,
            )
        ],
        ignore_conflicts=True,
    )
    return Instrument.objects.select_for_update().get(symbol=delivery.symbol)


def _remove_other_source(instrument: Instrument, delivery: Delivery) -> int:
    if instrument.source == delivery.source or Source.SAMPLE not in {instrument.source, delivery.source}:
        return 0
    instrument.actions.all().delete()
    removed, _ = instrument.bars.all().delete()
    return removed


def _copy_to_incoming(delivery: Delivery) -> None:
    """Copy the bars into a table of this transaction alone."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.incoming")
        cursor.execute(
            """
            CREATE TEMPORARY TABLE incoming (
                date date PRIMARY KEY, open numeric(18, 6), high numeric(18, 6), low numeric(18, 6),
                close numeric(18, 6), volume bigint, provisional boolean
            ) ON COMMIT DROP
            """
        )
        with cursor.copy("COPY incoming FROM STDIN") as copy:
            for bar in delivery.bars:
                provisional = delivery.provisional_from is not None and bar.date >= delivery.provisional_from
                copy.write_row((bar.date, bar.open, bar.high, bar.low, bar.close, bar.volume, provisional))


def _drop_what_the_provider_has(instrument: Instrument) -> int:
    """Take the days out of the file's bars that the provider has; return how many of them differ."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH dropped AS (
                DELETE FROM incoming USING ingestion_dailybar AS stored
                WHERE stored.instrument_id = %(instrument)s AND stored.date = incoming.date
                    AND stored.source = %(provider)s
                RETURNING (stored.open, stored.high, stored.low, stored.close, stored.volume)
                    IS DISTINCT FROM (incoming.open, incoming.high, incoming.low, incoming.close,
                                      incoming.volume) AS differs
            )
            SELECT count(*) FILTER (WHERE differs) FROM dropped
            """,
            {"instrument": instrument.pk, "provider": Source.ALPHA_VANTAGE},
        )
        (differing,) = cursor.fetchone()
        return int(differing)


def _record_revisions(instrument: Instrument, delivery: Delivery) -> int:
    """Remember what is about to be overwritten, except in bars that were provisional."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO ingestion_barrevision
                (instrument_id, date, "column", old_value, new_value, recorded_at)
            SELECT stored.instrument_id, stored.date, pair.name, pair.old, pair.new, %(now)s
            FROM ingestion_dailybar AS stored
            JOIN incoming USING (date)
            CROSS JOIN LATERAL (VALUES
                ('open', stored.open, incoming.open),
                ('high', stored.high, incoming.high),
                ('low', stored.low, incoming.low),
                ('close', stored.close, incoming.close),
                ('volume', stored.volume, incoming.volume)
            ) AS pair (name, old, new)
            WHERE stored.instrument_id = %(instrument)s AND NOT stored.provisional AND pair.old <> pair.new
            """,
            {"instrument": instrument.pk, "now": delivery.fetched_at},
        )
        revisions: int = cursor.rowcount
        return revisions


def _upsert_incoming(instrument: Instrument, delivery: Delivery) -> tuple[int, int]:
    """Write the rows that are new or differ; return how many of each."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH written AS (
                INSERT INTO ingestion_dailybar AS stored (
                    instrument_id, date, open, high, low, close, volume, provisional, source, fetched_at
                )
                SELECT %(instrument)s, date, open, high, low, close, volume, provisional,
                       %(source)s, %(fetched_at)s
                FROM incoming
                ORDER BY date
                ON CONFLICT (instrument_id, date) DO UPDATE SET
                    open = excluded.open, high = excluded.high, low = excluded.low,
                    close = excluded.close, volume = excluded.volume,
                    provisional = excluded.provisional, source = excluded.source,
                    fetched_at = excluded.fetched_at
                WHERE (stored.open, stored.high, stored.low, stored.close, stored.volume,
                       stored.provisional, stored.source)
                    IS DISTINCT FROM (excluded.open, excluded.high, excluded.low, excluded.close,
                                      excluded.volume, excluded.provisional, excluded.source)
                RETURNING stored.xmax = 0 AS inserted  -- a new row has no earlier version to lock
            )
            SELECT count(*) FILTER (WHERE inserted), count(*) FILTER (WHERE NOT inserted) FROM written
            """,
            {
                "instrument": instrument.pk,
                "source": delivery.source,
                "fetched_at": delivery.fetched_at,
            },
        )
        inserted, changed = cursor.fetchone()
        return inserted, changed


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
    withdrawn = [row.pk for key, row in stored.items() if key not in wanted and row.kind in named]
    removed, _ = CorporateAction.objects.filter(pk__in=withdrawn).delete()
    return len(different) + removed


def _quarantine(instrument: Instrument, delivery: Delivery) -> None:
    """Keep the odd bars aside, and drop earlier ones whose day has an acceptable bar now."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM ingestion_quarantinedbar WHERE instrument_id = %s AND date IN "
            "(SELECT date FROM incoming)",
            [instrument.pk],
        )
    QuarantinedBar.objects.bulk_create(
        [
            QuarantinedBar(
                instrument=instrument,
                date=odd.bar.date,
                row=odd.bar.in_words[:200],
                reason=odd.reason,
                recorded_at=delivery.fetched_at,
            )
            for odd in delivery.quarantined
        ],
        update_conflicts=True,
        unique_fields=["instrument", "date"],
        update_fields=["row", "reason", "recorded_at"],
    )


def _touch(instrument: Instrument, delivery: Delivery, result: StoreResult) -> None:
    """Note when the source was asked. The sample never gets newer, so loading it again notes nothing."""
    if delivery.source == Source.SAMPLE and instrument.source == Source.SAMPLE and not result.wrote:
        return
    if delivery.source != Source.FILE or instrument.source != Source.ALPHA_VANTAGE:
        instrument.source = delivery.source
    instrument.fetched_at = delivery.fetched_at
    if delivery.actions is not None:
        instrument.actions_fetched_at = delivery.fetched_at
    if delivery.is_full:
        instrument.full_history_at = delivery.fetched_at
    instrument.name = delivery.name or instrument.name
    instrument.exchange = delivery.exchange or instrument.exchange
    instrument.save()

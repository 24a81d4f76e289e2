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
    instrument, is_new = _locked_instrument(delivery)
    if delivery.source == Source.SAMPLE != instrument.source and not sample_replaces:
        return StoreResult(kept_newer=True)
    removed = _remove_other_source(instrument, delivery)
    if not is_new:
        _release_from_quarantine(instrument, delivery)
    stored = set() if is_new else _stored_lines(instrument, delivery)
    written = _write(instrument, delivery, [line for line in _lines(delivery) if line not in stored])
    actions_changed = 0 if delivery.actions is None else _store_actions(instrument, delivery.actions)
    _quarantine(instrument, delivery)
    result = StoreResult(
        inserted=written.inserted,
        changed=written.changed,
        unchanged=len(delivery.bars) - written.inserted - written.changed - written.kept,
        kept=written.kept,
        removed=removed,
        revisions=written.revisions,
        actions_changed=actions_changed,
    )
    _touch(instrument, delivery, result)
    return result


def _locked_instrument(delivery: Delivery) -> tuple[Instrument, bool]:
    """Return the symbol's row, locked against a second writer, and whether it was missing and made now."""
    listing = listing_of(delivery.symbol)
    new = Instrument(
        symbol=delivery.symbol,
        name=delivery.name or delivery.symbol,
        exchange=delivery.exchange or listing.exchange,
        currency=listing.currency,
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


def _remove_other_source(instrument: Instrument, delivery: Delivery) -> int:
    if instrument.source == delivery.source or Source.SAMPLE not in {instrument.source, delivery.source}:
        return 0
    instrument.actions.all().delete()
    removed, _ = instrument.bars.all().delete()
    return removed


def _lines(delivery: Delivery) -> list[str]:
    """Return the bars as lines of COPY."""
    day = delivery.provisional_from
    return [
        f"{bar.date}\t{bar.open:.6f}\t{bar.high:.6f}\t{bar.low:.6f}\t{bar.close:.6f}\t{bar.volume}\t"
        f"{'t' if day is not None and bar.date >= day else 'f'}"
        for bar in delivery.bars
    ]


def _stored_lines(instrument: Instrument, delivery: Delivery) -> set[str]:
    """Return the source's own bars in the range of the delivery, as lines of COPY.

    A source asked again sends thousands of bars of which one is new. Comparing texts here takes a fraction
    of the time of sending them all to the server to be compared there.
    """
    days = [bar.date for bar in delivery.bars]
    if not days:
        return set()
    statement = """
        COPY (
            SELECT date, open, high, low, close, volume, provisional FROM ingestion_dailybar
            WHERE instrument_id = %s AND date BETWEEN %s AND %s AND source = %s
        ) TO STDOUT
    """
    wanted = [instrument.pk, min(days), max(days), delivery.source]
    with connection.cursor() as cursor, cursor.copy(statement, wanted) as copy:
        return set(b"".join(copy).decode().splitlines())


@dataclass(frozen=True, kw_only=True)
class _Written:
    """What became of the bars that are not stored just so; see StoreResult."""

    inserted: int = 0
    changed: int = 0
    kept: int = 0
    revisions: int = 0


def _write(instrument: Instrument, delivery: Delivery, lines: Sequence[str]) -> _Written:
    if not lines:
        return _Written()
    _copy_to_incoming(lines)
    kept = _drop_what_the_provider_has(instrument) if delivery.source == Source.FILE else 0
    inserted, changed, revisions = _write_differing(instrument, delivery)
    return _Written(inserted=inserted, changed=changed, kept=kept, revisions=revisions)


def _copy_to_incoming(lines: Sequence[str]) -> None:
    """Copy the lines into a table of this connection, which the end of the transaction empties."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            CREATE TEMPORARY TABLE IF NOT EXISTS incoming (
                date date, open numeric(18, 6), high numeric(18, 6), low numeric(18, 6),
                close numeric(18, 6), volume bigint, provisional boolean
            ) ON COMMIT DELETE ROWS;
            DELETE FROM incoming -- what an earlier delivery in the same transaction left
            """
        )
        with cursor.copy("COPY incoming FROM STDIN") as copy:
            copy.write("".join(f"{line}\n" for line in lines))


def _release_from_quarantine(instrument: Instrument, delivery: Delivery) -> None:
    """Forget the odd bars of days that have an acceptable one now."""
    kept_aside = QuarantinedBar.objects.filter(instrument=instrument)
    released = set(kept_aside.values_list("date", flat=True)) & {bar.date for bar in delivery.bars}
    if released:
        kept_aside.filter(date__in=released).delete()


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


def _write_differing(instrument: Instrument, delivery: Delivery) -> tuple[int, int, int]:
    """Write the bars that are new or differ, and remember what they overwrite.

    Returns how many bars are new, how many changed, and how many values of finished sessions were revised;
    in provisional bars nothing is remembered. Rows that stay are not even locked. Every part of the
    statement sees the bars as they were before it, and the instrument's lock keeps other writers out.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _WRITE_DIFFERING,
            {
                "instrument": instrument.pk,
                "source": delivery.source,
                "fetched_at": delivery.fetched_at,
            },
        )
        inserted, written, revised = cursor.fetchone()
        return inserted, written - inserted, revised


_WRITE_DIFFERING = """
    WITH differing AS (
        SELECT incoming.*, stored.date IS NULL AS is_new, stored.provisional AS was_provisional,
               stored.open AS old_open, stored.high AS old_high, stored.low AS old_low,
               stored.close AS old_close, stored.volume AS old_volume
        FROM incoming
        LEFT JOIN ingestion_dailybar AS stored
            ON stored.instrument_id = %(instrument)s AND stored.date = incoming.date
        WHERE stored.date IS NULL OR
            (stored.open, stored.high, stored.low, stored.close, stored.volume, stored.provisional,
             stored.source)
            IS DISTINCT FROM
            (incoming.open, incoming.high, incoming.low, incoming.close, incoming.volume,
             incoming.provisional, %(source)s)
    ), revised AS (
        INSERT INTO ingestion_barrevision (instrument_id, date, "column", old_value, new_value, recorded_at)
        SELECT %(instrument)s, date, pair.name, pair.old, pair.new, %(fetched_at)s
        FROM differing
        CROSS JOIN LATERAL (VALUES
            ('open', old_open, open), ('high', old_high, high), ('low', old_low, low),
            ('close', old_close, close), ('volume', old_volume, volume)
        ) AS pair (name, old, new)
        WHERE NOT is_new AND NOT was_provisional AND pair.old <> pair.new
        RETURNING 1
    ), written AS (
        INSERT INTO ingestion_dailybar (
            instrument_id, date, open, high, low, close, volume, provisional, source, fetched_at
        )
        SELECT %(instrument)s, date, open, high, low, close, volume, provisional, %(source)s, %(fetched_at)s
        FROM differing
        ORDER BY date
        ON CONFLICT (instrument_id, date) DO UPDATE SET
            open = excluded.open, high = excluded.high, low = excluded.low, close = excluded.close,
            volume = excluded.volume, provisional = excluded.provisional, source = excluded.source,
            fetched_at = excluded.fetched_at
    )
    SELECT (SELECT count(*) FILTER (WHERE is_new) FROM differing), (SELECT count(*) FROM differing),
           (SELECT count(*) FROM revised)
"""


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
    """Keep the odd bars aside; those whose day has an acceptable bar now are gone already."""
    if not delivery.quarantined:
        return
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

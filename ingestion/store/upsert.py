"""Writing bars that differ from what is stored, and remembering what they overwrite."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from ingestion.models import Instrument, Source
from ingestion.store.batch import BarBatch


@dataclass(frozen=True, kw_only=True)
class UpsertCounts:
    """What became of the bars that are not stored just so; see StoreReport."""

    inserted: int = 0
    changed: int = 0
    kept: int = 0
    revisions: int = 0


def upsert_bars(instrument: Instrument, delivery: BarBatch, *, is_new: bool) -> UpsertCounts:
    """Write the delivered bars that are not stored just so; nothing is stored of an instrument that is new.

    The caller has locked the instrument's row. Of the days that the provider has, bars of a file are left
    out.
    """
    stored = set() if is_new else _stored_lines(instrument, delivery)
    lines = [line for line in _lines(delivery) if line not in stored]
    if not lines:
        return UpsertCounts()
    _copy_to_incoming(lines)
    kept = _drop_what_the_provider_has(instrument) if delivery.source == Source.FILE else 0
    inserted, changed, revisions = _write_differing(instrument, delivery)
    return UpsertCounts(inserted=inserted, changed=changed, kept=kept, revisions=revisions)


def _lines(delivery: BarBatch) -> list[str]:
    """Return the bars as lines of COPY."""
    day = delivery.provisional_from
    return [
        f"{bar.date}\t{bar.open:.6f}\t{bar.high:.6f}\t{bar.low:.6f}\t{bar.close:.6f}\t{bar.volume}\t"
        f"{'t' if day is not None and bar.date >= day else 'f'}"
        for bar in delivery.bars
    ]


def _stored_lines(instrument: Instrument, delivery: BarBatch) -> set[str]:
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


def _write_differing(instrument: Instrument, delivery: BarBatch) -> tuple[int, int, int]:
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

"""Writing bars that differ from what is stored, and remembering what they overwrite."""

from dataclasses import dataclass

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from ingestion.models import PROVIDERS, Instrument, Source
from ingestion.store.bar_table import BarTable
from ingestion.store.batch import BarBatch
from ingestion.store.binary_copy import decode_bars, encode_bars


@dataclass(frozen=True, kw_only=True)
class UpsertCounts:
    """What became of the bars that are not stored just so; see StoreReport."""

    inserted: int = 0
    changed: int = 0
    kept: int = 0
    revisions: int = 0


def upsert_bars(instrument: Instrument, batch: BarBatch, *, is_new: bool) -> UpsertCounts:
    """Write the delivered bars that are not stored just so; nothing is stored of an instrument that is new.

    The caller has locked the instrument's row. Of the days that the provider has, bars of a file are left
    out.
    """
    table = batch.table
    provisional = _provisional(batch)
    if not is_new:
        differs = ~_stored_just_so(instrument, batch, table, provisional)
        table, provisional = table.where(differs), provisional[differs]
    if not len(table):
        return UpsertCounts()
    _copy_to_incoming(table, provisional)
    kept = _drop_what_the_provider_has(instrument) if batch.source == Source.FILE and not is_new else 0
    inserted, changed, revisions = _write_differing(instrument, batch)
    return UpsertCounts(inserted=inserted, changed=changed, kept=kept, revisions=revisions)


def _provisional(batch: BarBatch) -> NDArray[np.bool_]:
    """Return which bars belong to sessions that had not closed; shape (bars,)."""
    if batch.provisional_from is None:
        return np.zeros(len(batch.table), dtype=np.bool_)
    return np.asarray(batch.table.days >= np.datetime64(batch.provisional_from))


def _stored_just_so(
    instrument: Instrument, batch: BarBatch, table: BarTable, provisional: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Return which bars the source has delivered before just as they are now; shape (bars,).

    A source asked again sends thousands of bars of which one is new. Comparing arrays here takes a fraction
    of the time of sending them all to the server to be compared there.
    """
    if not len(table):
        return np.zeros(0, dtype=np.bool_)
    stored, was_provisional = _stored_bars(instrument, batch, table)
    if not len(stored):
        return np.zeros(len(table), dtype=np.bool_)
    places = np.minimum(np.searchsorted(stored.days, table.days), len(stored) - 1)
    return np.asarray(
        (stored.days[places] == table.days)
        & (stored.prices[:, places] == table.prices).all(axis=0)
        & (stored.volume[places] == table.volume)
        & (was_provisional[places] == provisional)
    )


def _stored_bars(
    instrument: Instrument, batch: BarBatch, table: BarTable
) -> tuple[BarTable, NDArray[np.bool_]]:
    """Return the source's own bars in the range of the batch, oldest first, and which are provisional."""
    statement = """
        COPY (
            SELECT date, open::float8, high::float8, low::float8, close::float8, volume::float8, provisional
            FROM ingestion_dailybar
            WHERE instrument_id = %s AND date BETWEEN %s AND %s AND source = %s
            ORDER BY date
        ) TO STDOUT (FORMAT binary)
    """
    wanted = [instrument.pk, table.days[0].item(), table.days[-1].item(), batch.source]
    with connection.cursor() as cursor, cursor.copy(statement, wanted) as copy:
        return decode_bars(b"".join(copy))


def _copy_to_incoming(table: BarTable, provisional: NDArray[np.bool_]) -> None:
    """Copy the bars into a table of this connection, which the end of the transaction empties."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            CREATE TEMPORARY TABLE IF NOT EXISTS incoming (
                date date, open float8, high float8, low float8, close float8, volume float8,
                provisional boolean
            ) ON COMMIT DELETE ROWS;
            DELETE FROM incoming -- what an earlier batch in the same transaction left
            """
        )
        with cursor.copy("COPY incoming FROM STDIN (FORMAT binary)") as copy:
            copy.write(encode_bars(table, provisional))


def _drop_what_the_provider_has(instrument: Instrument) -> int:
    """Take the days out of the file's bars that the provider has; return how many of them differ."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH dropped AS (
                DELETE FROM incoming USING ingestion_dailybar AS stored
                WHERE stored.instrument_id = %(instrument)s AND stored.date = incoming.date
                    AND stored.source = ANY(%(providers)s)
                RETURNING (stored.open, stored.high, stored.low, stored.close, stored.volume)
                    IS DISTINCT FROM (incoming.open::numeric, incoming.high::numeric, incoming.low::numeric,
                                      incoming.close::numeric, incoming.volume::numeric) AS differs
            )
            SELECT count(*) FILTER (WHERE differs) FROM dropped
            """,
            {"instrument": instrument.pk, "providers": [str(source) for source in PROVIDERS]},
        )
        (differing,) = cursor.fetchone()
        return int(differing)


def _write_differing(instrument: Instrument, batch: BarBatch) -> tuple[int, int, int]:
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
                "source": batch.source,
                "fetched_at": batch.fetched_at,
            },
        )
        inserted, written, revised = cursor.fetchone()
        return inserted, written - inserted, revised


_WRITE_DIFFERING = """
    WITH exact AS (
        -- Doubles become decimals of up to 15 digits, which are the digits that were delivered.
        SELECT date, open::numeric AS open, high::numeric AS high, low::numeric AS low,
               close::numeric AS close, volume::numeric AS volume, provisional
        FROM incoming
    ), differing AS (
        SELECT incoming.*, stored.date IS NULL AS is_new, stored.provisional AS was_provisional,
               stored.open AS old_open, stored.high AS old_high, stored.low AS old_low,
               stored.close AS old_close, stored.volume AS old_volume
        FROM exact AS incoming
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

"""Rows of a file between reading and storing, in a table of this connection alone: memory stays small."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date

from django.db import connection

from ingestion.store.validation import Bar

StagedRow = tuple[str, Bar]


@contextmanager
def staging() -> Iterator[None]:
    """Have an empty staging table until the block ends."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.staged")
        cursor.execute(
            """
            CREATE TEMPORARY TABLE staged (
                symbol text, date date, open numeric(18, 6), high numeric(18, 6), low numeric(18, 6),
                close numeric(18, 6), volume bigint
            )
            """
        )
    try:
        yield
    finally:
        if connection.connection is not None and not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute("DROP TABLE IF EXISTS pg_temp.staged")


def stage(rows: Sequence[StagedRow]) -> None:
    """Add rows to the staging table."""
    with connection.cursor() as cursor, cursor.copy("COPY staged FROM STDIN") as copy:
        for symbol, bar in rows:
            copy.write_row((symbol, bar.date, bar.open, bar.high, bar.low, bar.close, bar.volume))


def staged_symbols() -> list[str]:
    """Return the symbols that have staged rows, in order."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE INDEX ON staged (symbol, date)")
        cursor.execute("SELECT DISTINCT symbol FROM staged ORDER BY symbol")
        return [symbol for (symbol,) in cursor.fetchall()]


def staged_bars(symbol: str) -> list[Bar]:
    """Return the staged rows of one symbol, oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT date, open, high, low, close, volume FROM staged WHERE symbol = %s ORDER BY date",
            [symbol],
        )
        names = ("date", "open", "high", "low", "close", "volume")
        return [Bar(**dict(zip(names, row, strict=True))) for row in cursor.fetchall()]


def first_contradiction(symbol: str, tolerance: float) -> tuple[date, float, float] | None:
    """Return a day, its staged close and its stored one, where most staged closes contradict the provider's.

    tolerance: the fraction by which two closes of a day may differ. None: they agree, or have no day in
    common.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT count(*), count(*) FILTER (WHERE differs),
                   (array_agg(date ORDER BY date) FILTER (WHERE differs))[1],
                   (array_agg(staged ORDER BY date) FILTER (WHERE differs))[1],
                   (array_agg(stored ORDER BY date) FILTER (WHERE differs))[1]
            FROM (
                SELECT staged.date, staged.close::float8 AS staged, stored.close::float8 AS stored,
                       abs(staged.close / stored.close - 1) > %(tolerance)s AS differs
                FROM staged
                JOIN ingestion_instrument AS instrument USING (symbol)
                JOIN ingestion_dailybar AS stored
                    ON stored.instrument_id = instrument.id AND stored.date = staged.date
                WHERE symbol = %(symbol)s AND stored.source = 'alpha_vantage'
            ) AS pairs
            """,
            {"symbol": symbol, "tolerance": tolerance},
        )
        common, differing, *found = cursor.fetchone()
    day, staged, stored = found
    return (day, staged, stored) if 2 * differing > common else None

"""Measure how fast a file of daily bars is read and imported, first and again, beside Django's own upsert.

    PYTHONPATH=. python benchmarks/file_import.py [ROWS]

A file of 200 made-up symbols (ROWS in all, 1,000,000 unless given) is read alone, imported into an empty
database of its own, and imported again unchanged. The same bars go in by `bulk_create` for comparison, of the
first 20 symbols. The ratios matter; seconds depend on the machine.
"""

import io
import resource
import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.ingestion_storing import database, store_by_bulk_create

SYMBOLS = 200
COMPARED = 20


def made_up_file(rows: int) -> bytes:
    """Return a CSV file of random walks on weekdays."""
    days = np.arange("1995-01-02", "2026-01-01", dtype="datetime64[D]")
    days = days[np.is_busday(days)][: rows // SYMBOLS]
    random = np.random.default_rng(1)
    out = io.StringIO()
    out.write("symbol,date,open,high,low,close,volume\n")
    for number in range(SYMBOLS):
        close = 100 * np.exp(np.cumsum(random.normal(0, 0.01, len(days))))
        opened = close * np.exp(random.normal(0, 0.003, len(days)))
        for day, first, last in zip(days.astype(str), opened, close, strict=True):
            high, low = max(first, last) + 0.5, min(first, last) * 0.995
            out.write(
                f"S{number:03d},{day},{first:.2f},{high:.2f},{low:.2f},{last:.2f},{int(last * 10_007)}\n"
            )
    return out.getvalue().encode()


def seconds(work: Callable[[], object]) -> float:
    """Return how long the work takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def measure(content: bytes) -> None:
    """Print the figures of one file."""
    from ingestion.files.reading import Market, ReadOptions, read_file
    from ingestion.files.requests import ImportRequest
    from ingestion.files.service import import_bars
    from ingestion.files.unpacking import unpack

    rows = content.count(b"\n") - 1

    def read() -> None:
        for table in unpack(io.BytesIO(content)):
            read_file(
                table,
                ReadOptions(),
                market_of=lambda symbol, known: Market(time_zone="America/New_York"),
                today=date(2026, 11, 30),
            )

    reading = seconds(read)
    first = seconds(lambda: import_bars(io.BytesIO(content), ImportRequest(exchange="24/5")))
    again = seconds(lambda: import_bars(io.BytesIO(content), ImportRequest(exchange="24/5")))
    print(f"read alone          {rows / reading:12,.0f} rows a second")
    print(f"first import        {rows / first:12,.0f} rows a second")
    print(f"unchanged import    {rows / again:12,.0f} rows a second, {first / again:.1f} times the first")
    print(f"largest memory      {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:12,.0f} MB")
    compare_upserts(content)


def compare_upserts(content: bytes) -> None:
    """Print how the upsert of some symbols compares with `bulk_create` of the same bars."""
    from django.db import connection

    from ingestion.files.reading import Market, ReadOptions, read_file
    from ingestion.files.unpacking import unpack
    from ingestion.models import Source
    from ingestion.store.batch import BarBatch
    from ingestion.store.validation import Bar
    from ingestion.store.writer import store

    (reading,) = [
        read_file(table, ReadOptions(), market_of=lambda symbol, known: Market(), today=date(2026, 11, 30))
        for table in unpack(io.BytesIO(content))
    ]
    series = [found for found in reading.series if found.symbol is not None][:COMPARED]
    now = datetime.now(UTC)

    def ours() -> None:
        for found in series:
            store(
                BarBatch(
                    symbol=str(found.symbol),
                    source=Source.FILE,
                    bars=found.table,
                    actions=None,
                    fetched_at=now,
                    exchange="24/5",
                )
            )

    bars = {
        str(found.symbol): [
            Bar(date=day, open=o, high=h, low=low, close=c, volume=v)
            for day, (o, h, low, c), v in zip(
                found.table.days.tolist(),
                found.table.prices.T.tolist(),
                found.table.volume.tolist(),
                strict=True,
            )
        ]
        for found in series
    }
    count = sum(map(len, bars.values()))
    figures = []
    for work in (ours, lambda: store_by_bulk_create(bars)):
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE ingestion_instrument CASCADE")
        figures.append(seconds(work))
    print(f"upsert              {count / figures[0]:12,.0f} rows a second")
    ratio = figures[1] / figures[0]
    print(f"bulk_create         {count / figures[1]:12,.0f} rows a second; ours {ratio:.1f} times that")


def main() -> None:
    """Measure a file of as many rows as wanted."""
    content = made_up_file(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
    with database():
        measure(content)


if __name__ == "__main__":
    main()

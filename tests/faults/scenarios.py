"""The faults, one after the other. Each returns in words what came of it, or raises AssertionError."""

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Callable, Container
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from site_config.environment import BASE_DIR
from tests.faults.harness import Clock, Seen, Stand, eventually, kill
from tests.faults.workloads import FETCH, IMPORT, REPORT, SWEEP, TRAINING, Work
from tests.subprocesses import run_python

VICTIMS = {"web worker": Stand.web_workers, "task worker": Stand.task_workers, "PostgreSQL": Stand.postgres}
ACTIVE = "SELECT kind, subject, state FROM jobs_job WHERE state IN ('queued', 'running')"
STORED = (
    "ingestion_dailybar",
    "ingestion_instrument",
    "strategies_backtest",
    "strategies_parametersweep",
    "strategies_universesweep",
    "strategies_universemember",
    "forecasting_trainedmodel",
    "forecasting_forecast",
    "forecasting_forecastevaluation",
)
BROKEN_CONNECTION_OF = {"web worker"}


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a fault did: in words, what a visitor saw meanwhile, and the seconds until all was well."""

    words: str
    seen: str
    seconds: float


def killed_during(stand: Stand, victim: str, work: Work, number: int) -> Outcome:
    """Kill every process of `victim` while `work` is under way."""
    before = hashes_of_the_past(stand)
    with stand.visited() as seen:
        asking = work.begin(stand, number)
        kill(VICTIMS[victim](stand))
        began = time.monotonic()
        asking.join(300)
        state, attempts, error = work.ended(stand)
        if state == "failed":
            asking = work.begin(stand, number)  # as the message tells a person to
            asking.join(300)
            again, _, error = work.ended(stand)
            assert again == "succeeded", error
        work.check(stand, number)
        seconds = time.monotonic() - began
    _require_good_answers(seen, broken_connections=victim in BROKEN_CONNECTION_OF)
    eventually(lambda: not stand.rows(ACTIVE), within=60, what="no job hangs")
    assert hashes_of_the_past(stand, until=before.keys()) == before, "what was stored before has changed"
    tries = f"the job {state} at try {attempts}" + (", and again" if state == "failed" else "")
    return Outcome(words=f"{tries}; nothing lost or doubled", seen=str(seen), seconds=seconds)


def hashes_of_the_past(stand: Stand, until: Container[str] | None = None) -> dict[str, str]:
    """Return a hash of every backtest and forecast, by its id; of those named in `until` alone, if given."""
    rows = stand.patient_rows(
        "SELECT id, md5(b::text) FROM strategies_backtest b "
        "UNION ALL SELECT id, md5(f::text) FROM forecasting_forecast f UNION ALL SELECT 'none', ''"
    )
    return {key: value for key, value in rows if until is None or key in until}


def locked_database(stand: Stand) -> Outcome:
    """Hold a lock that every page waits for: a database too slow to answer."""
    with stand.visited() as seen:
        with stand.connected() as connection, connection.transaction():
            connection.execute("LOCK TABLE ingestion_instrument, jobs_job IN ACCESS EXCLUSIVE MODE")
            time.sleep(14)
        began = time.monotonic()
        stand.insist("GET", "/jobs/")
        seconds = time.monotonic() - began
    _require_good_answers(seen)
    assert seen.statuses["503"], "no page told that the database is slow"
    return Outcome(words="pages said so after ten seconds", seen=str(seen), seconds=seconds)


def no_connection_left(stand: Stand) -> Outcome:
    """Take every connection that the server has."""
    held: list[psycopg.Connection[Any]] = []
    with stand.visited() as seen:
        kill(stand.web_workers())  # new ones have no connection yet
        try:
            with contextlib.suppress(psycopg.OperationalError):
                while True:
                    held.append(stand.connected())
            eventually(lambda: seen.statuses["503"], within=60, what="a page told that there is no room")
        finally:
            for connection in held:
                connection.close()
        began = time.monotonic()
        stand.insist("GET", "/jobs/")
        seconds = time.monotonic() - began
    _require_good_answers(seen, broken_connections=True)
    return Outcome(words=f"{len(held)} connections held; pages said so", seen=str(seen), seconds=seconds)


def clock_jumps(stand: Stand, clock: Clock, hours: int, number: int) -> Outcome:
    """Kill the workers in the middle of a fetch and set the clock, so that their signs of life are odd."""
    with stand.visited() as seen:
        asking = FETCH.begin(stand, number)
        kill(stand.task_workers())
        clock.set_to(hours=hours)
        ((database_is_off_by,),) = stand.rows("SELECT extract(epoch FROM now()) - %s", time.time())
        began = time.monotonic()
        asking.join(300)
        # By its symbol: with such a clock the newest is not the last.
        state, attempts, error = FETCH.ended(stand, subject=f"FLT{number}")
        assert state == "succeeded", error
        FETCH.check(stand, number)
        seconds = time.monotonic() - began
        said = stand.insist("GET", "/readyz").json()["worker"]
    _require_good_answers(seen)
    eventually(lambda: not stand.rows(ACTIVE), within=60, what="no job hangs")
    assert abs(float(database_is_off_by) / 3600 - hours) < 0.1, f"off by {database_is_off_by} s"
    words = f"the job {state} at try {attempts}; readyz says of the worker: {said}"
    return Outcome(words=words, seen=str(seen), seconds=seconds)


def two_migrations(folder: Path) -> Outcome:
    """Prepare an empty database twice at the same time."""
    variables = {
        **os.environ,
        "DATA_DIR": str(folder),
        "LOCAL_USER": "True",
        "POSTGRES_HOST": "",
        "DATABASE_URL": "",
    }
    command = [sys.executable, "manage.py", "prepare"]
    began = time.monotonic()
    both = [
        subprocess.Popen(
            command, cwd=BASE_DIR, env=variables, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        for _ in range(2)
    ]
    said = [process.communicate(timeout=300)[0].decode() for process in both]
    assert [process.returncode for process in both] == [0, 0], "\n".join(said)
    counted = run_python(
        "import django; django.setup()\nfrom django.db import connection\n"
        "from ingestion.models import DailyBar, Instrument\n"
        "cursor = connection.cursor()\n"
        "cursor.execute('SELECT count(*) - count(DISTINCT (app, name)) FROM django_migrations')\n"
        "print(cursor.fetchone()[0], Instrument.objects.count() > 0, DailyBar.objects.count() > 10000)",
        DATA_DIR=str(folder),
    )
    assert counted.split() == ["0", "True", "True"], counted
    return Outcome(words="both ended well, each step done once", seen="", seconds=time.monotonic() - began)


def delivered_again(stand: Stand) -> Outcome:
    """Deliver every job that has ended once more, three times at once; every kind is among them."""
    _do_the_other_kinds(stand)
    before = {table: _hash(stand, table) for table in STORED}
    jobs = stand.patient_rows("SELECT id, kind, state, attempts FROM jobs_job ORDER BY id")
    began = time.monotonic()
    run_python(
        "import django; django.setup()\nfrom concurrent.futures import ThreadPoolExecutor\n"
        "from django_q.tasks import async_task\n"
        "from jobs.models import Job\nfrom jobs.worker.run import run_job\n"
        "ids = [str(job.pk) for job in Job.objects.all()] * 3\n"
        "list(ThreadPoolExecutor(4).map(run_job, ids))\n"
        "for _ in ids: async_task('jobs.worker.run.run_next')",
        DATA_DIR=str(stand.site.data_dir),
    )
    # A message whose worker was killed stays locked for long, and does no harm.
    waiting = "SELECT 1 FROM django_q_ormq WHERE lock <= now()"
    eventually(lambda: not stand.rows(waiting), within=60, what="the queue is empty")
    assert stand.patient_rows("SELECT id, kind, state, attempts FROM jobs_job ORDER BY id") == jobs
    assert {table: _hash(stand, table) for table in STORED} == before
    known = _known_kinds(stand)
    missing = known - {kind for _, kind, *_ in jobs}
    assert not missing, f"no job of {missing}"
    words = f"{len(jobs)} jobs of all {len(known)} kinds, thrice each: nothing was done again"
    return Outcome(words=words, seen="", seconds=time.monotonic() - began)


def _do_the_other_kinds(stand: Stand) -> None:
    """Let the workers do a job of each kind that no other trial asks for, and of those that were left out."""
    for work in (FETCH, IMPORT, TRAINING, SWEEP, REPORT):
        work.start(stand, 990)
    question = {"symbols": ["AAPL", "IBM"], "fast": [5, 10], "slow": [50, 100]}
    stand.insist("POST", "/api/v1/universes", json=question)
    stand.insist("POST", "/api/v1/evaluations", json={"symbol": "IBM"})
    run_python(
        "import django; django.setup()\nfrom forecasting.models import TrainedModel\n"
        "from forecasting.tasks import request_training_again\n"
        "request_training_again(TrainedModel.objects.exclude(symbol='').first().version)",
        DATA_DIR=str(stand.site.data_dir),
    )
    eventually(lambda: not stand.rows(ACTIVE), within=300, what="every job ends")


def _known_kinds(stand: Stand) -> set[str]:
    program = "import django; django.setup()\nfrom jobs import registry\nprint(*registry._kinds)"
    return set(run_python(program, DATA_DIR=str(stand.site.data_dir)).split())


def full_disk(stand: Stand) -> Outcome:
    """Fill the disk that the database is on while a file is imported, then make room again."""
    ballast = stand.site.data_dir / "ballast"
    with stand.visited() as seen:
        _fill(ballast, leaving=2_000_000)
        with contextlib.suppress(AssertionError):
            IMPORT.begin(stand, 950).join(30)
        time.sleep(5)
        stored = "SELECT count(*) FROM ingestion_instrument WHERE symbol = 'IMP950'"
        ballast.unlink()
        began = time.monotonic()
        half = stand.patient_rows(stored)[0][0]
        IMPORT.start(stand, 950)  # joins the job that waits for the database, if there is one
        state, _, error = IMPORT.ended(stand)
        assert state == "succeeded", error
        IMPORT.check(stand, 950)
        seconds = time.monotonic() - began
    assert not seen.mute, seen.mute[:3]
    return Outcome(
        words=f"{'whole' if half else 'nothing'} was in by then; whole after room was made",
        seen=str(seen),
        seconds=seconds,
    )


def _fill(ballast: Path, *, leaving: int) -> None:
    space = os.statvfs(ballast.parent)
    with ballast.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, max(1, space.f_bavail * space.f_frsize - leaving))


def _hash(stand: Stand, table: str) -> str:
    statement = f"SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM {table} t"
    return str(stand.patient_rows(statement)[0][0])


def _require_good_answers(seen: Seen, *, broken_connections: bool = False) -> None:
    """Whatever went wrong was told as 503 with the time to come again."""
    assert not seen.mute, seen.mute[:3]
    if not broken_connections:
        assert not seen.statuses["no connection"], str(seen)


Trial = Callable[[], Outcome]

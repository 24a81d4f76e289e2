"""Real workers on a database of their own, which tests may kill."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import psycopg
from psycopg.rows import dict_row

from ingestion.tests.fake_provider import KEY
from site_config.database.embedded_postgres.server import start_server
from site_config.environment import BASE_DIR, Environment


@dataclass(frozen=True)
class Workers:
    """Django processes that share the database in `data_dir` and ask the provider at `provider`.

    settings: more variables of their environment.
    """

    data_dir: Path
    provider: str
    settings: Mapping[str, str] = field(default_factory=dict)

    def python(self, code: str) -> None:
        """Run code in a process of its own."""
        done = subprocess.run(
            [sys.executable, "-c", f"import django; django.setup()\n{code}"],
            cwd=BASE_DIR,
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr

    def migrate(self) -> None:
        """Make the tables."""
        self.python("from django.core.management import call_command; call_command('migrate', verbosity=0)")

    def jobs(self) -> list[dict[str, Any]]:
        """Return the jobs as they are now, without the daily one that deletes what has expired."""
        with psycopg.connect(self._address, row_factory=dict_row) as connection:
            return connection.execute(
                "SELECT subject, state, attempts, next_attempt_at IS NOT NULL AS is_parked FROM jobs_job "
                "WHERE kind <> 'delete_expired'"
            ).fetchall()

    def bars(self) -> dict[str, int]:
        """Return how many bars of each symbol are stored."""
        with psycopg.connect(self._address) as connection:
            counted = connection.execute(
                "SELECT symbol, count(*) FROM ingestion_dailybar JOIN ingestion_instrument AS instrument "
                "ON instrument_id = instrument.id GROUP BY symbol"
            ).fetchall()
        return dict(counted)

    def empty(self) -> None:
        """Empty the tables that fetching fills."""
        with psycopg.connect(self._address) as connection:
            connection.execute(
                "TRUNCATE ingestion_instrument, ingestion_apiquota, ingestion_provideranswer, jobs_job, "
                "django_q_ormq CASCADE"
            )

    def fetch(self, *symbols: str) -> None:
        """Queue fetches."""
        self.python(
            "from ingestion.fetch.service import request_fetch\n"
            f"for symbol in {symbols}: request_fetch(symbol)"
        )

    @contextmanager
    def cluster(self) -> Iterator[subprocess.Popen[bytes]]:
        """Run django-q2's cluster of two workers until the block ends."""
        process = subprocess.Popen(
            [sys.executable, "manage.py", "qcluster"],
            cwd=BASE_DIR,
            env=self._environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            yield process
        finally:
            kill_all(process)

    def kill_database(self) -> None:
        """Kill the server and all its processes, as a power cut does."""
        postmaster = psutil.Process(int((self.data_dir / "postgres/postmaster.pid").read_text().split()[0]))
        for process in [postmaster, *postmaster.children(recursive=True)]:
            with suppress(psutil.NoSuchProcess):
                process.kill()

    @property
    def _address(self) -> str:
        return start_server(self.data_dir, stops_by_itself=False).get_uri("hindcast")

    @property
    def _environment(self) -> dict[str, str]:
        ours = {name.upper() for name in Environment.model_fields}
        inherited = {name: value for name, value in os.environ.items() if name not in ours}
        return inherited | {
            "DATA_DIR": str(self.data_dir),
            "DJANGO_SETTINGS_MODULE": "site_config.settings",
            "PYTHONWARNINGS": "ignore",
            "LOCAL_USER": "True",
            "ALPHA_VANTAGE_API_KEY": KEY,
            "ALPHA_VANTAGE_BASE_URL": self.provider,
            "ALPHA_VANTAGE_SECONDS_BETWEEN_REQUESTS": "0",
            "ALPHA_VANTAGE_RETRY_SECONDS": "0.1",
            "JOB_LEASE_SECONDS": "4",
            **self.settings,
        }


def kill_all(process: subprocess.Popen[bytes]) -> None:
    """Kill a cluster with all its workers."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()

"""A running site whose processes can be killed while somebody keeps looking at its pages."""

import shutil
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import psycopg
import requests

from ingestion.tests.fake_provider import KEY, LoopbackProvider
from tests.site import RunningSite, running_site

LEASE = "4"
"""Seconds; in production a worker may be silent for longer before its job is taken over."""


@dataclass
class Seen:
    """What a visitor saw meanwhile: how often each status came, and pages that said nothing useful."""

    statuses: Counter[str] = field(default_factory=Counter)
    mute: list[str] = field(default_factory=list)

    def note(self, answer: requests.Response | None) -> None:
        """Count an answer; None: the connection broke."""
        self.statuses["no connection" if answer is None else str(answer.status_code)] += 1
        if answer is not None and answer.status_code >= 500:
            told = answer.status_code == 503 and "Retry-After" in answer.headers and "again" in answer.text
            if not told:
                self.mute.append(f"{answer.status_code}: {answer.text[:200]}")

    def __str__(self) -> str:
        return ", ".join(f"{count} x {status}" for status, count in sorted(self.statuses.items()))


@dataclass(frozen=True)
class Stand:
    """The site, the provider it asks, and how to reach its database without starting it."""

    site: RunningSite
    provider: LoopbackProvider

    def request(self, method: str, path: str, **more: Any) -> requests.Response | None:
        """Ask the site; None when the connection breaks."""
        more.setdefault("timeout", 60)
        try:
            return requests.request(method, self.site.address + path, **more)
        except requests.RequestException:
            return None

    def insist(self, method: str, path: str, *, within: float = 60, **more: Any) -> requests.Response:
        """Ask again, as a person would, until the answer is no fault of the site."""
        deadline = time.monotonic() + within
        while time.monotonic() < deadline:
            answer = self.request(method, path, **more)
            if answer is not None and answer.status_code < 500:
                return answer
            time.sleep(0.5)
        raise AssertionError(f"{method} {path} was not answered within {within:.0f} s")

    def rows(self, statement: str, *parameters: object) -> list[tuple[Any, ...]]:
        """Return what the database says, without starting it where it is down."""
        with self.connected() as connection:
            return connection.execute(statement, parameters).fetchall()

    def connected(self, **options: Any) -> psycopg.Connection[tuple[Any, ...]]:
        """Return a connection of our own to the running server; raises psycopg.OperationalError."""
        lines = self._postmaster_lines()
        return psycopg.connect(
            host=lines[4], port=lines[3], user="postgres", dbname="hindcast", autocommit=True, **options
        )

    def patient_rows(self, statement: str, *parameters: object) -> list[tuple[Any, ...]]:
        """Return what the database says, as soon as the site has brought it back."""
        return eventually(lambda: self.rows(statement, *parameters), within=60, what="the database answers")

    def web_workers(self) -> list[psutil.Process]:
        """Return the processes that answer requests."""
        return [child for master in self._children("gunicorn") for child in master.children()]

    def task_workers(self) -> list[psutil.Process]:
        """Return the processes that do the jobs, and those that feed them."""
        leaves: list[psutil.Process] = []
        for cluster in self._children("qcluster"):
            for process in cluster.children(recursive=True):
                with suppress(psutil.NoSuchProcess):  # it was replaced meanwhile
                    leaves += [] if process.children() else [process]
        return leaves

    def postgres(self) -> list[psutil.Process]:
        """Return the database's main process and its children."""
        with suppress(OSError, psutil.NoSuchProcess, IndexError):
            main = psutil.Process(int(self._postmaster_lines()[0]))
            return [main, *main.children(recursive=True)]
        return []

    def _children(self, name: str) -> list[psutil.Process]:
        ours = psutil.Process(self.site.process.pid).children()
        return [child for child in ours if name in " ".join(child.cmdline())]

    def _postmaster_lines(self) -> list[str]:
        try:
            return (self.site.data_dir / "postgres" / "postmaster.pid").read_text().splitlines()
        except OSError as error:
            raise psycopg.OperationalError("the server is down") from error

    @contextmanager
    def visited(self) -> Iterator[Seen]:
        """Keep looking at two pages and the API until the block ends, and collect what was seen."""
        seen, stop = Seen(), threading.Event()

        def look() -> None:
            while not stop.is_set():
                for path in ("/jobs/", "/backtests/", "/api/v1/instruments"):
                    seen.note(self.request("GET", path, timeout=45))
                    stop.wait(0.1)

        visitor = threading.Thread(target=look, daemon=True)
        visitor.start()
        try:
            yield seen
        finally:
            stop.set()
            visitor.join()


def kill(processes: list[psutil.Process]) -> None:
    """End processes as a crash does; raises AssertionError when there is none."""
    assert processes, "nothing to kill"
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.kill()


def eventually[T](ask: Callable[[], T], *, within: float, what: str) -> T:
    """Return the first answer that is neither empty nor an error of the database."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        with suppress(psycopg.Error):
            answer = ask()
            if answer:
                return answer
        time.sleep(0.02)
    raise AssertionError(f"not within {within:.0f} s: {what}")


@contextmanager
def standing(data_dir: Path, **variables: str) -> Iterator[Stand]:
    """Run a site for faults in `data_dir` until the block ends."""
    with (
        LoopbackProvider() as provider,
        running_site(
            data_dir,
            JOB_LEASE_SECONDS=LEASE,
            ALPHA_VANTAGE_API_KEY=KEY,
            ALPHA_VANTAGE_BASE_URL=provider.address,
            ALPHA_VANTAGE_REQUESTS_PER_DAY="0",
            ALPHA_VANTAGE_SECONDS_BETWEEN_REQUESTS="0.1",
            LOG_LEVEL="WARNING",
            **variables,
        ) as site,
    ):
        yield Stand(site, provider)


CLOCK = Path(__file__).with_name("clock.c")
COMPILER = shutil.which("cc")
"""Without a compiler the jumping clock is not tried."""


@dataclass(frozen=True)
class Clock:
    """The time of day of a site's processes, its database included; `folder` is the site's."""

    folder: Path

    @classmethod
    def made_in(cls, folder: Path) -> "Clock":
        """Compile the clock; it is right until it is set."""
        clock = cls(folder)
        clock.set_to(hours=0)
        compiled = ["-shared", "-fPIC", "-O2", "-o", str(clock.library), str(CLOCK)]
        subprocess.run([str(COMPILER), *compiled], check=True)
        return clock

    def set_to(self, *, hours: int) -> None:
        """Set the clock to so many hours after the true time, for all processes at once."""
        with self.offset.open("r+b" if self.offset.exists() else "wb") as file:
            file.write((3600 * hours).to_bytes(8, sys.byteorder, signed=True))

    @property
    def offset(self) -> Path:
        """The file that holds how many seconds the clock is off."""
        return self.folder / "clock"

    @property
    def library(self) -> Path:
        """What processes preload to live by this clock."""
        return self.folder / "clock.so"


@contextmanager
def standing_by_a_clock(data_dir: Path) -> Iterator[tuple[Stand, Clock]]:
    """Run a site whose clock can be set, until the block ends."""
    data_dir.mkdir()
    data_dir.parent.chmod(0o755)  # the database's user reads the clock too
    clock = Clock.made_in(data_dir)
    with standing(data_dir, LD_PRELOAD=str(clock.library), CLOCK_FILE=str(clock.offset)) as stand:
        yield stand, clock

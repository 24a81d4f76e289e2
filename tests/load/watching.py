"""Memory, open files and database connections of a running site, looked at every few seconds."""

import threading
from contextlib import suppress
from dataclasses import dataclass, field

import psutil
import psycopg

from tests.site import RunningSite

EVERY = 5.0
"""Seconds between two looks."""


@dataclass(frozen=True)
class Look:
    """What the processes held: memory in MB that is theirs alone, open files, connections."""

    memory: float
    files: int
    connections: int


@dataclass
class Watch:
    """Looks at a site until it is stopped."""

    site: RunningSite
    looks: list[Look] = field(default_factory=list)
    _stop: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> "Watch":
        self._thread = threading.Thread(target=self._look_on, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def growth(self) -> Look:
        """Return the mean of the last fifth less that of the second one: the first is the warming up."""
        fifth = max(1, len(self.looks) // 5)
        early, late = self.looks[fifth : 2 * fifth], self.looks[-fifth:]
        return Look(
            memory=_mean([look.memory for look in late]) - _mean([look.memory for look in early]),
            files=round(_mean([look.files for look in late]) - _mean([look.files for look in early])),
            connections=max(look.connections for look in late) - max(look.connections for look in early),
        )

    def _look_on(self) -> None:
        while not self._stop.wait(EVERY):
            with suppress(psutil.NoSuchProcess, psycopg.Error, OSError):
                self.looks.append(self._look())

    def _look(self) -> Look:
        processes = psutil.Process(self.site.process.pid).children(recursive=True)
        pythons = [process for process in processes if process.name().startswith(("python", "gunicorn"))]
        return Look(
            memory=sum(process.memory_full_info().uss for process in pythons) / 1e6,
            files=sum(process.num_fds() for process in pythons),
            connections=self._connections(),
        )

    def _connections(self) -> int:
        lines = (self.site.data_dir / "postgres" / "postmaster.pid").read_text().splitlines()
        count = "SELECT count(*) FROM pg_stat_activity WHERE datname = 'hindcast'"
        with psycopg.connect(host=lines[4], port=lines[3], user="postgres", dbname="hindcast") as connection:
            row = connection.execute(count).fetchone()
        return int(row[0]) if row else 0


def _mean(values: list[float] | list[int]) -> float:
    return sum(values) / len(values) if values else 0.0

"""Memory, open files and database connections of a running site, looked at every few seconds."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

import psutil
import psycopg

from tests.site import RunningSite

EVERY = 5.0
"""Seconds between two looks."""


@dataclass(frozen=True, kw_only=True)
class Look:
    """What the site held: MB of resident memory by process, open files of all, database connections."""

    memory: Mapping[str, float]
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

    def early(self) -> Look:
        """Return the mean of the second fifth: the first is the warming up."""
        fifth = max(1, len(self.looks) // 5)
        return _mean(self.looks[fifth : 2 * fifth] or self.looks[:1])

    def late(self) -> Look:
        """Return the mean of the last fifth."""
        return _mean(self.looks[-max(1, len(self.looks) // 5) :])

    def _look_on(self) -> None:
        while not self._stop.wait(EVERY):
            with suppress(psutil.NoSuchProcess, psycopg.Error, OSError):
                self.looks.append(self._look())

    def _look(self) -> Look:
        processes = list(self._processes())
        return Look(
            memory={name: process.memory_info().rss / 1e6 for name, process in processes},
            files=sum(process.num_fds() for _, process in processes),
            connections=self._connections(),
        )

    def _processes(self) -> Iterator[tuple[str, psutil.Process]]:
        """Yield the site's own processes by name and id; the database's are told by the connections."""
        for process in psutil.Process(self.site.process.pid).children(recursive=True):
            words = " ".join(process.cmdline())
            if process.name().startswith(("python", "gunicorn")):
                yield f"{'web' if 'gunicorn' in words else 'tasks'} {process.pid}", process

    def _connections(self) -> int:
        lines = (self.site.data_dir / "postgres" / "postmaster.pid").read_text().splitlines()
        count = "SELECT count(*) FROM pg_stat_activity WHERE datname = 'hindcast'"
        with psycopg.connect(host=lines[4], port=lines[3], user="postgres", dbname="hindcast") as connection:
            row = connection.execute(count).fetchone()
        return int(row[0]) if row else 0


def _mean(looks: list[Look]) -> Look:
    """Return the mean of what was seen; of processes, those that are in the last look."""
    return Look(
        memory={
            name: _average([look.memory[name] for look in looks if name in look.memory])
            for name in looks[-1].memory
        },
        files=round(_average([look.files for look in looks])),
        connections=max(look.connections for look in looks),
    )


def _average(values: list[float] | list[int]) -> float:
    return sum(values) / len(values)

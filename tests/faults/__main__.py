"""`make faults`: do everything to a running site that should not happen, and print what came of it."""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from tests.faults import scenarios
from tests.faults.harness import COMPILER, standing, standing_by_a_clock
from tests.faults.workloads import FETCH, IMPORT, REPORT, SWEEP, TRAINING

WORKS = (FETCH, IMPORT, TRAINING, SWEEP, REPORT)
DISK = 1_000_000_000
"""Bytes of the small disk."""


def main() -> int:
    """Run the trials whose name holds the words asked for; return 1 when one went badly."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("words", nargs="*", help="run only the faults whose name holds one of these")
    words = parser.parse_args().words
    failed = 0
    print("| fault | outcome | pages meanwhile | well after |\n|---|---|---|---|")
    with tempfile.TemporaryDirectory(prefix="faults-") as folder:
        for name, trial in _trials(Path(folder)):
            if not words or any(word in name for word in words):
                failed += not _reported(name, trial)
    return min(failed, 1)


def _trials(folder: Path) -> Iterator[tuple[str, scenarios.Trial]]:
    yield "two migrations at once", partial(scenarios.two_migrations, folder / "twice")
    with standing(folder / "var") as stand:
        for number, (victim, work) in enumerate(
            (victim, work) for victim in scenarios.VICTIMS for work in WORKS
        ):
            yield (
                f"kill -9 of {victim} during {work.name}",
                partial(scenarios.killed_during, stand, victim, work, number),
            )
        yield "the database is slow", partial(scenarios.locked_database, stand)
        yield "the database is out of connections", partial(scenarios.no_connection_left, stand)
        yield "every job is delivered again", partial(scenarios.delivered_again, stand)
    yield from _of_the_clock(folder / "clocked")
    if os.geteuid():
        print("| the disk is full | not tried: a small disk is mounted by root alone | | |")
        return
    with _small_disk(folder / "small") as disk, standing(disk / "var") as stand:
        yield "the disk is full during import", partial(scenarios.full_disk, stand)


def _of_the_clock(folder: Path) -> Iterator[tuple[str, scenarios.Trial]]:
    if COMPILER is None:
        print("| the clock jumps | not tried: the clock that can be set is made by a C compiler | | |")
        return
    with standing_by_a_clock(folder) as (stand, clock):
        for number, hours in enumerate((5, -5, 0), start=900):
            name = f"the clock jumps to {hours:+d} h of the true time"
            yield name, partial(scenarios.clock_jumps, stand, clock, hours, number)


@contextmanager
def _small_disk(folder: Path) -> Iterator[Path]:
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK},mode=755", "tmpfs", str(folder)], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def _reported(name: str, trial: scenarios.Trial) -> bool:
    """Run one trial and print its line; return whether it went well."""
    began = time.monotonic()
    try:
        outcome = trial()
    except Exception as error:  # noqa: BLE001 - the table tells it, and the others follow
        said = " ".join(str(error).split())[-400:].replace("|", "/")
        print(
            f"| {name} | **failed**: {type(error).__name__}: {said} | | {time.monotonic() - began:.0f} s |",
            flush=True,
        )
        return False
    print(f"| {name} | {outcome.words} | {outcome.seen} | {outcome.seconds:.1f} s |", flush=True)
    return True


if __name__ == "__main__":
    sys.exit(main())

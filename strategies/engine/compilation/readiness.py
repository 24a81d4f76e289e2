"""Whether the compiled kernels can be used now, and making them ready outside of requests.

Compiling takes seconds, and reading what was compiled from disk a fraction of one. So a process starts
to get them ready in the background at their first use, and computes by other ways meanwhile.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fcntl import LOCK_EX, flock
from os import environ, getpid, sched_getaffinity
from pathlib import Path
from threading import Lock, Thread
from typing import Any

logger = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Kernels:
    """The modules with compiled functions; importing them loads numba, so nothing else does.

    loops: of cells, see `sweep.compiled`; tables: of a market, see `sweep.tables`;
    averaging: of lines, see `sweep.averaging`; splits: of cross-validation, see `evidence.splits`.
    """

    loops: Any
    tables: Any
    averaging: Any
    splits: Any


@dataclass(frozen=True, kw_only=True)
class CustomKernels:
    """Those of custom rules, which are ready after the others.

    book: of one rule, see `language.book`; cells: of many, see `sweep.kernels.custom_cells`.
    """

    book: Any
    cells: Any


_lock = Lock()
_ready: list[Kernels] = []
_custom_ready: list[CustomKernels] = []
_threads: dict[int, Thread] = {}
"""By process, since a thread does not survive a fork."""


def compiled() -> Kernels | None:
    """Return the kernels, or None while they are not ready."""
    if not _ready:
        _start()
    return _ready[0] if _ready else None


def compiled_custom() -> CustomKernels | None:
    """Return the kernels of custom rules, or None while they are not ready."""
    if not _custom_ready:
        _start()
    return custom_at_hand()


def custom_at_hand() -> CustomKernels | None:
    """Return the kernels of custom rules where they are ready; one run alone asks for none."""
    return _custom_ready[0] if _custom_ready else None


def wait(*, at_most: float | None = None) -> None:
    """Return when the kernels are ready, or cannot be, or after `at_most` seconds."""
    if not (_ready and _custom_ready):
        _start().join(at_most)


def cores() -> int:
    """Return how many cores this process may use; compiled functions and NumPy's run in threads."""
    return len(sched_getaffinity(0))


def _start() -> Thread:
    with _lock:
        process = getpid()
        if process not in _threads:
            _threads[process] = Thread(target=_warm, name="warm-kernels", daemon=True)
            _threads[process].start()
        return _threads[process]


def _warm() -> None:
    """Load the kernels and let each compute something small, so that all they need is compiled."""
    try:
        with _one_process_at_a_time():
            _ready.append(_warmed())
            _custom_ready.append(_warmed_custom())
    except Exception:
        logger.exception("the kernels cannot be compiled; sweeps stay slower")


def _warmed() -> Kernels:
    from strategies.engine.statistics import cscv_kernel
    from strategies.engine.sweep.kernels import cells, moving_averages, range_tables

    cells.warm()
    cscv_kernel.warm()
    return Kernels(loops=cells, tables=range_tables, averaging=moving_averages, splits=cscv_kernel)


def _warmed_custom() -> CustomKernels:
    from strategies.engine.sweep.kernels import book, custom_cells

    custom_cells.warm()
    return CustomKernels(book=book, cells=custom_cells)


@contextmanager
def _one_process_at_a_time() -> Iterator[None]:
    """Let one process compile, and the others read what it compiled."""
    folder = environ.get("NUMBA_CACHE_DIR")
    if folder is None:
        yield
        return
    Path(folder).mkdir(parents=True, exist_ok=True)
    with (Path(folder) / "lock").open("w") as file:
        flock(file, LOCK_EX)
        yield

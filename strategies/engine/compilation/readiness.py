"""Tell whether this process has loaded the compiled kernels, and how many cores may run them.

This module knows no kernel: `kernel_loader` loads them all and says so here.
"""

from os import sched_getaffinity
from threading import Event

_loaded = Event()


def are_kernels_loaded() -> bool:
    """Return whether the kernels are compiled and loaded; until then they compile when first called."""
    return _loaded.is_set()


def mark_kernels_loaded() -> None:
    """Record that the kernels are loaded."""
    _loaded.set()


def cores() -> int:
    """Return how many cores this process may use; compiled functions and NumPy's run in threads."""
    return len(sched_getaffinity(0))

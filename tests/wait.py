"""Waiting for what happens beside a test."""

import time
from collections.abc import Callable

PATIENCE = 120.0
"""Seconds that a test waits for what must happen; on an idle machine it takes a few."""


def wait_until(true: Callable[[], bool], what: str, *, within: float = PATIENCE) -> float:
    """Wait for something that must become true, and return how many seconds that took."""
    began = time.monotonic()
    while not true():
        assert time.monotonic() - began < within, f"{what} did not happen within {within:g} seconds"
        time.sleep(0.2)
    return time.monotonic() - began

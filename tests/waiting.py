"""Waiting for what happens beside a test."""

import time
from collections.abc import Callable

PATIENCE = 120.0
"""Seconds that a test waits for what must happen; on an idle machine it takes a few."""


def wait_until(true: Callable[[], bool], what: str) -> None:
    """Wait for something that must become true."""
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline, f"{what} did not happen within {PATIENCE:g} seconds"
        time.sleep(0.2)

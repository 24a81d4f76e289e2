"""Check in the background whether the database responds at all.

A frozen server keeps its connections and never responds: a request that queries it waits without end, a
health check too. A thread of each web process queries it every few seconds; while a response is overdue,
`/readyz` says so without a query of its own.
"""

import threading
import time
from contextlib import suppress

from django.db import Error, connection

ASKS_EVERY = 2.0
OVERDUE_AFTER = 3.0
"""Seconds; less than the five after which load balancers give up a health check."""


class DatabaseWatch:
    """Asks the database again and again in a thread of its own, and knows since when it waits."""

    def __init__(self) -> None:
        self._asked_at: float | None = None

    @property
    def is_overdue(self) -> bool:
        """Whether the last query has been without a response for too long."""
        asked_at = self._asked_at
        return asked_at is not None and time.monotonic() - asked_at > OVERDUE_AFTER

    def start(self) -> None:
        """Begin to watch, until the process ends."""
        threading.Thread(target=self._watch, name="database watch", daemon=True).start()

    def ask(self) -> None:
        """Send the database a trivial query; an error is a response too."""
        self._asked_at = time.monotonic()
        with suppress(Error):
            connection.ensure_connection()
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")
        self._asked_at = None

    def _watch(self) -> None:
        while True:
            self.ask()
            connection.close_if_unusable_or_obsolete()
            time.sleep(ASKS_EVERY)


watch = DatabaseWatch()
"""The one of this process; without `start` it says nothing."""

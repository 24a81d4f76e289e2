"""gunicorn's threaded worker, which does not wait for ever for a request that drips in.

A thread reads a request from its first byte to its last, and gunicorn sets no bound to that: a few dozen
clients that send a byte now and then would hold every thread of a site, and its health checks with them. A
proxy in front holds such clients off too, but not every site has one.
"""

import socket
import threading
import time
from contextlib import suppress
from typing import Any

from gunicorn.workers.gthread import ThreadWorker

HEAD_WITHIN = 10.0
"""Seconds for the headers of a request."""

LEAST_RATE = 50_000
"""Bytes a second at which a body must come: a file of 20 MB within seven minutes."""

LONGEST = 600.0
"""Seconds for any body."""

LOOKS_EVERY = 1.0


class BoundedWorker(ThreadWorker):  # type: ignore[misc]  # the library has no types
    """Stops reading from a client that takes longer for its request than an honest one does."""

    def init_process(self) -> None:
        """Start the watch beside the worker's own loop."""
        self._deadlines: dict[socket.socket, float] = {}
        threading.Thread(target=self._watch, name="slow clients", daemon=True).start()
        super().init_process()

    def handle(self, conn: Any) -> Any:
        """Read a request and answer it, in a thread of its own."""
        self._deadlines[conn.sock] = time.monotonic() + HEAD_WITHIN
        try:
            return super().handle(conn)
        finally:
            self._deadlines.pop(conn.sock, None)

    def handle_request(self, req: Any, conn: Any) -> Any:
        """Answer a request whose headers are there."""
        lengths = (int(value) for name, value in req.headers if name == "CONTENT-LENGTH")
        allowed = HEAD_WITHIN + next(lengths, 0) / LEAST_RATE
        self._deadlines[conn.sock] = time.monotonic() + min(allowed, LONGEST)
        return super().handle_request(req, conn)

    def _watch(self) -> None:
        while True:
            time.sleep(LOOKS_EVERY)
            now = time.monotonic()
            for client, deadline in list(self._deadlines.items()):
                if deadline < now:
                    # Reading ends at once, as at the end of the request; an answer under way still goes out.
                    with suppress(OSError):
                        client.shutdown(socket.SHUT_RD)

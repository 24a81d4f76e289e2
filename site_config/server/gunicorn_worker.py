"""gunicorn's threaded worker, which does not wait for ever for clients that send or read slowly.

A thread reads a request from its first byte to its last and writes its response, and gunicorn sets no bound
to either: a few dozen slow clients would hold every thread of a site, and its health checks with them. A
proxy in front holds such clients off too, but not every site has one.
"""

import threading
import time
from typing import Any

from gunicorn.workers.gthread import ThreadWorker

from site_config.server import slow_clients

HEAD_WITHIN = 10.0
"""Seconds for the headers of a request, and as many again for a body that the application does not bound."""

LOOKS_EVERY = 1.0


class BoundedWorker(ThreadWorker):  # type: ignore[misc]  # the library has no types
    """Lets go of a client that takes longer for a request or its response than an honest one does."""

    def init_process(self) -> None:
        """Start the watch beside the worker's own loop."""
        threading.Thread(target=_watch, name="slow clients", daemon=True).start()
        super().init_process()

    def handle(self, conn: Any) -> Any:
        """Read and handle a request in a thread of its own."""
        slow_clients.expect(conn.sock, within=HEAD_WITHIN)
        try:
            return super().handle(conn)
        finally:
            slow_clients.forget(conn.sock)

    def handle_request(self, req: Any, conn: Any) -> Any:
        """Handle a request whose headers have arrived."""
        slow_clients.expect(conn.sock, within=HEAD_WITHIN)
        return super().handle_request(req, conn)


def _watch() -> None:
    while True:
        time.sleep(LOOKS_EVERY)
        slow_clients.let_go_of_the_slow()

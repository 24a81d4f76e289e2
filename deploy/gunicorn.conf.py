"""gunicorn's configuration."""

import logging
import os
from pathlib import Path
from threading import Thread

SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - gunicorn's own advice; only heartbeats go there

bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
# A backtest takes milliseconds and a report a second, so threads serve what waits for the database.
threads = 4
timeout = 60
graceful_timeout = 20
# Recycling bounds what a leak in any library can cost.
max_requests = 5000
max_requests_jitter = 500
# Heartbeats in memory: on a slow disk they would stall the workers.
worker_tmp_dir = str(SHARED_MEMORY) if SHARED_MEMORY.is_dir() else None
errorlog = "-"
loglevel = "warning"


def when_ready(server):
    """Say where the site is, once the port is open."""
    print(f"\n  Hindcast is ready at http://localhost:{os.environ.get('PORT', '8000')}\n", flush=True)


def post_worker_init(worker):
    """Load the printer of reports beside the first requests, which do not wait for it."""
    Thread(target=_warm_up, name="warm-up", daemon=True).start()


def _warm_up():
    try:
        from dashboard.reports import warm_up  # the settings are loaded by now

        warm_up()
    except Exception:  # a site that cannot print still serves its pages
        logging.getLogger("hindcast").exception("The printer of reports could not be loaded.")

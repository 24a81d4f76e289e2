"""gunicorn's configuration: what each setting is for, and what it was measured with."""

import os
import signal
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))  # gunicorn adds the working directory only after it has read this file

from site_config.environment import Environment  # noqa: E402
from site_config.server import draining  # noqa: E402

SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - gunicorn's own advice; only heartbeats go there
ENVIRONMENT = Environment()

bind = f"{ENVIRONMENT.host}:{ENVIRONMENT.port}"
# One process a core: the work is computation, and a process holds 300 to 600 MB.
workers = ENVIRONMENT.web_concurrency
# A backtest takes milliseconds and a report a second, so threads serve what waits for the database.
worker_class = "site_config.server.gunicorn_worker.BoundedWorker"
# A thread for each request that is worked on or waits its turn, for each whose body is being received
# (site_config/middleware/request_bodies.py: 16 and 2 files), and two for health checks.
threads = max(4, ENVIRONMENT.requests_at_once + ENVIRONMENT.requests_waiting + 18 + 2)
# No header of a request says where the site begins: a client could write it as well as a proxy.
forwarder_headers = ""
# A worker that answers nothing for this long is hung and is replaced.
timeout = 60
# What runs when the server is told to stop may take this long; the supervisor must wait longer still.
graceful_timeout = 20
# Longer than the 60 s that AWS's load balancer keeps a connection: the side that opened it closes it first.
keepalive = 75
# Connections that wait while all threads are busy; beyond that the proxy holds them.
backlog = 256
# Recycling bounds what a leak in any library can cost. While a process starts anew, the others carry its
# load, so it is rare.
max_requests = 50_000
max_requests_jitter = 10_000
# Heartbeats in memory: on a slow disk they would stall the workers.
worker_tmp_dir = str(SHARED_MEMORY) if SHARED_MEMORY.is_dir() else None
errorlog = "-"
loglevel = "warning"


# A statement that takes longer, or waits longer for a lock, ends with a message instead of a hung page; the
# background worker has no such bounds.
os.environ.setdefault("PGOPTIONS", "-c statement_timeout=20s -c lock_timeout=10s")
os.environ.setdefault("PGCONNECT_TIMEOUT", "5")


def on_starting(server):
    """Forget what earlier processes measured."""
    for file in _measurements().glob("*.db"):
        file.unlink(missing_ok=True)


def child_exit(server, worker):
    """Keep the counts of a process that ended, and let go of its momentary values."""
    if ENVIRONMENT.metrics_token is not None:
        from prometheus_client.multiprocess import mark_process_dead

        mark_process_dead(worker.pid, str(_measurements()))


def _measurements():
    return ENVIRONMENT.data_dir / "measurements"


def when_ready(server):
    """On SIGTERM answer `/readyz` with 503 for a while, still serving; only then stop as gunicorn does."""
    stop = signal.getsignal(signal.SIGTERM)

    def drain(number, frame):
        if ENVIRONMENT.drain_seconds == 0 or draining.has_begun():
            stop(signal.SIGTERM, frame)
            return
        draining.begin()
        signal.signal(signal.SIGALRM, lambda *_: stop(signal.SIGTERM, None))
        signal.setitimer(signal.ITIMER_REAL, ENVIRONMENT.drain_seconds)

    signal.signal(signal.SIGTERM, drain)


def post_worker_init(worker):
    """Load everything before the process takes its first connection; then say where the site is, once."""
    from site_config.observability import database_watch
    from site_config.server.warmup import warm_up

    warm_up(sign_of_life=worker.notify)
    database_watch.watch.start()
    if worker.age == 1:
        print(f"\n  Hindcast is ready at http://localhost:{ENVIRONMENT.port}\n", flush=True)

"""The sign of life of a running job, given beside its work, however long one step of it takes."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import Error, connection
from django.utils import timezone

from jobs.models import LEASE, Job, JobState

BEATS_IN_A_LEASE = 4


@contextmanager
def beating(job: Job) -> Iterator[None]:
    """Renew the lease of `job` until the block ends; a worker that dies takes the heartbeat with it."""
    stop = threading.Event()
    thread = threading.Thread(target=_beat, args=(job, stop), name=f"heartbeat {job.pk}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _beat(job: Job, stop: threading.Event) -> None:
    ours = Job.objects.filter(pk=job.pk, state=JobState.RUNNING, attempts=job.attempts)
    while not stop.wait(LEASE.total_seconds() / BEATS_IN_A_LEASE):
        try:
            ours.update(heartbeat=timezone.now())
        except Error:
            pass  # the database is away; the next beat tries over a new connection
        finally:
            connection.close()

"""What the workers do for the queue itself."""

from datetime import timedelta

from jobs.periodic import periodic
from jobs.queueing import call_workers

periodic("call_workers", every=timedelta(seconds=5))(call_workers)

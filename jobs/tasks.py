"""What the workers do for the queue itself."""

from datetime import timedelta

from jobs.budgets import remove_full_buckets
from jobs.periodic import periodic
from jobs.queueing import call_workers
from jobs.workers import BEATS_EVERY, beat

periodic("call_workers", every=timedelta(seconds=5))(call_workers)
periodic("beat", every=BEATS_EVERY)(beat)
periodic("remove_full_buckets", every=timedelta(hours=6))(remove_full_buckets)

"""What the workers do for the queue itself."""

from datetime import timedelta

from core.rate_limits import remove_full_buckets
from jobs.periodic import periodic
from jobs.queue import call_workers
from jobs.worker.liveness import HEARTBEAT_INTERVAL, record_heartbeat

periodic("call_workers", every=timedelta(seconds=5))(call_workers)
periodic("beat", every=HEARTBEAT_INTERVAL)(record_heartbeat)
periodic("remove_full_buckets", every=timedelta(hours=6))(remove_full_buckets)

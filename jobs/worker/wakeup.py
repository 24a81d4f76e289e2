"""Notify workers of queued jobs by a message through django-q2's broker.

Messages carry no job id; a worker always claims the most urgent due job. Lost or duplicate messages are
therefore harmless, and `notify_workers` sends missing ones.
"""

import logging

from django.conf import settings
from django.db import transaction
from django_q.brokers import Broker, get_broker
from django_q.tasks import async_task

logger = logging.getLogger(__name__)

CALLED_AT_ONCE = 32
"""Messages for the pieces of large work: more than workers have hands, and quickly written."""


class BrokerAway(Exception):
    """Raised by a broker that does not respond, so that no worker was notified."""


def notify_worker() -> None:
    """Call a worker for a job that this transaction writes.

    A message in PostgreSQL is written in the same transaction. Another broker gets it after the commit, as a
    worker that came before would find nothing; where it is away, the workers find the job by themselves.
    """
    if settings.TASK_BROKER_URL is None:
        notify_via(get_broker())
    else:
        transaction.on_commit(_call_if_possible)


def notify_workers(due: int) -> None:
    """Call a worker for each of so many due jobs that has no message yet."""
    broker = get_broker()
    try:
        for _ in range(due - broker.queue_size()):
            notify_via(broker)
    except BrokerAway as away:
        logger.warning("%s", away)


def notify_via(broker: Broker) -> None:
    """Call a worker through this broker; raises BrokerAway."""
    async_task("jobs.worker.run.run_next", task_name="next job", broker=broker)


def _call_if_possible() -> None:
    try:
        notify_via(get_broker())
    except BrokerAway as away:
        logger.warning("%s", away)

"""Redis as the broker of background work, which may be away without a job being lost or left."""

import logging
import time

import redis
from django.db import close_old_connections, transaction
from django_q.brokers import Broker, redis_broker
from django_q.conf import Conf
from redis.backoff import NoBackoff
from redis.retry import Retry

from jobs.models import Job
from jobs.worker.wakeup import BrokerAway, notify_via

logger = logging.getLogger(__name__)

CONNECTS_WITHIN = 1.0
ANSWERS_WITHIN = 3.0
"""Seconds; longer than the second for which a worker waits for a message."""

AWAY = "Redis does not answer (%s): workers look for jobs by themselves, in the table of jobs."

Message = tuple[None, bytes | str]
"""django-q2's pair of what acknowledges a message, which Redis needs not, and the message."""


class RedisBroker(redis_broker.Redis):  # type: ignore[misc]  # the library has no types
    """django-q2's broker for Redis; while that is away, workers look for due jobs every `poll` seconds."""

    _is_away = False

    @staticmethod
    def get_connection(list_key: str | None = None) -> "redis.Redis":
        """Return a client that gives up soon, and tries once more where only its connection was old."""
        return redis.from_url(
            Conf.REDIS,
            socket_connect_timeout=CONNECTS_WITHIN,
            socket_timeout=ANSWERS_WITHIN,
            retry=Retry(NoBackoff(), 1),
        )

    def enqueue(self, task: str) -> int:
        """Send a message; raises BrokerAway."""
        try:
            return int(super().enqueue(task))
        except redis.RedisError as error:
            raise BrokerAway(AWAY % error) from error

    def queue_size(self) -> int:
        """Return how many messages nobody has taken yet; raises BrokerAway."""
        try:
            return int(super().queue_size())
        except redis.RedisError as error:
            raise BrokerAway(AWAY % error) from error

    def dequeue(self) -> list[Message] | None:
        """Return the next message, after a second None; without Redis, one for each due job."""
        try:
            messages: list[Message] | None = super().dequeue()
        except redis.RedisError as error:
            if not self._is_away:
                logger.warning(AWAY, error)
            self._is_away = True
            return _messages_without_redis()
        if self._is_away:
            logger.warning("Redis answers again.")
        self._is_away = False
        return messages

    def ping(self) -> bool:
        """Return True: workers start with Redis or without it."""
        return True

    # The guard of the worker processes writes statistics twice a second and must not wait for Redis with
    # that: they stay in Django's cache, as with the broker in PostgreSQL.
    set_stat = Broker.set_stat
    get_stat = Broker.get_stat
    get_stats = Broker.get_stats


class _Aside(Broker):  # type: ignore[misc]  # the library has no types
    """Keeps messages for the process that asked for them."""

    def __init__(self) -> None:
        super().__init__()
        self.messages: list[Message] = []

    def enqueue(self, task: str) -> None:
        self.messages.append((None, task))


def _messages_without_redis() -> list[Message]:
    """Return a message for each due job, but no more than the workers of this host can take."""
    time.sleep(Conf.POLL)
    if transaction.get_autocommit():
        close_old_connections()  # the database may have been away since the last look
    aside = _Aside()
    for _ in range(min(Job.objects.due().count(), Conf.WORKERS)):
        notify_via(aside)
    return aside.messages

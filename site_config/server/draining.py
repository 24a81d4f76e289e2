"""Whether this web server is about to stop: `/readyz` says so before the port closes.

A load balancer that polls `/readyz` then sends new requests elsewhere, and none meets a closed port. The flag
lies in memory that gunicorn's master process shares with the workers it forks; gunicorn's configuration sets
it, the health check reads it.
"""

from mmap import mmap

_flag = mmap(-1, 1)


def begin() -> None:
    """Announce that this server accepts no new work."""
    _flag[0] = 1


def has_begun() -> bool:
    """Whether the server was told to stop."""
    return _flag[0] == 1


def end() -> None:
    """Take new work again."""
    _flag[0] = 0

"""The connections that a process has open, and which of them are too slow to be waited for."""

import fcntl
import socket
import struct
import sys
import termios
import time
from contextlib import suppress
from dataclasses import dataclass

LEAST_READ_RATE = 10_000
"""Bytes a second that a client must take of a response, over a window of time."""

WINDOW = 20.0
"""Seconds."""

_ACKNOWLEDGED = 120
"""Where Linux's `struct tcp_info` holds the bytes that the client acknowledged, as a 64-bit number."""


@dataclass
class _Client:
    deadline: float
    acknowledged: int = 0
    measured_at: float = 0.0


_clients: dict[socket.socket, _Client] = {}


def expect(client: socket.socket | None, *, within: float) -> None:
    """Give a client so many seconds from now for what it is to send next; None: there is no socket."""
    if client is None:
        return
    known = _clients.setdefault(client, _Client(deadline=0))
    known.deadline = time.monotonic() + within


def stop_reading(client: socket.socket | None) -> None:
    """Take nothing more from a client; a response still goes out."""
    if client is not None:
        with suppress(OSError):
            client.shutdown(socket.SHUT_RD)


def forget(client: socket.socket) -> None:
    """End the watch over a client whose request is over."""
    _clients.pop(client, None)


def let_go_of_the_slow() -> None:
    """Stop reading from clients past their deadline, and writing to those that take too little."""
    now = time.monotonic()
    for client, known in list(_clients.items()):
        if known.deadline < now:
            stop_reading(client)
        with suppress(OSError, ValueError):  # it may be closed by now
            if _reads_too_slowly(client, known, now):
                client.shutdown(socket.SHUT_RDWR)


def _reads_too_slowly(client: socket.socket, known: _Client, now: float) -> bool:
    """Whether a client took less than it should since the window began; a new window begins after each."""
    if sys.platform != "linux" or not _unsent(client):
        known.measured_at = 0.0
        return False
    if not known.measured_at:
        known.measured_at, known.acknowledged = now, _acknowledged(client)
        return False
    seconds = now - known.measured_at
    if seconds < WINDOW:
        return False
    taken = _acknowledged(client) - known.acknowledged
    known.measured_at, known.acknowledged = now, known.acknowledged + taken
    return taken < LEAST_READ_RATE * seconds


def _unsent(client: socket.socket) -> int:
    """Return how many bytes of the response the client has not acknowledged yet."""
    held = fcntl.ioctl(client, termios.TIOCOUTQ, b"\0\0\0\0")
    return int(struct.unpack("i", held)[0])


def _acknowledged(client: socket.socket) -> int:
    info = client.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _ACKNOWLEDGED + 8)
    return int(struct.unpack_from("Q", info, _ACKNOWLEDGED)[0])

"""A Redis server of one's own, which tests may kill."""

import shutil
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass, field

import redis

PROGRAM = shutil.which("redis-server")
READY_WITHIN = 20.0


@dataclass
class RedisServer:
    """A server on `port` that keeps nothing on disk, as a broker of wake-up calls need not."""

    port: int
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    @property
    def url(self) -> str:
        """Return its address, as TASK_BROKER_URL has it."""
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Start the server and wait until it answers."""
        assert PROGRAM is not None
        command = [
            PROGRAM,
            "--bind",
            "127.0.0.1",
            "--port",
            str(self.port),
            "--save",
            "",
            "--appendonly",
            "no",
        ]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + READY_WITHIN
        while time.monotonic() < deadline:
            with suppress(redis.ConnectionError), redis.from_url(self.url) as client:
                client.ping()
                return
            time.sleep(0.1)
        raise AssertionError("redis-server did not start")

    def kill(self) -> None:
        """Kill the server, with all that it holds."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def messages(self) -> int:
        """Return how many messages wait in the queue of Hindcast's workers."""
        with redis.from_url(self.url) as client:
            return int(client.llen("django_q:hindcast:q"))

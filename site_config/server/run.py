"""`make run`: prepare the database, then run the Procfile's processes until Ctrl-C.

Made for one machine. In production each process of the Procfile has a supervisor of its own.
"""

import fcntl
import os
import shlex
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from threading import Event

from site_config.database.embedded_postgres.server import start_server
from site_config.environment import BASE_DIR, Environment

SECONDS_TO_FINISH = 15
SECOND_SITE = "Give a second site a port and a folder of its own: make run PORT=8001 DATA_DIR=var-2"
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""Ctrl-C, a supervisor's wish, and a closed terminal: all mean the same."""


def main() -> int:
    """Serve until told to stop; return the exit status."""
    environment = Environment()
    if not _port_is_free(environment.port):
        sys.stderr.write(f"Port {environment.port} is in use. {SECOND_SITE}\n")
        return 1
    environment.data_dir.mkdir(parents=True, exist_ok=True)
    with (environment.data_dir / "serving").open("w") as marker:
        try:
            fcntl.flock(marker, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            sys.stderr.write(f"Hindcast already runs on {environment.data_dir}. {SECOND_SITE}\n")
            return 1
        return _serve(environment)


def _serve(environment: Environment) -> int:
    stop = Event()
    for number in STOP_SIGNALS:
        signal.signal(number, lambda *_: stop.set())
    # This process keeps the embedded server up from the first step to the last.
    server = (
        start_server(environment.data_dir, stops_by_itself=False) if environment.embeds_database else None
    )
    try:
        failed = _prepare(environment)
        if failed or stop.is_set():
            return 0 if stop.is_set() else failed
        return _run_processes(environment, stop)
    finally:
        if server is not None:
            # A server that was killed and started again by another process is not the one of the handle.
            start_server(environment.data_dir, stops_by_itself=False).stop()


def _prepare(environment: Environment) -> int:
    """Bring everything up to date; return the exit status of the step that failed, otherwise 0."""
    # The kernels of sweeps are compiled beside the other steps: the first request must not wait for them.
    with _command("warm_kernels") as compiling:
        failed = _prepare_database_and_files(environment)
        if failed:
            compiling.terminate()
        return failed or compiling.wait()


def _prepare_database_and_files(environment: Environment) -> int:
    steps = [["prepare"]]
    if not environment.opens_to_local_user:
        # The local user's files come straight from their folders; others get hashed and compressed ones.
        steps.append(["collectstatic", "--noinput", "--verbosity", "0"])
    for step in steps:
        with _command(*step) as running:
            if running.wait():
                return running.returncode
    return 0


def _command(*words: str) -> "subprocess.Popen[bytes]":
    """Start one of our management commands."""
    return subprocess.Popen([sys.executable, "manage.py", *words], cwd=BASE_DIR)  # noqa: S603 - our own


def _port_is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _run_processes(environment: Environment, stop: Event) -> int:
    """Run web server and worker until `stop` is set or one of them ends; then end the other too."""
    variables = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PORT": str(environment.port),
        "PYTHONUNBUFFERED": "1",
    }
    processes = [
        # A session of its own keeps the terminal's Ctrl-C from the children: they are told in order.
        subprocess.Popen(command, cwd=BASE_DIR, env=variables, start_new_session=True)  # noqa: S603 - our own
        for command in _commands(BASE_DIR / "Procfile")
    ]
    while not stop.wait(0.2) and all(process.poll() is None for process in processes):
        pass
    ended = [process.returncode for process in processes if process.returncode is not None]
    _end(processes)
    return 0 if stop.is_set() else next(filter(None, ended), 1)


def _commands(procfile: Path) -> list[list[str]]:
    """Return the commands of a Procfile, a line each: `name: command`."""
    return [shlex.split(line.partition(":")[2]) for line in procfile.read_text().splitlines() if ":" in line]


def _end(processes: list[subprocess.Popen[bytes]]) -> None:
    """Let each process finish what it does; after a while, kill what is left of it.

    The signal goes to the leader alone: django-q2's cluster hangs for ever when its children get it too.
    """
    for process in processes:
        process.terminate()
    deadline = time.monotonic() + SECONDS_TO_FINISH
    for process in processes:
        with suppress(subprocess.TimeoutExpired):
            process.wait(max(0, deadline - time.monotonic()))
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


if __name__ == "__main__":
    sys.exit(main())

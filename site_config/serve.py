"""`make run`: prepare the database, then run the Procfile's processes until Ctrl-C.

Made for one machine. In production each process of the Procfile has a supervisor of its own.
"""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

from honcho.environ import parse_procfile
from honcho.manager import Manager

from site_config.embedded_postgres.server import start_server
from site_config.environment import BASE_DIR, Environment

ENDED_BY_CTRL_C = 130


def main() -> int:
    """Serve until told to stop; return the exit status."""
    environment = Environment()
    if not _port_is_free(environment.port):
        sys.stderr.write(f"Port {environment.port} is in use. Choose another: make run PORT=8001\n")
        return 1
    # This process keeps the embedded server up from the first step to the last.
    server = start_server(environment.data_dir) if environment.embeds_database else None
    try:
        subprocess.run([sys.executable, "manage.py", "prepare"], cwd=BASE_DIR, check=True)
        return _run_processes(environment)
    except subprocess.CalledProcessError as error:
        return error.returncode
    except KeyboardInterrupt:
        return 0
    finally:
        if server is not None:
            server.stop()


def _port_is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _run_processes(environment: Environment) -> int:
    """Run web server and worker; when one ends, or on Ctrl-C, end the other too."""
    variables = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PORT": str(environment.port),
        "PYTHONUNBUFFERED": "1",
    }
    manager = Manager()
    for name, command in parse_procfile((BASE_DIR / "Procfile").read_text()).processes.items():
        manager.add_process(name, command, env=variables, cwd=str(BASE_DIR))
    # A closed terminal ends the run as Ctrl-C does.
    signal.signal(signal.SIGHUP, lambda *_: os.kill(os.getpid(), signal.SIGTERM))
    manager.loop()
    return 0 if manager.returncode == ENDED_BY_CTRL_C else int(manager.returncode or 0)


if __name__ == "__main__":
    sys.exit(main())

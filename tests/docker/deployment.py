"""docker-compose.yml, run for real under a name, a port and an environment of its own."""

import json
import os
import pty
import select
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from site_config.environment import BASE_DIR
from tests.site import free_port
from tests.wait import PATIENCE, wait_until

READY_WITHIN = 240
HANDED_ON = ("PATH", "HOME", "HINDCAST_IMAGE", "HINDCAST_PROXY_IMAGE", "HINDCAST_REDIS_IMAGE")
"""An image that is named is tested as it is; otherwise it is built."""

COMPOSE_FILES = ("docker-compose.yml", "tests/docker/compose.yml")
WITH_REDIS = "deploy/compose/redis.yml"


@dataclass(frozen=True)
class Deployment:
    """A running composition; `address` is its site, `provider` the stand-in for the market data provider."""

    name: str
    environment: dict[str, str]
    address: str
    provider: str

    def run(self, *command: str, check: bool = True, timeout: float = 600) -> str:
        """Run a command with the composition's environment; return what it wrote to its output."""
        done = subprocess.run(
            command,
            cwd=BASE_DIR,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )
        if check and done.returncode:
            raise AssertionError(f"{' '.join(command)} failed:\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}")
        return done.stdout

    def compose(self, *arguments: str, check: bool = True) -> str:
        """Run `docker compose` with these arguments."""
        return self.run("docker", "compose", *arguments, check=check)

    def manage(self, *arguments: str) -> str:
        """Run `manage.py` inside a web container, as the README says."""
        return self.compose(
            "exec", "--no-TTY", "--index", self._first_index("web"), "web", "python", "manage.py", *arguments
        )

    def manage_by_keyboard(self, *arguments: str, answers: Mapping[str, str]) -> str:
        """Run `manage.py` at a terminal, typing each answer to its question; return what the screen shows."""
        index = self._first_index("web")
        keyboard, terminal = pty.openpty()
        process = subprocess.Popen(
            ["docker", "compose", "exec", "--index", index, "web", "python", "manage.py", *arguments],
            cwd=BASE_DIR,
            env=self.environment,
            stdin=terminal,
            stdout=terminal,
            stderr=terminal,
            start_new_session=True,
        )
        os.close(terminal)
        screen = ""
        try:
            for question, answer in answers.items():
                screen += _read_until(keyboard, question)
                os.write(keyboard, f"{answer}\n".encode())
            screen += _read_until(keyboard, None)
            assert process.wait(PATIENCE) == 0, screen
        finally:
            process.kill()
            os.close(keyboard)
        return screen

    def containers(self, service: str) -> list[str]:
        """Return the identifiers of the service's running containers."""
        return self.compose("ps", "--quiet", service).split()

    def inspect(self, container: str) -> dict[str, Any]:
        """Return what the engine knows of a container."""
        (facts,) = json.loads(self.run("docker", "inspect", container))
        return dict(facts)

    def get(self, path: str, **arguments: Any) -> requests.Response:
        """Ask the site."""
        return requests.get(f"{self.address}{path}", timeout=60, **arguments)

    def post(self, path: str, **arguments: Any) -> requests.Response:
        """Send something to the site."""
        return requests.post(f"{self.address}{path}", timeout=60, **arguments)

    def jobs(self, condition: str) -> int:
        """Return how many jobs fulfil this condition of SQL."""
        return int(self.query(f"select count(*) from jobs_job where {condition}")[0])

    def cut_off(self, container: str) -> None:
        """Take a container from the network, as a failing switch does."""
        self.run("docker", "network", "disconnect", self._network, container)

    def connect(self, container: str) -> None:
        """Bring a container back to the network."""
        self.run("docker", "network", "connect", self._network, container)

    def query(self, statement: str) -> list[str]:
        """Return the lines that PostgreSQL answers, columns separated by `|`."""
        user, database = (self.environment[name] for name in ("POSTGRES_USER", "POSTGRES_DB"))
        answer = self.compose(
            "exec", "--no-TTY", "db", "sh", "-c",
            f'PGPASSWORD="$POSTGRES_PASSWORD" psql -h 127.0.0.1 -U {user} -d {database} -Atc "{statement}"',
        )  # fmt: skip
        return answer.splitlines()

    @property
    def _network(self) -> str:
        return f"{self.environment['COMPOSE_PROJECT_NAME']}_default"

    def _first_index(self, service: str) -> str:
        facts = self.inspect(self.containers(service)[0])
        return str(facts["Config"]["Labels"]["com.docker.compose.container-number"])


@contextmanager
def deployed(name: str, folder: Path, *more_files: str, **variables: str) -> Iterator[Deployment]:
    """Start the composition with one web and one worker container; remove it all in the end.

    more_files: compose files that change it. variables: of its environment.
    """
    port, provider_port = free_port(), free_port()
    secrets = folder / "secrets.env"
    subprocess.run([BASE_DIR / "deploy/compose/make-env", secrets], check=True, capture_output=True)
    environment = {
        **{key: os.environ[key] for key in HANDED_ON if key in os.environ},
        **dict(line.split("=", 1) for line in secrets.read_text().split()),
        "COMPOSE_PROJECT_NAME": f"hindcast-test-{name}",
        "COMPOSE_FILE": os.pathsep.join((*COMPOSE_FILES, *more_files)),
        "COMPOSE_PROGRESS": "quiet",
        "POSTGRES_USER": "hindcast",
        "POSTGRES_DB": "hindcast",
        "LOCAL_USER": "True",
        "PORT": str(port),
        "PROVIDER_PORT": str(provider_port),
        "ALPHA_VANTAGE_API_KEY": "KeyOfTheTests",
        "ALPHA_VANTAGE_BASE_URL": "http://provider:8080/query",
        "ALPHA_VANTAGE_ALLOW_PRIVATE": "True",
        "ALPHA_VANTAGE_REQUESTS_PER_DAY": "0",
        # The load is meant; the limits for each user have tests of their own.
        "RUNS_PER_MINUTE": "100000",
        "API_REQUESTS_PER_MINUTE": "100000",
        **variables,
    }
    deployment = Deployment(
        name, environment, f"http://127.0.0.1:{port}", f"http://127.0.0.1:{provider_port}"
    )
    try:
        given = os.environ.get("HINDCAST_IMAGE")
        deployment.compose("up", "--detach", "--no-build" if given else "--build")
        wait_until(lambda: _is_ready(deployment), "a ready site", within=READY_WITHIN)
        yield deployment
    finally:
        deployment.compose("down", "--volumes", "--remove-orphans", "--timeout", "5", check=False)


def _read_until(terminal: int, text: str | None) -> str:
    """Return what comes from a terminal up to `text`, or all of it."""
    screen = ""
    while text is None or text not in screen:
        assert select.select([terminal], [], [], PATIENCE)[0], f"No {text!r} after {screen!r}"
        try:
            screen += os.read(terminal, 4096).decode(errors="replace")
        except OSError:  # Linux says so when the other end is closed
            assert text is None, f"No {text!r} in {screen!r}"
            break
    return screen


def _is_ready(deployment: Deployment) -> bool:
    try:
        return deployment.get("/readyz").ok
    except requests.ConnectionError:
        return False

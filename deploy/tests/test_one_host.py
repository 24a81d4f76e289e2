"""The pipeline of one host, over a real SSH server on this machine, with stand-ins for docker and curl."""

import getpass
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.commands import Commands

SSHD = shutil.which("sshd", path=f"{os.environ['PATH']}:/usr/sbin")
IMAGE = "docker.io/example/hindcast@sha256:" + 64 * "a"
PROXY = "docker.io/example/hindcast-proxy@sha256:" + 64 * "b"
BEFORE = "docker.io/example/hindcast@sha256:" + 64 * "0"
PROXY_BEFORE = "docker.io/example/hindcast-proxy@sha256:" + 64 * "1"
RELEASE_BEFORE = f"HINDCAST_IMAGE={BEFORE}\nHINDCAST_PROXY_IMAGE={PROXY_BEFORE}\n"
DOCKER = """
printf '%s\\n' "$HINDCAST_IMAGE" >>"$(dirname "$0")/images"
case "$*" in
  "compose ps -q "*) echo old ;;
  "compose ps --quiet web") {running} ;;
  "compose ps --format"*) echo healthy ;;
  *run*migrate) {migrate} ;;
esac
"""
ANSWERS = 'case "$*" in *instruments) printf 401 ;; *) printf 200 ;; esac'

pytestmark = pytest.mark.skipif(
    SSHD is None, reason="Install openssh-server (apt-get install openssh-server)."
)


@dataclass(frozen=True)
class Host:
    """An EC2 host as the pipeline sees it: an SSH server, a folder, and commands that note their calls."""

    port: int
    folder: Path
    commands: Commands
    private_key: str
    host_key: str

    def deploy(self, image: str = IMAGE, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run the pipeline's step against this host."""
        given = {
            "AWS_EC2_IP": "127.0.0.1",
            "AWS_SSH_PRIVATE_KEY": self.private_key,
            "HOST_KEY": self.host_key,
            "SSH_USER": getpass.getuser(),
            "SSH_PORT": str(self.port),
            "FOLDER": str(self.folder),
        }
        return self.commands.run("pipeline/to-one-host", image, PROXY, **(given | variables))

    def runs(self, images: str) -> None:
        """Let the host run a release."""
        (self.folder / ".release").write_text(images)

    @property
    def release(self) -> str:
        """Return what the host says that it runs."""
        return (self.folder / ".release").read_text().splitlines()[0]

    def docker(self) -> list[str]:
        """Return the calls of docker, in order."""
        return self.commands.calls("docker")


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Host]:
    """A host with an empty folder but for its .env, on which everything succeeds."""
    assert SSHD is not None
    tools = tmp_path / "tools"
    tools.mkdir()
    commands = Commands(tools)
    commands.answer("docker", DOCKER.format(running="echo old", migrate=":"))
    commands.answer("curl", ANSWERS)
    for name in ("host", "client"):
        command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", tmp_path / name]
        subprocess.run(command, check=True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    configuration = tmp_path / "sshd_config"
    configuration.write_text(
        f"Port {port}\nListenAddress 127.0.0.1\nHostKey {tmp_path}/host\nPidFile none\nUsePAM no\n"
        f"StrictModes no\nPasswordAuthentication no\nAuthorizedKeysFile {tmp_path}/client.pub\n"
        f"SetEnv PATH={tools}:/usr/bin:/bin TRIES=2 PAUSE=0 SETTLE_SECONDS=0\n"
    )
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / ".env").write_text("POSTGRES_HOST=database.example\n")
    Path("/run/sshd").mkdir(exist_ok=True)
    server = subprocess.Popen([SSHD, "-D", "-e", "-f", configuration], stderr=subprocess.DEVNULL)
    try:
        _wait_for(port)
        yield Host(
            port,
            folder,
            commands,
            (tmp_path / "client").read_text(),
            (tmp_path / "host.pub").read_text().strip(),
        )
    finally:
        server.terminate()
        server.wait()


def _wait_for(port: int) -> None:
    for _ in range(100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError("The SSH server did not start")


def test_a_release_is_pulled_migrated_started_and_asked(host: Host) -> None:
    host.runs(RELEASE_BEFORE)
    done = host.deploy()
    assert done.returncode == 0, done.stderr
    assert f"runs {IMAGE}" in done.stdout
    assert host.release == f"HINDCAST_IMAGE={IMAGE}"
    calls = host.docker()
    steps = ["compose pull", "compose run --rm migrate", "compose up", "stop --time 60 old"]
    order = [next(number for number, call in enumerate(calls) if call.startswith(step)) for step in steps]
    assert order == sorted(order)
    assert host.commands.calls("curl")
    assert (host.folder / ".env").read_text() == "POSTGRES_HOST=database.example\n"


def test_a_host_that_runs_nothing_yet_is_started_whole(host: Host) -> None:
    host.commands.answer("docker", DOCKER.format(running=":", migrate=":"))
    done = host.deploy()
    assert done.returncode == 0, done.stderr
    assert "compose up --detach" in host.docker()


def test_a_database_elsewhere_is_used_where_the_settings_name_one(host: Host) -> None:
    assert host.deploy().returncode == 0
    assert "external-database.yml" in (host.folder / ".release").read_text()


def test_a_migration_that_fails_leaves_what_runs(host: Host) -> None:
    host.runs(RELEASE_BEFORE)
    host.commands.answer("docker", DOCKER.format(running="echo old", migrate="exit 1"))
    assert host.deploy().returncode != 0
    assert host.release == f"HINDCAST_IMAGE={BEFORE}"
    assert not [call for call in host.docker() if call.startswith(("stop", "compose up"))]


def test_a_site_that_answers_wrongly_is_brought_back(host: Host) -> None:
    host.runs(RELEASE_BEFORE)
    host.commands.answer("curl", "printf 503")
    done = host.deploy()
    assert done.returncode != 0
    assert f"Going back to {BEFORE}" in done.stderr
    assert host.release == f"HINDCAST_IMAGE={BEFORE}"
    images = (host.folder.parent / "tools" / "images").read_text().split()
    assert images[-1] == BEFORE


def test_a_host_with_another_key_gets_nothing(host: Host, tmp_path: Path) -> None:
    done = host.deploy(HOST_KEY=(tmp_path / "client.pub").read_text().strip())
    assert done.returncode != 0
    assert "Host key verification failed" in done.stderr
    assert host.docker() == []


def test_a_host_key_must_be_given(host: Host) -> None:
    done = host.deploy(HOST_KEY="")
    assert (done.returncode, host.docker()) == (1, [])
    assert "AWS_EC2_HOST_KEY" in done.stderr


@pytest.mark.parametrize("image", ["example/hindcast:latest", f"x'; touch owned; '@sha256:{64 * 'a'}"])
def test_only_an_image_by_digest_is_deployed(host: Host, image: str) -> None:
    done = host.deploy(image)
    assert (done.returncode, host.docker()) == (1, [])
    assert "not named by digest" in done.stderr


def test_a_password_for_the_registry_is_no_argument(tmp_path: Path) -> None:
    commands = Commands(tmp_path)
    commands.answer("docker", f'[ "$1 $2" = "image inspect" ] && echo "{IMAGE}"; cat >/dev/null; exit 0')
    output = tmp_path / "output"
    done = commands.run(
        "pipeline/push-to-hub",
        "abc123",
        GITHUB_OUTPUT=str(output),
        DOCKER_USERNAME="example",
        DOCKER_PASSWORD="of the registry",  # noqa: S106
    )
    assert done.returncode == 0, done.stderr
    assert output.read_text().splitlines() == [f"image={IMAGE}", f"proxy={IMAGE}"]
    assert not [call for call in commands.calls("docker") if "of the registry" in call]

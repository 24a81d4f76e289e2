"""The scripts that run on a host, with stand-ins for docker and the AWS command line."""

import subprocess
from pathlib import Path

import pytest

from tests.commands import Commands

IMAGE = "registry/hindcast@sha256:" + 64 * "a"
PROXY = "registry/hindcast-proxy@sha256:" + 64 * "b"
HOST = """\
AWS_DEFAULT_REGION=us-east-1
ENVIRONMENT=production
SITE_NAME=hindcast.example.com
DATABASE_SECRET=database
APPLICATION_SECRET=application
BROKER_SECRET=
LOG_GROUP=/hindcast/production
WEB_CONTAINERS=2
WORKER_CONTAINERS=1
SIGNING_KEY=key
"""
AWS = """
case "$*" in
  *"--secret-id database"*)
    echo '{"host": "db", "port": 5432, "dbname": "hindcast", "username": "u", "password": "p$1 x"}' ;;
  *"--secret-id application"*) echo '{"DJANGO_SECRET_KEY": "key", "ALPHA_VANTAGE_API_KEY": ""}' ;;
  *"--secret-id broker"*) echo '{"TASK_BROKER_URL": "rediss://:word@redis:6379/0"}' ;;
  *get-login-password*) echo token ;;
  *hindcast-signatures*) echo signature ;;
  "kms verify"*) echo True ;;
esac
"""
DOCKER = """
case "$1" in
  ps) case "$*" in *service=web*) echo old-web ;; *service=worker*) echo old-worker ;; esac ;;
  run) echo "new-$RANDOM" ;;
  inspect) echo {state} ;;
esac
"""


@pytest.fixture
def commands(tmp_path: Path) -> Commands:
    """A host that runs a release before, and on which new containers become ready."""
    tools = tmp_path / "tools"
    tools.mkdir()
    (tmp_path / "host").write_text(HOST)
    commands = Commands(tools)
    commands.answer("aws", AWS)
    commands.answer("docker", DOCKER.format(state="healthy"))
    return commands


def _run(commands: Commands, script: str, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    state = folder / "state"
    return commands.run(script, *arguments, HINDCAST_HOST=str(folder / "host"), HINDCAST_STATE=str(state))


def test_secrets_go_into_a_file_that_only_root_reads_and_empty_ones_are_left_out(
    commands: Commands, tmp_path: Path
) -> None:
    assert _run(commands, "host/update", tmp_path, IMAGE, PROXY).returncode == 0
    file = tmp_path / "state" / "environment"
    lines = file.read_text().splitlines()
    assert {"POSTGRES_PASSWORD=p$1 x", "DJANGO_SECRET_KEY=key", "BEHIND_TLS=True", "PROXY_HOPS=2"} <= set(
        lines
    )
    assert not [line for line in lines if line.startswith("ALPHA_VANTAGE_API_KEY")]
    assert file.stat().st_mode & 0o077 == 0
    assert not [call for call in commands.calls("docker") if "p$1 x" in call]


def test_workers_are_called_through_redis_where_the_host_is_told_of_one(
    commands: Commands, tmp_path: Path
) -> None:
    environment = tmp_path / "state" / "environment"
    assert _run(commands, "host/update", tmp_path, IMAGE, PROXY).returncode == 0
    assert "TASK_BROKER_URL" not in environment.read_text()
    (tmp_path / "host").write_text(f"{HOST}BROKER_SECRET=broker\n")
    assert _run(commands, "host/update", tmp_path, IMAGE, PROXY).returncode == 0
    assert "TASK_BROKER_URL=rediss://:word@redis:6379/0" in environment.read_text().splitlines()


def test_old_containers_stop_only_after_the_new_ones_are_ready(commands: Commands, tmp_path: Path) -> None:
    done = _run(commands, "host/update", tmp_path, IMAGE, PROXY)
    assert done.returncode == 0, done.stderr
    calls = [call for call in commands.calls("docker") if call.split()[0] in {"run", "inspect", "stop", "rm"}]
    deeds = [call.split()[0] + (" web" if "service=web" in call else "") for call in calls]
    assert deeds[:6] == ["run web", "run web", "inspect", "inspect", "stop", "rm"]
    assert "stop old-web" in calls
    assert "stop old-worker" in calls


def test_containers_are_locked_down(commands: Commands, tmp_path: Path) -> None:
    _run(commands, "host/update", tmp_path, IMAGE, PROXY)
    runs = [call for call in commands.calls("docker") if call.startswith("run")]
    assert len(runs) == 4  # two web, one worker, the load balancer
    assert all(
        "--read-only" in run and "--cap-drop ALL" in run and "no-new-privileges" in run for run in runs
    )
    assert all("--memory" in run and "--pids-limit" in run for run in runs)
    assert [run for run in runs if "--publish 8000:8000" in run] == [runs[-1]]


def test_a_log_that_cannot_be_sent_does_not_stop_the_site(commands: Commands, tmp_path: Path) -> None:
    _run(commands, "host/update", tmp_path, IMAGE, PROXY)
    runs = [call for call in commands.calls("docker") if call.startswith("run")]
    assert all("mode=non-blocking" in run for run in runs)


@pytest.mark.parametrize("script", ["update", "migrate", "fetch", "start"])
def test_an_image_that_the_pipeline_did_not_sign_never_runs(
    commands: Commands, tmp_path: Path, script: str
) -> None:
    commands.answer("aws", AWS.replace("echo True", "exit 254"))
    done = _run(commands, f"host/{script}", tmp_path, IMAGE, PROXY)
    assert done.returncode != 0
    assert not [call for call in commands.calls("docker") if call.startswith(("pull", "run", "create"))]


def test_a_new_host_migrates_before_it_starts_anything(commands: Commands, tmp_path: Path) -> None:
    done = _run(commands, "host/start", tmp_path, IMAGE, PROXY)
    assert done.returncode == 0, done.stderr
    runs = [call for call in commands.calls("docker") if call.startswith("run")]
    assert runs[0].endswith("python manage.py prepare")
    assert [("service=" in run) for run in runs] == [False, True, True, True, True]


def test_a_host_whose_database_cannot_be_migrated_starts_nothing(commands: Commands, tmp_path: Path) -> None:
    commands.answer("docker", DOCKER.format(state="healthy") + '\ncase "$*" in *prepare) exit 1 ;; esac')
    assert _run(commands, "host/start", tmp_path, IMAGE, PROXY).returncode != 0
    assert not [call for call in commands.calls("docker") if "hindcast.service=web" in call]


def test_a_host_tells_each_minute_how_it_is(commands: Commands, tmp_path: Path) -> None:
    commands.answer("curl", 'case "$*" in *worker*) exit 22 ;; esac')
    done = _run(commands, "host/watch", tmp_path)
    assert done.returncode == 0, done.stderr
    (told,) = (call for call in commands.calls("aws") if call.startswith("cloudwatch"))
    assert "--namespace Hindcast/production" in told
    assert "MetricName=SiteAnswers,Value=1" in told
    assert "MetricName=WorkerAnswers,Value=0" in told


def test_an_image_that_does_not_become_ready_goes_and_the_old_containers_stay(
    commands: Commands, tmp_path: Path
) -> None:
    commands.answer("docker", DOCKER.format(state="starting"))
    done = _run(commands, "host/update", tmp_path, IMAGE, PROXY)
    assert done.returncode != 0
    assert "did not become ready; the old containers stay" in done.stderr
    calls = commands.calls("docker")
    assert [call for call in calls if call.startswith("rm --force new-")]
    assert not [call for call in calls if call.startswith("stop")]


def test_migrating_runs_the_new_image_once_and_stops_nothing(commands: Commands, tmp_path: Path) -> None:
    assert _run(commands, "host/migrate", tmp_path, IMAGE, PROXY).returncode == 0
    calls = commands.calls("docker")
    (run,) = (call for call in calls if call.startswith("run"))
    assert run.endswith(f"{IMAGE} python manage.py prepare")
    assert not [call for call in calls if call.startswith(("stop", "rm"))]


def test_without_arguments_a_host_runs_what_the_parameter_store_names(
    commands: Commands, tmp_path: Path
) -> None:
    commands.answer(
        "aws",
        AWS
        + f'\ncase "$*" in *parameter*proxy-image*) echo {PROXY} ;; *parameter*image*) echo {IMAGE} ;; esac',
    )
    assert _run(commands, "host/update", tmp_path).returncode == 0
    assert [call for call in commands.calls("docker") if call.startswith("run") and IMAGE in call]

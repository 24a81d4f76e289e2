"""The scripts that the pipeline's steps run, with stand-ins for the commands that they call."""

import base64
from pathlib import Path

import pytest

from tests.commands import Commands

IMAGE = "registry/hindcast@sha256:" + 64 * "a"
PROXY = "registry/hindcast-proxy@sha256:" + 64 * "b"
BASE = "python@sha256:" + 64 * "e"
BEFORE = "registry/hindcast@sha256:" + 64 * "0"

AWS = """
case "$1 $2" in
  "ssm get-parameter") echo {before} ;;
  "autoscaling describe-auto-scaling-groups") echo "i-1 i-2" ;;
  "ssm send-command") echo "$*" ;;
  "ssm get-command-invocation") {outcome} ;;
esac
"""


@pytest.fixture
def commands(tmp_path: Path) -> Commands:
    """An account with two hosts, on which everything succeeds; a site that answers as it should."""
    commands = Commands(tmp_path, "docker", "cosign")
    _let_hosts(commands, "echo Success")
    commands.answer("curl", 'case "$*" in *instruments) printf 401 ;; *) printf 200 ;; esac')
    return commands


def _let_hosts(commands: Commands, outcome: str) -> None:
    commands.answer("aws", AWS.format(before=BEFORE, outcome=outcome))


def _deeds(commands: Commands) -> list[str]:
    """Return what was done on which host with which image, in order."""
    deeds = []
    for call in commands.calls("aws"):
        if call.startswith("ssm send-command"):
            words = call.split()
            host, parameters = (
                words[words.index("--instance-ids") + 1],
                words[words.index("--parameters") + 1],
            )
            action, image, _ = (part.partition("=")[2] for part in parameters.split(","))
            deeds.append(f"{host} {action} {'new' if image == IMAGE else 'old'}")
    return deeds


def test_an_image_is_named_by_its_digest_from_the_push_on(commands: Commands, tmp_path: Path) -> None:
    commands.answer("docker", _docker(IMAGE))
    output = tmp_path / "output"
    done = commands.run("pipeline/build", "registry", "abc123", GITHUB_OUTPUT=str(output))
    assert done.returncode == 0, done.stderr
    assert output.read_text().splitlines() == [f"image={IMAGE}", f"proxy={IMAGE}"]
    builds = [call for call in commands.calls("docker") if call.startswith("build")]
    assert "--tag registry/hindcast:abc123" in builds[0]
    assert "REVISION=abc123" in builds[0]
    assert all(f"PYTHON_IMAGE={BASE}" in build for build in builds)


def test_a_revision_that_was_pushed_before_is_not_built_again(commands: Commands, tmp_path: Path) -> None:
    commands.answer("docker", _docker(IMAGE))
    commands.answer("aws", f'case "$*" in *describe-images*) echo sha256:{64 * "c"} ;; esac')
    output = tmp_path / "output"
    assert commands.run("pipeline/build", "registry", "abc", GITHUB_OUTPUT=str(output)).returncode == 0
    assert output.read_text().splitlines()[0] == f"image=registry/hindcast@sha256:{64 * 'c'}"
    assert not [call for call in commands.calls("docker") if call.startswith(("build", "push"))]


def test_a_push_without_a_digest_fails(commands: Commands, tmp_path: Path) -> None:
    commands.answer("docker", _docker("registry/hindcast:abc"))
    done = commands.run("pipeline/build", "registry", "abc", GITHUB_OUTPUT=str(tmp_path / "output"))
    assert done.returncode != 0
    assert "pushed without a digest" in done.stderr


def _docker(pushed: str) -> str:
    """Return a stand-in for docker, which knows the digest of the base image and of what was pushed."""
    return f"""[ "$1 $2" = "image inspect" ] || exit 0
case "$*" in *python:*) echo "{BASE}" ;; *) echo "{pushed}" ;; esac"""


def test_only_digests_are_signed_for_everybody_and_for_the_hosts(commands: Commands) -> None:
    commands.answer("aws", 'case "$*" in "kms sign"*) echo c2lnbmF0dXJl ;; esac')
    assert commands.run("pipeline/sign", IMAGE, PROXY).returncode == 0
    assert [call.split()[0] for call in commands.calls("cosign")] == ["sign", "sign"]
    signed = [call for call in commands.calls("aws") if call.startswith("kms sign")]
    messages = [call.split("--message ")[1].split()[0] for call in signed]
    assert [base64.b64decode(message).decode() for message in messages] == [IMAGE, PROXY]
    kept = [call for call in commands.calls("aws") if call.startswith("ssm put-parameter")]
    assert f"--name /hindcast-signatures/{64 * 'a'}" in kept[0]
    assert commands.run("pipeline/sign", "registry/hindcast:latest").returncode == 1
    assert len(commands.calls("cosign")) == 2


def test_the_list_of_contents_is_attached_to_a_digest_alone(commands: Commands) -> None:
    assert commands.run("pipeline/attest", "sbom.json", IMAGE).returncode == 0
    assert commands.run("pipeline/attest", "sbom.json", "registry/hindcast:latest").returncode == 1
    (attested,) = commands.calls("cosign")
    assert attested == f"attest --yes --type spdxjson --predicate sbom.json {IMAGE}"


def test_snapshots_beyond_the_last_ten_are_deleted(commands: Commands) -> None:
    commands.answer("aws", 'case "$*" in *describe-db-snapshots*) printf "old-1\\nold-2\\n" ;; esac')
    done = commands.run("pipeline/snapshot-database", "staging", IMAGE)
    assert done.returncode == 0, done.stderr
    deleted = [call for call in commands.calls("aws") if "delete-db-snapshot" in call]
    assert [call.split()[-1] for call in deleted] == ["old-1", "old-2"]


def test_no_image_is_deleted_that_an_environment_runs(commands: Commands) -> None:
    commands.answer(
        "aws",
        f"""case "$*" in
          *batch-delete-image*) ;;
          *get-parameters-by-path*) echo "{IMAGE} {PROXY}" ;;
          *"--repository-name hindcast "*) printf "sha256:{64 * "a"}\\nsha256:{64 * "f"}\\n" ;;
        esac""",
    )
    done = commands.run("pipeline/prune-images", "50")
    assert done.returncode == 0, done.stderr
    (deleted,) = (call for call in commands.calls("aws") if "batch-delete-image" in call)
    assert deleted.endswith(f"imageDigest=sha256:{64 * 'f'}")


def test_nothing_is_deleted_where_no_environment_says_what_it_runs(commands: Commands) -> None:
    commands.answer("aws", "exit 0")
    assert commands.run("pipeline/prune-images", "50").returncode == 1


def test_an_image_that_the_repository_did_not_sign_is_refused(commands: Commands) -> None:
    assert commands.run("pipeline/verify", "example/hindcast", IMAGE, PROXY).returncode == 0
    (first, _) = commands.calls("cosign")
    assert (
        "--certificate-identity https://github.com/example/hindcast/.github/workflows/release.yml@refs/heads/main"
        in first
    )
    commands.answer("cosign", "exit 1")
    assert commands.run("pipeline/verify", "example/hindcast", IMAGE).returncode != 0


def test_a_release_takes_a_snapshot_migrates_once_and_updates_host_by_host(commands: Commands) -> None:
    done = commands.run("pipeline/release", "production", IMAGE, PROXY, "https://site/")
    assert done.returncode == 0, done.stderr
    assert _deeds(commands) == [
        "i-1 fetch new", "i-2 fetch new", "i-1 migrate new", "i-1 update new", "i-2 update new",
    ]  # fmt: skip
    calls = commands.calls("aws")
    snapshot = next(
        number for number, call in enumerate(calls) if call.startswith("rds wait db-snapshot-available")
    )
    first = next(number for number, call in enumerate(calls) if call.startswith("ssm send-command"))
    assert snapshot < first
    assert [
        call
        for call in calls
        if "put-parameter" in call and "--name /hindcast/production/image" in call and IMAGE in call
    ]


def test_a_host_that_does_not_become_ready_brings_all_back(commands: Commands) -> None:
    _let_hosts(commands, _fails_when("update", "i-2"))
    done = commands.run("pipeline/release", "production", IMAGE, PROXY, "https://site")
    assert done.returncode != 0
    assert "update on i-2: Failed" in done.stderr
    assert _deeds(commands)[-2:] == ["i-1 update old", "i-2 update old"]
    assert not [call for call in commands.calls("aws") if "put-parameter" in call]


def _fails_when(action: str, host: str) -> str:
    """Return a shell command: the outcome of the command that the arguments identify by its own call."""
    call = f'*"--instance-ids {host}"*"action={action},image={IMAGE}"*'
    return f'case "$*" in {call}) echo Failed ;; *) echo Success ;; esac'


def test_a_migration_that_fails_leaves_every_host_as_it_is(commands: Commands) -> None:
    _let_hosts(commands, 'case "$*" in *action=migrate*) echo Failed ;; *) echo Success ;; esac')
    done = commands.run("pipeline/release", "staging", IMAGE, PROXY, "https://site")
    assert done.returncode != 0
    assert _deeds(commands) == ["i-1 fetch new", "i-2 fetch new", "i-1 migrate new"]


def test_a_site_that_answers_wrongly_afterwards_is_brought_back(commands: Commands) -> None:
    commands.answer("curl", "printf 503")
    done = commands.run("pipeline/release", "production", IMAGE, PROXY, "https://site")
    assert done.returncode != 0
    assert "/livez answers 503, not 200" in done.stderr
    assert _deeds(commands)[-2:] == ["i-1 update old", "i-2 update old"]


def test_an_api_that_is_open_to_everybody_fails_the_smoke_test(commands: Commands) -> None:
    assert commands.run("pipeline/smoke-test", "https://site").returncode == 0
    commands.answer("curl", "printf 200")
    done = commands.run("pipeline/smoke-test", "https://site")
    assert done.returncode != 0
    assert "/api/v1/instruments answers 200, not 401" in done.stderr


def test_an_environment_without_hosts_is_told(commands: Commands) -> None:
    commands.answer("aws", "")
    done = commands.run("pipeline/on-hosts", "staging", "each", "update", IMAGE, PROXY)
    assert done.returncode != 0
    assert "No host of staging is in service." in done.stderr

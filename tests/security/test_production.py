"""How a site stands there when nothing is set but what must be."""

import re
import subprocess
import sys

from site_config.environment import BASE_DIR


def test_the_defaults_of_production_pass_the_deployment_check(tmp_path: object) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=BASE_DIR,
        env={"DATA_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "site_config.settings", "PATH": "/usr/bin"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_every_locked_package_has_hashes() -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        text = (BASE_DIR / name).read_text().replace("\\\n", " ")
        locked = [line for line in text.splitlines() if re.match(r"[a-z0-9]", line)]
        assert len(locked) > 30
        assert not [line[:60] for line in locked if "==" not in line or "--hash=sha256:" not in line]


def test_the_pipeline_looks_every_locked_package_up_and_takes_no_silence_for_an_answer() -> None:
    recipe = (BASE_DIR / "Makefile").read_text().partition("\naudit:")[2].partition("\n\n")[0]
    assert "pip-audit --strict" in recipe
    assert "requirements.txt requirements-dev.txt" in recipe
    workflows = [file.read_text() for file in (BASE_DIR / ".github/workflows").glob("*.yml")]
    assert any("run: make audit" in workflow for workflow in workflows)


def test_no_secret_is_committed() -> None:
    files = subprocess.run(
        ["git", "ls-files"], cwd=BASE_DIR, capture_output=True, text=True, timeout=60, check=True
    ).stdout.split()
    looks_secret = re.compile(rb"-----BEGIN [A-Z ]*PRIVATE KEY|AKIA[0-9A-Z]{16}|ghp_[A-Za-z0-9]{36}")
    found = [name for name in files if looks_secret.search((BASE_DIR / name).read_bytes())]
    assert found in ([], ["tests/security/test_production.py"])

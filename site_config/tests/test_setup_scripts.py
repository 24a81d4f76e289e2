"""The scripts behind `make install`, run with stand-in commands."""

import stat
import subprocess
import sys
from pathlib import Path

from site_config.environment import BASE_DIR


def _command(folder: Path, name: str, script: str) -> None:
    file = folder / name
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(file.stat().st_mode | stat.S_IXUSR)


def _run(script: str, *arguments: str, path: Path, home: Path) -> subprocess.CompletedProcess[str]:
    # Only /bin/sh's own tools beside the stand-ins: the machine's interpreters stay out of sight.
    return subprocess.run(
        ["/bin/bash", BASE_DIR / "deploy" / "bootstrap" / f"{script}.sh", *arguments],
        env={"PATH": str(path), "HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_an_older_default_python_is_passed_over_for_a_newer_one(tmp_path: Path) -> None:
    tools = tmp_path / "tools"
    tools.mkdir()
    _command(tools, "python3", "exit 1")
    newer = tmp_path / ".pyenv" / "versions" / "3.13.9" / "bin"
    newer.mkdir(parents=True)
    (newer / "python").symlink_to(sys.executable)
    found = _run("find-python", path=tools, home=tmp_path)
    assert found.stdout.strip() == str(newer / "python")


def test_without_a_python_the_way_to_get_one_is_told(tmp_path: Path) -> None:
    _command(tmp_path, "python3", "exit 1")
    found = _run("find-python", path=tmp_path, home=tmp_path)
    assert found.returncode == 1
    assert "needs Python 3.12 or newer" in found.stderr
    assert "Install one:" in found.stderr


def test_without_root_the_command_for_the_missing_libraries_is_printed(tmp_path: Path) -> None:
    _command(tmp_path, "python", "exit 1")
    _command(tmp_path, "apt-get", "exit 99")
    _command(tmp_path, "id", "echo 1000")
    result = _run("system-libraries", str(tmp_path / "python"), path=tmp_path, home=tmp_path)
    assert result.returncode == 1
    assert "sudo apt-get install -y libpango-1.0-0" in result.stderr


def test_as_root_on_debian_the_missing_libraries_are_installed(tmp_path: Path) -> None:
    installed = tmp_path / "installed"
    _command(tmp_path, "python", f"[ -e {installed} ]")
    _command(tmp_path, "apt-get", f'[ "$1" = install ] && : > {installed}; exit 0')
    _command(tmp_path, "id", "echo 0")
    result = _run("system-libraries", str(tmp_path / "python"), path=tmp_path, home=tmp_path)
    assert result.returncode == 0
    assert installed.exists()


def test_present_libraries_cost_nothing(tmp_path: Path) -> None:
    _command(tmp_path, "python", "exit 0")
    _command(tmp_path, "apt-get", "exit 99")
    result = _run("system-libraries", str(tmp_path / "python"), path=tmp_path, home=tmp_path)
    assert (result.returncode, result.stdout) == (0, "")

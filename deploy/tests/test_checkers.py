"""What the checkers of workflows and scripts say: nothing."""

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
TOOLS = Path(sys.executable).parent
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
SCRIPTS = sorted(
    path
    for folder in ("compose", "host", "image", "pipeline", "bootstrap", "aws", "backup")
    for path in (ROOT / "deploy" / folder).glob("*")
    if path.is_file()
    and (path.read_bytes().startswith((b"#!/usr/bin/env bash", b"#!/bin/sh")) or path.name == "common")
)


def _check(*command: object) -> None:
    # The tools find each other: actionlint asks shellcheck about the steps' commands.
    environment = {**os.environ, "PATH": f"{TOOLS}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(
        [str(word) for word in command],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_actionlint_has_nothing_to_say() -> None:
    _check(TOOLS / "actionlint", *WORKFLOWS)


def test_zizmor_has_nothing_to_say() -> None:
    _check(TOOLS / "zizmor", "--offline", "--no-progress", ".github")


def test_shellcheck_has_nothing_to_say() -> None:
    assert len(SCRIPTS) > 15
    _check(TOOLS / "shellcheck", "--external-sources", *SCRIPTS)


def test_every_action_is_pinned_by_its_commit() -> None:
    uses = [use for workflow in WORKFLOWS for use in re.findall(r"uses: (\S+)", workflow.read_text())]
    assert uses
    foreign = [use for use in uses if not use.startswith("$/")]
    assert all(re.fullmatch(r"[\w.-]+/[\w.-]+@[0-9a-f]{40}", use) for use in foreign)


def test_no_workflow_has_rights_by_default() -> None:
    assert all("\npermissions: {}\n" in workflow.read_text() for workflow in WORKFLOWS)


def test_every_step_s_commands_stand_in_a_script_or_a_target() -> None:
    runs = [run for workflow in WORKFLOWS for run in re.findall(r"run: (.*)", workflow.read_text())]
    assert runs
    assert all(re.match(r"(sudo )?deploy/pipeline/[a-z-]+|make [a-z-]+$", run) for run in runs)

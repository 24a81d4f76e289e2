"""Stand-ins for the commands that the scripts call: they note their arguments, and answer as told."""

import os
import subprocess
from pathlib import Path

DEPLOY = Path(__file__).resolve().parent.parent


class Commands:
    """A folder of stand-ins, the only place beside the system's own tools where a script finds commands."""

    def __init__(self, folder: Path, *names: str) -> None:
        self._folder = folder
        self._log = folder / "log"
        self._log.touch()
        for name in names:
            self.answer(name, "")

    def answer(self, name: str, script: str) -> None:
        """Let the command `name` run this shell script after it has noted its arguments."""
        file = self._folder / name
        file.write_text(f'#!/bin/bash\nprintf "%s\\n" "{name} $*" >>"{self._log}"\n{script}\n')
        file.chmod(0o755)

    def run(self, script: str, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run a script of deploy/ with the stand-ins first on its path, without pauses."""
        return subprocess.run(
            [DEPLOY / script, *arguments],
            cwd=DEPLOY.parent,
            env={
                "PATH": f"{self._folder}{os.pathsep}/usr/bin{os.pathsep}/bin",
                "PAUSE": "0",
                "TRIES": "3",
                "SETTLE_SECONDS": "0",
                "READY_WITHIN": "0",
                **variables,
            },
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def calls(self, name: str) -> list[str]:
        """Return the calls of a command, in order, without its name."""
        return [
            line.removeprefix(f"{name} ")
            for line in self._log.read_text().splitlines()
            if line.startswith(f"{name} ")
        ]

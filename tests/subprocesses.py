"""Python in a process of its own, with settings of its own."""

import os
import subprocess
import sys

from site_config.environment import BASE_DIR, Environment


def run_python(program: str, **variables: str) -> str:
    """Run `program` with production's settings and these variables; return what it prints."""
    ours = {name.upper() for name in Environment.model_fields}
    inherited = {name: value for name, value in os.environ.items() if name not in ours}
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=BASE_DIR,
        env=inherited
        | {"DJANGO_SETTINGS_MODULE": "site_config.settings", "LOCAL_USER": "False", "BEHIND_TLS": "False"}
        | variables,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout

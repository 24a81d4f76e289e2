"""Crowds of users, and what they met: locust, in an environment of its own, runs `locustfile.py`."""

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.site import RunningSite
from tests.subprocesses import run_python

HERE = Path(__file__).parent
LOCUST = os.environ.get("LOCUST", str(HERE / ".venv/bin/locust"))
WITH_LOGINS = {"LOCAL_USER": "False", "BEHIND_TLS": "False", "LOG_LEVEL": "WARNING"}
"""What a site for crowds is started with."""

LOG_IN = """
import django, json, sys; django.setup()
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import User
from django.contrib.sessions.backends.db import SessionStore
sessions = []
for number in range({count}):
    user, _ = User.objects.get_or_create(username=f"person{{number}}")
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    sessions.append(session.session_key)
print(json.dumps(sessions))
"""
"""Two hundred passwords would be checked for minutes, on purpose; that is not what is measured here."""


@dataclass(frozen=True, kw_only=True)
class Crowd:
    """So many users for so many seconds; in a hurry they never wait.

    arrive_within: seconds in which they come, one after the other; part of `seconds`.
    is_settled: whether only what they meet when all have come is counted.
    """

    users: int
    seconds: int
    hurried: bool = False
    arrive_within: int = 20
    is_settled: bool = False


def let_in(site: RunningSite, crowd: Crowd) -> dict[str, Any]:
    """Let the crowd in and return what locust measured, as `locustfile.py` writes it."""
    folder = site.data_dir.parent
    sessions, result = folder / "sessions.json", folder / "result.json"
    sessions.write_text(
        run_python(LOG_IN.format(count=crowd.users), DATA_DIR=str(site.data_dir), ALLOWED_HOSTS="127.0.0.1")
    )
    rate = max(1, crowd.users // crowd.arrive_within)
    command = (
        f"{LOCUST} --locustfile {HERE / 'locustfile.py'} --headless --only-summary --loglevel CRITICAL "
        f"-u {crowd.users} -r {rate} -t {crowd.seconds}s --host {site.address}"
    )
    result.unlink(missing_ok=True)
    done = subprocess.run(
        [*command.split(), *(["--reset-stats"] if crowd.is_settled else [])],
        env={
            **os.environ,
            "LOAD_SESSIONS": str(sessions),
            "LOAD_RESULT": str(result),
            "LOAD_HURRIED": "yes" if crowd.hurried else "no",
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=crowd.seconds + 120,
    )
    assert result.exists(), f"locust measured nothing:\n{done.stderr[-2000:]}"
    measured: dict[str, Any] = json.loads(result.read_text())
    return measured

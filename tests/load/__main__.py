"""`make load`: people use a site with logins, then a crowd, then people again; prints what they waited.

`--soak` keeps a quarter of the people for twenty minutes and watches what grows.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.load.watching import Watch
from tests.site import RunningSite, running_site
from tests.subprocesses import run_python

HERE = Path(__file__).parent
LOCUST = os.environ.get("LOCUST", str(HERE / ".venv/bin/locust"))
WITH_LOGINS = {"LOCAL_USER": "False", "BEHIND_TLS": "False", "LOG_LEVEL": "WARNING"}
READS_WITHIN, TUNED_WITHIN = 300, 800
"""Milliseconds in which 95 of 100 answers must be there."""

MEMORY_MAY_GROW = 0.1
"""Fraction; allocators and caches settle in the first minutes."""

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
    """So many users for so many seconds; in a hurry they never wait."""

    users: int
    seconds: int
    hurried: bool = False


def main() -> int:
    """Run what was asked for; return 1 when a limit was not kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--soak", action="store_true")
    parser.add_argument("--users", type=int, default=200)
    parser.add_argument("--seconds", type=int, default=None)
    asked = parser.parse_args()
    print(f"{os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f} before", flush=True)
    with (
        tempfile.TemporaryDirectory(prefix="load-") as folder,
        running_site(Path(folder) / "var", **WITH_LOGINS) as site,
    ):
        if asked.soak:
            kept = _soak(site, Crowd(users=asked.users // 4, seconds=asked.seconds or 1200))
        else:
            kept = _load(site, Crowd(users=asked.users, seconds=asked.seconds or 300))
    print("every limit was kept" if kept else "NOT every limit was kept")
    return 0 if kept else 1


def _load(site: RunningSite, people: Crowd) -> bool:
    crowd = Crowd(users=3 * people.users, seconds=min(60, people.seconds), hurried=True)
    again = Crowd(users=people.users, seconds=min(60, people.seconds))
    with Watch(site) as watch:
        result = _let_in(site, people)
    kept = _within_limits("people", result) & _is_flat(watch)
    shed = _let_in(site, crowd)
    print(f"crowd of {crowd.users} who never wait: {_in_words(shed)}")
    kept &= _none_failed(shed) & bool(shed["stats"].get("shed", {}).get("requests"))
    return kept & _within_limits("people again", _let_in(site, again))


def _soak(site: RunningSite, people: Crowd) -> bool:
    with Watch(site) as watch:
        result = _let_in(site, people)
    print(f"soak of {people.seconds} s with {people.users} people: {_in_words(result)}")
    return _none_failed(result) & _is_flat(watch)


def _let_in(site: RunningSite, crowd: Crowd) -> dict[str, Any]:
    """Let the crowd in and return what locust measured."""
    folder = site.data_dir.parent
    sessions, result = folder / "sessions.json", folder / "result.json"
    sessions.write_text(
        run_python(LOG_IN.format(count=crowd.users), DATA_DIR=str(site.data_dir), ALLOWED_HOSTS="127.0.0.1")
    )
    rate = max(1, crowd.users // 20)
    command = (
        f"{LOCUST} --locustfile {HERE / 'locustfile.py'} --headless --only-summary --loglevel CRITICAL "
        f"-u {crowd.users} -r {rate} -t {crowd.seconds}s --host {site.address}"
    )
    began = time.monotonic()
    subprocess.run(
        command.split(),
        env={
            **os.environ,
            "LOAD_SESSIONS": str(sessions),
            "LOAD_RESULT": str(result),
            "LOAD_HURRIED": "yes" if crowd.hurried else "no",
        },
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
        timeout=crowd.seconds + 120,
    )
    measured: dict[str, Any] = json.loads(result.read_text())
    measured["seconds"] = time.monotonic() - began
    return measured


def _within_limits(who: str, result: dict[str, Any]) -> bool:
    print(f"{who}: {_in_words(result)}", flush=True)
    limits = {"read": READS_WITHIN, "poll": READS_WITHIN, "export": READS_WITHIN, "tune": TUNED_WITHIN}
    slow = [name for name, limit in limits.items() if result["stats"].get(name, {}).get("p95", 0) > limit]
    if slow:
        print(f"  slower than promised: {', '.join(slow)}")
    return _none_failed(result) & (not slow)


def _none_failed(result: dict[str, Any]) -> bool:
    for error, count in result["errors"].items():
        print(f"  {count} x {error}")
    return not result["errors"]


def _is_flat(watch: Watch) -> bool:
    grown, last = watch.growth(), watch.looks[-1]
    print(
        f"memory {last.memory:.0f} MB ({grown.memory:+.0f}), open files {last.files} ({grown.files:+d}), "
        f"connections {last.connections} ({grown.connections:+d})",
        flush=True,
    )
    return grown.memory < MEMORY_MAY_GROW * last.memory and grown.files < 50 and grown.connections < 10


def _in_words(result: dict[str, Any]) -> str:
    parts = [
        f"{name} {entry['requests']} (p50 {entry['p50']:.0f}, p95 {entry['p95']:.0f} ms)"
        for name, entry in sorted(result["stats"].items())
    ]
    total = sum(entry["requests"] for entry in result["stats"].values())
    return f"{total / result['seconds']:.0f} requests/s; " + "; ".join(parts)


if __name__ == "__main__":
    sys.exit(main())

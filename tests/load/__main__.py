"""`make load`: people use a site with logins, then a crowd, then people again; prints what they waited.

`--soak` keeps a quarter of the people for twenty minutes and watches what grows.
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.load.crowds import WITH_LOGINS, Crowd, let_in
from tests.load.watching import Watch
from tests.site import RunningSite, running_site

READS_WITHIN, TUNED_WITHIN = 300, 800
"""Milliseconds in which 95 of 100 answers must be there."""

MEMORY_MAY_GROW = 0.1
"""Fraction; allocators and caches settle in the first minutes."""


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
        result = let_in(site, people)
    kept = _within_limits("people", result) & _is_flat(watch)
    shed = let_in(site, crowd)
    print(f"crowd of {crowd.users} who never wait: {_in_words(shed)}")
    kept &= _none_failed(shed) & bool(shed["stats"].get("shed", {}).get("requests"))
    return kept & _within_limits("people again", let_in(site, again))


def _soak(site: RunningSite, people: Crowd) -> bool:
    with Watch(site) as watch:
        result = let_in(site, people)
    print(f"soak of {people.seconds} s with {people.users} people: {_in_words(result)}")
    return _none_failed(result) & _is_flat(watch)


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

"""What the users do. Locust runs this in an environment of its own, without the product's code."""

import json
import os
import random
from itertools import cycle
from pathlib import Path

from locust import HttpUser, between, constant, events, task

SESSIONS = cycle(json.loads(Path(os.environ["LOAD_SESSIONS"]).read_text()))
RESULT = Path(os.environ["LOAD_RESULT"])
HURRIED = os.environ.get("LOAD_HURRIED") == "yes"
SYMBOLS = ("AAPL", "GOOG", "IBM", "MSFT")
PAGE = {"Accept": "text/html"}
PARTIAL = {"Accept": "text/html", "HX-Request": "true", "HX-Target": "result"}


class Person(HttpUser):
    """Somebody with the site open, who tunes a rule, looks at results and takes some of them away.

    A person looks at what came for some seconds; in a hurry, nobody waits, which is more than people do.
    """

    wait_time = constant(0) if HURRIED else between(3, 9)

    def on_start(self):
        """Be logged in as a user of one's own, and have a first result."""
        self.client.cookies.set("session", next(SESSIONS))
        self.run = None
        self.tune()

    @task(6)
    def tune(self):
        """Change the form, as htmx sends it."""
        question = {
            "symbol": random.choice(SYMBOLS),
            "fast": random.randint(3, 60),
            "slow": random.randint(70, 250),
        }
        with self._get("/backtests/", "tune", params=question, headers=PARTIAL) as answer:
            if answer.status_code == 200:
                self.run = answer.headers["HX-Push-Url"]

    @task(4)
    def read_result(self):
        """Open a stored result as a page."""
        if self.run:
            self._get(self.run, "read", headers=PAGE).close()

    @task(3)
    def read_pages(self):
        """Look around."""
        self._get(random.choice(("/", "/data/", "/history/")), "read", headers=PAGE).close()

    @task(2)
    def export(self):
        """Take a result away as JSON or as a table."""
        if self.run:
            self._get(self.run.rstrip("/") + random.choice((".json", ".csv")), "export").close()

    @task(5)
    def poll(self):
        """Ask after the jobs, as a page does that waits for one."""
        self._get(random.choice(("/jobs/", "/api/v1/instruments")), "poll", headers=PAGE).close()

    def _get(self, address, name, **more):
        """Ask; in a hurry, being told when to come again is a right answer."""
        answer = self.client.get(address, name=name, catch_response=True, **more)
        with answer:
            if answer.status_code == 503 and HURRIED and "Retry-After" in answer.headers:
                answer.request_meta["name"] = "shed"
                answer.success()
            elif answer.status_code != 200:
                answer.failure(f"{answer.status_code}")
        return answer


@events.quitting.add_listener
def _write_result(environment, **_):
    """Write counts and percentiles for each kind of request and for all, and requests a second."""
    stats = {entry.name: _figures(entry) for entry in environment.stats.entries.values()}
    total = environment.stats.total
    errors = environment.stats.errors.values()
    told = {f"{error.name}: {error.error}": error.occurrences for error in errors}
    all_of_them = {**_figures(total), "per_second": total.total_rps}
    RESULT.write_text(json.dumps({"stats": stats, "total": all_of_them, "errors": told}))


def _figures(entry):
    """Return count, failures and percentiles of one kind of request."""
    return {
        "requests": entry.num_requests,
        "failures": entry.num_failures,
        "p50": entry.get_response_time_percentile(0.5),
        "p95": entry.get_response_time_percentile(0.95),
        "p99": entry.get_response_time_percentile(0.99),
    }

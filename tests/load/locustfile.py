"""What the users do. Locust runs this in an environment of its own, without the product's code.

The mix. Of twenty things that a person does, six change the form of a backtest, four open a stored result as
a page, three look at another page (overview, data, history), two take a result away as JSON or CSV, and five
are polls, which pages send while a job runs. So nearly a third of all requests compute a backtest that was
never asked for before: 4 symbols x 58 x 181 pairs of windows are too many to meet one again. That is more
than real use has, where looking at what came outweighs asking; it is the use that costs the site most.

The pauses. Who tunes looks at a chart of equity and a table of figures before the next change, and who reads
takes longer: Nielsen Norman Group's studies find that most visits to a page last 10 to 20 seconds. Between 3
and 9 seconds, 6 in the mean, are brisk for the first and hasty for the second. Two hundred such people send
33 requests a second. In a hurry nobody waits at all, which stands for a crowd beyond what the site can bear.

The cost. Load and site share the machine, so asking must cost little: geventhttpclient, one kept connection
for each person, compressed bodies that are read and neither decompressed nor parsed. One process sends 33
requests a second with a few hundredths of a core; what it used is printed beside the result.
"""

import json
import os
import random
import time
from itertools import cycle
from pathlib import Path

from locust import FastHttpUser, between, constant, events, task

SESSIONS = cycle(json.loads(Path(os.environ["LOAD_SESSIONS"]).read_text()))
RESULT = Path(os.environ["LOAD_RESULT"])
HURRIED = os.environ.get("LOAD_HURRIED") == "yes"
SYMBOLS = ("AAPL", "GOOG", "IBM", "MSFT")
COMPRESSED = {"Accept-Encoding": "gzip"}
PAGE = {"Accept": "text/html", **COMPRESSED}
PARTIAL = {**PAGE, "HX-Request": "true", "HX-Target": "result"}


class Person(FastHttpUser):
    """Somebody with the site open, who tunes a rule, looks at results and takes some of them away."""

    wait_time = constant(0) if HURRIED else between(3, 9)
    connection_timeout = network_timeout = 30.0

    def on_start(self):
        """Be logged in as a user of one's own, and have a first result."""
        self.session = {"Cookie": f"session={next(SESSIONS)}"}
        self.run = None
        self.tune()

    @task(6)
    def tune(self):
        """Change the form, as htmx sends it."""
        symbol, fast, slow = random.choice(SYMBOLS), random.randint(3, 60), random.randint(70, 250)
        answer = self._get(f"/backtests/?symbol={symbol}&fast={fast}&slow={slow}", "tune", PARTIAL)
        if answer.status_code == 200:
            self.run = answer.headers["HX-Push-Url"]

    @task(4)
    def read_result(self):
        """Open a stored result as a page."""
        if self.run:
            self._get(self.run, "read result", PAGE)

    @task(3)
    def read_pages(self):
        """Look around."""
        self._get(random.choice(("/", "/data/", "/history/")), "read page", PAGE)

    @task(2)
    def export(self):
        """Take a result away as JSON or as a table."""
        if self.run:
            self._get(self.run.rstrip("/") + random.choice((".json", ".csv")), "export", COMPRESSED)

    @task(5)
    def poll(self):
        """Ask after the jobs, as a page does that waits for one."""
        self._get(random.choice(("/jobs/", "/api/v1/jobs")), "poll", PARTIAL)

    def _get(self, address, name, headers):
        """Ask; in a hurry, being told when to come again is a right answer."""
        with self.client.get(
            address,
            name=name,
            headers={**headers, **self.session},
            catch_response=True,
            allow_redirects=False,
        ) as answer:
            if answer.status_code == 503 and "Retry-After" in answer.headers:
                answer.request_meta["name"] = "shed"
                if HURRIED:
                    answer.success()
            elif answer.status_code != 200:
                answer.failure(f"{answer.status_code}")
        return answer


@events.quitting.add_listener
def _write_result(environment, **_):
    """Write counts and percentiles for each kind of request and for all, and what asking cost."""
    stats = {entry.name: _figures(entry) for entry in environment.stats.entries.values()}
    total = environment.stats.total
    errors = environment.stats.errors.values()
    told = {f"{error.name}: {error.error}": error.occurrences for error in errors}
    all_of_them = {**_figures(total), "per_second": total.total_rps}
    measured = {"stats": stats, "total": all_of_them, "errors": told, "own_cpu_seconds": time.process_time()}
    RESULT.write_text(json.dumps(measured))


def _figures(entry):
    """Return count, failures and percentiles of one kind of request."""
    return {
        "requests": entry.num_requests,
        "failures": entry.num_failures,
        "p50": entry.get_response_time_percentile(0.5),
        "p95": entry.get_response_time_percentile(0.95),
        "p99": entry.get_response_time_percentile(0.99),
    }

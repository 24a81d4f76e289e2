"""Hindcast from Python: ask for a backtest and a forecast, read the figures, keep the report.

    HINDCAST=http://localhost:8000 python docs/quickstart.py

On a site with logins set HINDCAST_TOKEN too; the Account page makes tokens, and the scope "run" is enough.
Needs Python 3.10 or newer and `requests`.
"""

import os
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

Document = dict[str, Any]


@dataclass(frozen=True)
class Hindcast:
    """A site's API. Every call raises requests.HTTPError with the site's own words when it is refused."""

    url: str
    token: str = ""
    session: requests.Session = field(default_factory=requests.Session)

    def ask(self, kind: str, question: Document) -> Document:
        """Post a question to `kind` (backtests, forecasts, sweeps) and return the document that answers it.

        A question that takes long is answered with a job; this waits until the job has ended.
        """
        answer = self._call("POST", f"/api/v1/{kind}", json=question)
        if answer.status_code != requests.codes.accepted:
            return self._document(answer)
        self._wait_for(answer.headers["Location"])
        return self._document(self._call("POST", f"/api/v1/{kind}", json=question))

    def save(self, link: str, path: Path) -> Path:
        """Save a file of the site, such as one of a document's `links`, and return where."""
        answer = self._call("GET", link)
        while answer.status_code == requests.codes.service_unavailable:
            time.sleep(float(answer.headers["Retry-After"]))
            answer = self._call("GET", link)
        path.write_bytes(answer.content)
        return path

    def _wait_for(self, job: str) -> None:
        while True:
            answer = self._call("GET", job)
            state = self._document(answer)
            if state["state"] == "succeeded":
                return
            if state["state"] in {"failed", "cancelled"}:
                raise RuntimeError(state["error"] or state["state"])
            time.sleep(float(answer.headers.get("Retry-After", 1)))

    def _document(self, answer: requests.Response) -> Document:
        document: Document = answer.json()
        return document

    def _call(self, method: str, path: str, *, json: Document | None = None) -> requests.Response:
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        url = self.url.rstrip("/") + path
        answer = self.session.request(method, url, json=json, headers=headers, timeout=120)
        if answer.headers.get("Content-Type") == "application/problem+json":
            problem = answer.json()
            if answer.status_code != requests.codes.service_unavailable:
                raise requests.HTTPError(problem["detail"], response=answer)
        return answer


def main() -> None:
    """Print what a crossover of AAPL would have made, and what is foreseen; save the printed report."""
    hindcast = Hindcast(
        url=os.environ.get("HINDCAST", "http://localhost:8000"),
        token=os.environ.get("HINDCAST_TOKEN", ""),
    )
    backtest = hindcast.ask("backtests", {"symbol": "AAPL", "fast": 50, "slow": 200})
    print(backtest["summary"])
    own, held = backtest["metrics"]["sharpe"], backtest["benchmark"]["sharpe"]
    print(f"Sharpe ratio {own:.2f}, buy and hold {held:.2f}")
    forecast = hindcast.ask("forecasts", {"symbol": "AAPL"})
    print(forecast["summary"])
    folder = Path(os.environ.get("HINDCAST_FOLDER", "."))
    print(f"Saved {hindcast.save(backtest['links']['pdf'], folder / 'AAPL.pdf')}")


if __name__ == "__main__":
    main()

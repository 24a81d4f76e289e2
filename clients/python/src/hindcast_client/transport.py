"""Send requests to a site, and again where it says when."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import requests

from hindcast_client.errors import HindcastError
from hindcast_client.models import Problem

PROBLEM_JSON = "application/problem+json"
TRY_AGAIN = {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}


@dataclass(frozen=True)
class Transport:
    """A site that requests are sent to.

    timeout: seconds that a response may take. patience: seconds that all waits of a request may take
        together. sleep: how to wait; tests replace it.
    """

    url: str
    token: str | None = None
    timeout: float = 120.0
    patience: float = 120.0
    session: requests.Session = field(default_factory=requests.Session)
    sleep: Callable[[float], None] = time.sleep

    def request(self, method: str, path: str, **content: Any) -> requests.Response:
        """Return the response; raises HindcastError for a refusal, and where waiting did not help.

        A site that is busy says in `Retry-After` when to ask again, and is asked then.
        """
        waited = 0.0
        while True:
            response = self._send(method, path, **content)
            if response.status_code not in TRY_AGAIN:
                break
            wait = retry_after(response)
            if wait is None or waited + wait > self.patience:
                break
            self.sleep(wait)
            waited += wait
        if not response.ok:
            raise _error_of(response)
        return response

    def _send(self, method: str, path: str, **content: Any) -> requests.Response:
        headers = {"Accept": "application/json", **content.pop("headers", {})}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        try:
            return self.session.request(
                method, self.url.rstrip("/") + path, headers=headers, timeout=self.timeout, **content
            )
        except requests.RequestException as error:
            raise HindcastError(f"{self.url} does not respond: {error}. Check the URL.") from error


def retry_after(response: requests.Response) -> float | None:
    """Return the seconds after which to ask again; None where the response does not say."""
    try:
        return max(float(response.headers["Retry-After"]), 0.0)
    except (KeyError, ValueError):
        return None


def _error_of(response: requests.Response) -> HindcastError:
    if response.headers.get("Content-Type", "").startswith(PROBLEM_JSON):
        return HindcastError.of(Problem.model_validate(response.json()))
    return HindcastError(
        f"{response.url} answered {response.status_code} without a reason.", status=response.status_code
    )

"""Ask the site's own API from inside the process, so that agents have its rights, budgets and errors."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import Any

import httpx
from anyio import sleep, to_thread
from django.conf import settings
from mcp.server.auth.middleware.auth_context import get_access_token
from mcp.server.fastmcp.exceptions import ToolError

from site_config.wsgi import application

API = "/api/v1"
LONGEST_WAIT = 20.0
"""Seconds that a tool waits for a job; then the agent gets the job's id to ask again."""

LOOKS_EVERY = 0.5


@dataclass(frozen=True, kw_only=True)
class SiteApi:
    """The API under /api/v1. token: of whoever started the server; over HTTP each request brings its own."""

    token: str | None = None

    async def get(self, path: str, query: Mapping[str, Any] | None = None) -> Any:
        """Return a document; raises ToolError with the site's words."""
        return (await self._request("GET", path, params=query)).json()

    async def content(self, path: str) -> bytes:
        """Return the bytes of a file, such as a report."""
        return (await self._request("GET", path)).content

    async def post(self, path: str, question: Mapping[str, Any] | None = None) -> Any:
        """Return the document that answers a request, waiting a while where a job computes it."""
        response = await self._request("POST", path, json=question)
        if response.status_code != HTTPStatus.ACCEPTED:
            return response.json()
        return await self.ended_job(response.json())

    async def ended_job(self, job: dict[str, Any]) -> dict[str, Any]:
        """Return a job once it has ended, or as it is after LONGEST_WAIT seconds."""
        waited = 0.0
        while job["state"] in {"queued", "running"} and waited < LONGEST_WAIT:
            await sleep(LOOKS_EVERY)
            waited += LOOKS_EVERY
            job = await self.get(f"/jobs/{job['id']}")
        return job

    async def _request(self, method: str, path: str, **content: Any) -> httpx.Response:
        access = get_access_token()
        token = access.token if access else self.token
        # Django works in a thread: its database connections belong to one.
        send = partial(_send, method, API + path, token=token, **content)
        response = await to_thread.run_sync(send)
        if response.is_error:
            raise ToolError(_problem_in_words(response))
        return response


def _send(method: str, path: str, *, token: str | None, **content: Any) -> httpx.Response:
    scheme = "https" if settings.USES_TLS else "http"
    headers = {"Host": _own_host(), "X-Forwarded-Proto": scheme, "Accept": "application/json"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    transport = httpx.WSGITransport(app=application)
    with httpx.Client(transport=transport, base_url=f"{scheme}://localhost", headers=headers) as client:
        return client.request(method, path, **content)


def _own_host() -> str:
    """Return a host that the site accepts requests for."""
    hosts = [host.lstrip(".") for host in settings.ALLOWED_HOSTS if host != "*"]
    return hosts[0] if hosts else "localhost"


def _problem_in_words(response: httpx.Response) -> str:
    """Return what a problem document says, with its fields and when to ask again."""
    try:
        problem = response.json()
        words = str(problem["detail"])
    except (ValueError, KeyError):
        return f"The site answered {response.status_code} without a reason."
    for each in problem.get("errors") or []:
        if each["detail"] not in words:
            words += f" {each['field']}: {each['detail']}"
    return words

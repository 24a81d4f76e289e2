"""Agents over both transports of the Model Context Protocol, with the package's own client."""

import base64
import json
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import anyio
import httpx
import pytest
from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.client.streamable_http import streamable_http_client
from mcp.types import BlobResourceContents, CallToolResult, TextContent, TextResourceContents
from pydantic import AnyUrl

from site_config.environment import BASE_DIR
from tests.site import RunningSite, free_port

TOOLS = {
    "list_instruments", "run_backtest", "sweep", "forecast", "scorecard", "compare", "report", "search_runs",
    "fetch", "explain_metric", "job_status",
}  # fmt: skip

ISSUE = """
from django.contrib.auth import get_user_model
from core.permissions import Scope
from dashboard.tokens import issue_token
user, _ = get_user_model().objects.get_or_create(username="agent")
print("TOKEN", issue_token(user, name="agent", scope=Scope("{scope}")).secret)
"""

type Use = Callable[[ClientSession], Awaitable[None]]


def environment(site: RunningSite, **variables: str) -> dict[str, str]:
    return {
        **os.environ, "DATA_DIR": str(site.data_dir), "LOCAL_USER": "True", "ALPHA_VANTAGE_API_KEY": "",
        "DJANGO_SETTINGS_MODULE": "site_config.settings", **variables,
    }  # fmt: skip


def over_streams(site: RunningSite, use: Use) -> None:
    server = StdioServerParameters(
        command=sys.executable, args=["manage.py", "mcp"], env=environment(site), cwd=BASE_DIR
    )

    async def connected() -> None:
        async with stdio_client(server) as streams, ClientSession(*streams) as session:
            await session.initialize()
            await use(session)

    anyio.run(connected)


def token(site: RunningSite, scope: str) -> str:
    command = [sys.executable, "manage.py", "shell", "--command", ISSUE.format(scope=scope)]
    done = subprocess.run(
        command, cwd=BASE_DIR, env=environment(site), capture_output=True, text=True, check=True
    )
    return done.stdout.split("TOKEN ")[1].strip()


@contextmanager
def http_server(site: RunningSite) -> Iterator[str]:
    port = free_port()
    command = [sys.executable, "manage.py", "mcp", "--http", f"127.0.0.1:{port}"]
    process = subprocess.Popen(
        command, cwd=BASE_DIR, env=environment(site), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    url = f"http://127.0.0.1:{port}/mcp"
    try:
        _wait_until_it_answers(url, process)
        yield url
    finally:
        process.terminate()
        process.wait(30)


def _wait_until_it_answers(url: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        assert process.poll() is None
        try:
            httpx.get(url)
        except httpx.TransportError:
            time.sleep(0.2)
        else:
            return
    raise AssertionError("The server did not start.")


@asynccontextmanager
async def over_http(url: str, secret: str) -> AsyncIterator[ClientSession]:
    async with (
        httpx.AsyncClient(headers={"Authorization": f"Bearer {secret}"}, timeout=60) as client,
        streamable_http_client(url, http_client=client) as (reading, writing, _),
        ClientSession(reading, writing) as session,
    ):
        await session.initialize()
        yield session


def found(result: CallToolResult) -> Any:
    assert not result.isError, result.content
    (content,) = result.content
    assert isinstance(content, TextContent)
    return json.loads(content.text)


def refusal(result: CallToolResult) -> str:
    assert result.isError
    (content,) = result.content
    assert isinstance(content, TextContent)
    return content.text


def test_an_agent_runs_reads_and_judges_over_streams(site: RunningSite) -> None:
    async def use(session: ClientSession) -> None:
        assert {tool.name for tool in (await session.list_tools()).tools} == TOOLS
        run = found(await session.call_tool("run_backtest", {"symbol": "AAPL", "fast": 20, "slow": 50}))
        assert run["link"].endswith(f"/backtests/{run['id']}/")
        assert "no evidence of skill" in run["verdict"]
        other = found(await session.call_tool("run_backtest", {"symbol": "AAPL", "fast": 10, "slow": 50}))
        compared = found(await session.call_tool("compare", {"runs": [run["id"], other["id"]]}))
        assert compared["runs"][0]["figures"] == run["figures"]
        document = await session.read_resource(AnyUrl(f"hindcast://backtests/{run['id']}"))
        assert isinstance(document.contents[0], TextResourceContents)
        assert json.loads(document.contents[0].text)["summary"] == run["summary"]
        printed = await session.read_resource(AnyUrl(f"hindcast://backtests/{run['id']}/report.pdf"))
        assert isinstance(printed.contents[0], BlobResourceContents)
        assert base64.b64decode(printed.contents[0].blob).startswith(b"%PDF")
        told = await session.call_tool("report", {"run": run["id"]})
        assert [content.type for content in told.content] == ["text", "resource_link"]
        forecast = found(await session.call_tool("forecast", {"symbol": "IBM", "horizon": 5}))
        assert forecast["points"][-1]["low_80"] < forecast["points"][-1]["high_80"]
        assert (
            "Mean return" in found(await session.call_tool("explain_metric", {"name": "sharpe"}))["meaning"]
        )
        prompt = await session.get_prompt("is_this_result_luck", {"run": run["id"]})
        assert run["id"] in str(prompt.messages[0].content)
        methods = await session.read_resource(AnyUrl("hindcast://methods/sweeps"))
        assert isinstance(methods.contents[0], TextResourceContents)
        assert methods.contents[0].text == (BASE_DIR / "docs/methods/sweeps.md").read_text()

    over_streams(site, use)


def test_every_try_counts_as_a_trial(site: RunningSite) -> None:
    async def use(session: ClientSession) -> None:
        one = {"symbol": "MSFT", "fast": [7], "slow": [31]}
        before = found(await session.call_tool("sweep", one))["tests"]["trials_ever"]
        await session.call_tool("run_backtest", {"symbol": "MSFT", "fast": 9, "slow": 41})
        after = found(await session.call_tool("sweep", one | {"slow": [43]}))
        assert after["tests"]["trials_ever"] == before + 2
        assert after["verdict"]

    over_streams(site, use)


HOSTILE: list[tuple[str, dict[str, Any]]] = [
    ("run_backtest", {"symbol": "../../admin"}),
    ("run_backtest", {"symbol": "AAPL\x00"}),
    ("run_backtest", {"symbol": "A" * 1_000}),
    ("run_backtest", {"symbol": "AAPL", "options": {"symbol": "IBM", "owner": 1}}),
    ("run_backtest", {"symbol": "AAPL", "options": {"values": {"x": {"y": [[]] * 50}}}}),
    ("run_backtest", {"symbol": "AAPL", "rule": "custom", "options": {"buy": "__import__('os')"}}),
    ("run_backtest", {"symbol": "AAPL", "fast": 10**30}),
    ("sweep", {"symbol": "AAPL", "fast": {"start": 1, "stop": 1e12, "step": 1e-9}}),
    ("forecast", {"symbol": "AAPL", "horizon": -1}),
    ("scorecard", {"symbol": "AAPL/../../../account"}),
    ("compare", {"runs": ["../instruments", "0" * 20]}),
    ("compare", {"runs": []}),
    ("report", {"run": "x" * 20}),
    ("report", {"run": "0" * 20, "kind": "../jobs"}),
    ("job_status", {"job": "../backtests"}),
    ("search_runs", {"limit": 10**9}),
    ("explain_metric", {"name": "{0.__class__}"}),
    ("fetch", {"symbol": "a b; drop table"}),
    ("no_such_tool", {}),
]


def test_hostile_arguments_are_refused_and_the_server_goes_on(site: RunningSite) -> None:
    async def use(session: ClientSession) -> None:
        for name, arguments in HOSTILE:
            words = refusal(await session.call_tool(name, arguments))
            assert "Traceback" not in words, name
            assert "did not expect" not in words, name
        assert found(await session.call_tool("explain_metric", {"name": "Sharpe ratio"}))["name"] == "sharpe"

    over_streams(site, use)


def test_tokens_and_their_scopes_hold_over_http(site: RunningSite) -> None:
    reads, runs = token(site, "read"), token(site, "run")

    async def use(url: str) -> None:
        async with over_http(url, reads) as session:
            assert {tool.name for tool in (await session.list_tools()).tools} == TOOLS
            assert found(await session.call_tool("explain_metric", {"name": "cagr"}))["name"] == "cagr"
            assert "scope" in refusal(await session.call_tool("run_backtest", {"symbol": "AAPL"}))
        async with over_http(url, runs) as session:
            run = found(await session.call_tool("run_backtest", {"symbol": "AAPL", "fast": 20, "slow": 50}))
            assert run["figures"]["trades"] > 0
            words = refusal(await session.call_tool("fetch", {"symbol": "AAPL"}))
            assert "staff" in words or "scope" in words
            for name, arguments in HOSTILE:
                assert "Traceback" not in refusal(await session.call_tool(name, arguments))

    with http_server(site) as url:
        assert httpx.post(url, json={}).status_code == 401
        assert httpx.post(url, json={}, headers={"Authorization": "Bearer hindcast_no"}).status_code == 401
        mine = {"Authorization": f"Bearer {reads}", "Accept": "application/json, text/event-stream"}
        assert httpx.post(url, json={"method": "x" * 100_000}, headers=mine).status_code == 413
        anyio.run(use, url)


@pytest.mark.parametrize("place", ["8765", "localhost", "localhost:http"])
def test_a_place_that_is_none_is_refused(place: str) -> None:
    from django.core.management import CommandError, call_command

    with pytest.raises(CommandError, match="HOST:PORT"):
        call_command("mcp", "--http", place)

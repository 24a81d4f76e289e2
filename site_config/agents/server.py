"""The server of the Model Context Protocol, over standard streams or over HTTP behind tokens."""

import sys
from io import TextIOWrapper

import anyio
from anyio.to_thread import run_sync
from mcp.server.auth.provider import AccessToken, TokenVerifier
from mcp.server.auth.settings import AuthSettings
from mcp.server.fastmcp import FastMCP
from mcp.server.stdio import stdio_server
from pydantic import AnyHttpUrl

from core.permissions import Scope
from dashboard.tokens import token_with_secret
from site_config.agents.resources import add_prompts, add_resources
from site_config.agents.site_api import SiteApi
from site_config.agents.tools import add_tools

INSTRUCTIONS = """\
Hindcast backtests rules on daily stock bars and says how far a result can be trusted. Report verdicts and
caveats with every figure, and give the links. Every run counts as a trial: repeated tries weaken the verdict.
Returns are fractions: 0.1 is 10 %.
"""

LARGEST_REQUEST = 64 * 1024
"""Bytes of a request, as the site's API takes them."""


class SiteTokens(TokenVerifier):
    """The API tokens of the Account page."""

    async def verify_token(self, token: str) -> AccessToken | None:
        """Return what the token reaches; None for one that is unknown, revoked or expired."""
        return await run_sync(_access_of, token)


def _access_of(secret: str) -> AccessToken | None:
    token = token_with_secret(secret)
    if token is None or not token.user.is_active:
        return None
    own = Scope(token.scope)
    scopes = [str(scope) for scope in Scope if own.includes(scope)]
    return AccessToken(token=secret, client_id=str(token.pk), scopes=scopes, subject=str(token.user_id))


def stdio_agent_server(*, site: str, token: str | None) -> FastMCP:
    """Return the server for one agent that starts it as a process of its own."""
    return _filled(FastMCP("hindcast", instructions=INSTRUCTIONS), SiteApi(token=token), site)


def http_agent_server(*, site: str, host: str, port: int) -> FastMCP:
    """Return the server for many agents; each request brings a token of the Account page."""
    url = AnyHttpUrl(f"http://{host}:{port}/mcp")
    server = FastMCP(
        "hindcast",
        instructions=INSTRUCTIONS,
        host=host,
        port=port,
        json_response=True,
        stateless_http=True,
        max_request_body_size=LARGEST_REQUEST,
        token_verifier=SiteTokens(),
        auth=AuthSettings(
            issuer_url=AnyHttpUrl(site),
            resource_server_url=url,
            required_scopes=[str(Scope.READ)],
            validate_token_resource=False,
        ),
    )
    return _filled(server, SiteApi(), site)


def serve_stdio(server: FastMCP) -> None:
    """Serve the process that started this one, until it closes the stream.

    Whatever else writes to the standard output goes to the error stream, since it would break the protocol.
    """
    output = anyio.wrap_file(TextIOWrapper(sys.stdout.buffer, encoding="utf-8"))
    sys.stdout = sys.stderr

    async def serve() -> None:
        own = server._mcp_server  # noqa: SLF001 - FastMCP's own way takes no streams
        async with stdio_server(stdout=output) as (reading, writing):
            await own.run(reading, writing, own.create_initialization_options())

    anyio.run(serve)


def _filled(server: FastMCP, api: SiteApi, site: str) -> FastMCP:
    add_tools(server, api, site=site)
    add_resources(server, api)
    add_prompts(server)
    return server

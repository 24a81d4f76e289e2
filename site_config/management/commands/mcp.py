"""`manage.py mcp`: tools for agents, by the Model Context Protocol."""

import os
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from site_config.agents.server import http_agent_server, serve_stdio, stdio_agent_server
from strategies.engine import kernel_loader


class Command(BaseCommand):
    """Serves agents over standard streams, or over HTTP behind tokens."""

    help = (
        "Serve the Model Context Protocol: over standard streams to the agent that starts this command, or "
        "with --http to many, each with an API token. HINDCAST_TOKEN is the token of an agent over streams; "
        "where LOCAL_USER is set none is needed."
    )
    requires_system_checks = ()
    """Their output would stand in the protocol's stream."""

    def add_arguments(self, parser: CommandParser) -> None:
        """Take how to serve, and where links lead."""
        parser.add_argument("--http", metavar="HOST:PORT", help="Serve Streamable HTTP there, at /mcp.")
        parser.add_argument("--site", default="http://localhost:8000", help="Where links in answers lead.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Serve until interrupted."""
        kernel_loader.ready()
        site = options["site"].rstrip("/")
        if options["http"] is None:
            serve_stdio(stdio_agent_server(site=site, token=os.environ.get("HINDCAST_TOKEN")))
            return
        host, _, port = options["http"].rpartition(":")
        if not host or not port.isdecimal():
            raise CommandError("Give --http as HOST:PORT, such as 127.0.0.1:8765.")
        http_agent_server(site=site, host=host, port=int(port)).run(transport="streamable-http")

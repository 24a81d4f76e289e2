"""Every address of the site, from the URL configuration and from the API's own description."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver

from site_config.access.policies import API, OPERATIONS, PAGES, Policy
from site_config.api import api

EXAMPLES = {
    "symbol": "ZZZZ",  # of which nothing is stored, so that being let through costs little
    "initial_investment": "10000",
    "token_id": "1",
    "entry_id": "1",
    "job_id": "00000000-0000-0000-0000-000000000000",
}
"""What stands for a variable part of a route; anything else gets ANY_ID."""

ANY_ID = "0123456789abcdef"
ADMIN = f"{settings.ADMIN_PATH}/"
ASKED_BY_POST = {
    "logout/",
    "models/train/",
    "models/<str:version>/use/",
    "scorecards/<str:symbol>/evaluate/",
    "data/fetch/",
    "jobs/<uuid:job_id>/cancel/",
    "account/tokens/",
    "account/tokens/<int:token_id>/revoke/",
}


@dataclass(frozen=True)
class Address:
    """One way to ask the site something. `policy` is None where the site has none for it."""

    method: str
    route: str
    policy: Policy | None

    @property
    def path(self) -> str:
        """The route with examples in its variable parts."""
        return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda part: EXAMPLES.get(part[1], ANY_ID), self.route)

    def __str__(self) -> str:
        return f"{self.method} /{self.route}"


def pages() -> list[Address]:
    """Return every page and file, without the administration and without the operations of the API."""
    routes = sorted(set(_routes(get_resolver())))
    return [
        Address("POST" if route in ASKED_BY_POST else "GET", route, PAGES.get(route))
        for route in routes
        if not route.startswith(ADMIN) or route in PAGES
        if not route.startswith(f"{API}/") or route in PAGES
    ]


def operations() -> list[Address]:
    """Return every operation of the API."""
    described = api.get_openapi_schema(path_prefix="")["paths"]
    keys = [
        (method.upper(), re.sub(r"{(\w+)}", r"<\1>", path))
        for path, methods in described.items()
        for method in methods
    ]
    return [
        Address(method, f"{API}{path}", OPERATIONS.get(f"{method} {path}")) for method, path in sorted(keys)
    ]


def administration() -> list[str]:
    """Return the paths of the administration that need no object."""
    return sorted(
        f"/{route}" for route in set(_routes(get_resolver())) if route.startswith(ADMIN) and "<" not in route
    )


def unknown_policies() -> list[str]:
    """Return the policies of addresses that the site does not have."""
    known = {address.route for address in pages()}
    asked = {f"{address.method} {address.route.removeprefix(API)}" for address in operations()}
    return sorted((PAGES.keys() - known) | (OPERATIONS.keys() - asked))


def _routes(resolver: URLResolver, prefix: str = "") -> Iterator[str]:
    for entry in resolver.url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _routes(entry, route)
        elif isinstance(entry, URLPattern) and "(?P" not in route:
            yield route

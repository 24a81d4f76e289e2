"""Where a request comes from."""

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """Return the address that the outermost of our own proxies saw, or the peer's without a proxy."""
    peer = str(request.META.get("REMOTE_ADDR", ""))
    if not settings.PROXY_HOPS:
        return peer
    seen = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    return seen[-min(settings.PROXY_HOPS, len(seen))][:45] if seen else peer

"""Where a request comes from."""

from ipaddress import IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """Return the address that the outermost of our own proxies saw, or the peer's without a proxy."""
    peer = str(request.META.get("REMOTE_ADDR", ""))
    if not settings.PROXY_HOPS:
        return peer
    seen = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    return seen[-min(settings.PROXY_HOPS, len(seen))][:45] if seen else peer


def client_network(request: HttpRequest) -> str:
    """Return what one client has: its IPv4 address, or the /64 network of its IPv6 address."""
    text = client_address(request)
    try:
        address = ip_address(text)
    except ValueError:
        return text
    if not isinstance(address, IPv6Address):
        return text
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ip_network((address, 64), strict=False))

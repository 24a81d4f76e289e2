"""Which address the market data may come from: the API key goes there, and what it answers is stored."""

import socket
from ipaddress import ip_address
from urllib.parse import urlsplit

from ingestion.errors import AddressRefused

HTTPS_PORT = 443
ADVICE = (
    "Hindcast sends no API key there. Correct {setting}, or set ALPHA_VANTAGE_ALLOW_PRIVATE=True if it is a "
    "proxy of yours."
)


def reject_private_address(address: str, *, setting: str = "ALPHA_VANTAGE_BASE_URL") -> None:
    """Raise AddressRefused unless `address` is HTTPS to a host whose every IP address is public.

    So a mistaken or planted setting cannot make the server ask the services of its own network. A name that
    changes its addresses between this look and the request meets the check of the host's certificate.
    """
    advice = ADVICE.format(setting=setting)
    parts = urlsplit(address)
    if parts.scheme != "https" or not parts.hostname or parts.username or parts.password:
        raise AddressRefused(f"The market data address is not plain HTTPS to a host. {advice}")
    try:
        found = socket.getaddrinfo(parts.hostname, parts.port or HTTPS_PORT, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return  # the request itself says that the host cannot be reached
    for *_, where in found:
        if not ip_address(str(where[0]).partition("%")[0]).is_global:
            raise AddressRefused(f"The market data address leads into a private network. {advice}")

"""Ask the web server of this machine whether it is ready; a container's health check runs this."""

import sys
from urllib.error import URLError
from urllib.request import Request, urlopen

from site_config.environment import Environment


def main() -> int:
    """Return 0 when `/readyz` answers with success, otherwise 1."""
    environment = Environment()
    # The site answers to its own names only; a pattern such as .example.com stands for its domain.
    host = environment.allowed_hosts[0].lstrip(".").replace("*", "localhost")
    request = Request(f"http://127.0.0.1:{environment.port}/readyz", headers={"Host": host})
    try:
        with urlopen(request, timeout=4):  # noqa: S310 - the address is our own
            return 0
    except (URLError, TimeoutError, ConnectionError) as error:
        sys.stderr.write(f"{error}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main())

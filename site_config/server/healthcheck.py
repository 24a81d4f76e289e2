"""Ask the web server of this machine whether it is ready; a container's health check runs this.

It runs every few seconds, also when the machine has no time to spare, so it imports next to nothing.
"""

import os
import sys
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException


def main() -> int:
    """Return 0 when `/readyz` responds with success, otherwise 1."""
    # The site answers to its own names only; a pattern such as .example.com stands for its domain.
    name = os.environ.get("ALLOWED_HOSTS", "localhost").split(",")[0].strip()
    host = name.lstrip(".").replace("*", "localhost")
    connection = HTTPConnection("127.0.0.1", int(os.environ.get("PORT", "8000")), timeout=8)
    try:
        connection.request("GET", "/readyz", headers={"Host": host})
        response = connection.getresponse()
    except (OSError, HTTPException, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    if response.status != HTTPStatus.OK:
        sys.stderr.write(f"/readyz answers {response.status}: {response.read(200)!r}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

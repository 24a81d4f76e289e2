"""Finding out within half a minute that the other end of a database connection is gone.

A host that falls off the network says no goodbye. Its transaction stays open, and whoever takes over its work
waits for the rows that it holds: by default for two hours, until the server asks whether the other end lives.
"""

import os
from typing import Any

_CLIENT = {
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 4,
    "tcp_user_timeout": 30_000,
}
"""Parameters of libpq: for a server that is gone. Seconds, but for the last, which is in milliseconds."""

_SERVER = (
    "-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=4 "
    "-c tcp_user_timeout=30000"
)
"""Parameters of the session in PostgreSQL: for a client that is gone."""


def with_tcp_keepalive(database: dict[str, Any]) -> dict[str, Any]:
    """Return Django's settings of a database with both; what the settings or PGOPTIONS say goes first."""
    given = database.get("OPTIONS", {})
    # `options` hides the environment's PGOPTIONS from libpq; of two settings of a parameter the last counts.
    asked = given.get("options", os.environ.get("PGOPTIONS", ""))
    return {**database, "OPTIONS": {**_CLIENT, **given, "options": f"{_SERVER} {asked}".strip()}}

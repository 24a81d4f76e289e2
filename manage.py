#!/usr/bin/env python
"""Django's command line for Hindcast."""

import os
import sys

from django.core.management import execute_from_command_line
from django.db import OperationalError, ProgrammingError

from site_config.database.embedded_postgres.server import NoDatabase, forbid_creation

CREATING = {"prepare", "migrate", "restore"}
"""The commands that may create the embedded database; the others need one that exists."""


def main() -> None:
    """Run the management command named on the command line.

    A database that is away or has no tables yet is told in a sentence; `--traceback` shows the rest.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "site_config.settings")
    if not CREATING.intersection(sys.argv[1:2]):
        forbid_creation()
    try:
        execute_from_command_line(sys.argv)
    except (OperationalError, ProgrammingError) as error:
        if "--traceback" in sys.argv:
            raise
        if isinstance(error.__cause__, NoDatabase):
            sys.exit(str(error))
        reason = str(error).strip().splitlines()[0]
        advice = (
            "Run `manage.py prepare` first: it makes the tables."
            if isinstance(error, ProgrammingError)
            else "Check that the database runs and that DATABASE_URL or the POSTGRES_* variables name it."
        )
        sys.exit(f"{reason}\n{advice}")


if __name__ == "__main__":
    main()

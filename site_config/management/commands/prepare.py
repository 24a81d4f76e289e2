"""`manage.py prepare`: everything a start needs, each step only where it is not done yet."""

import time
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import OperationalError, connection
from psycopg.errors import LockNotAvailable

from core.rate_limits import remove_full_buckets
from ingestion.instruments import list_instruments
from site_config.environment import Environment
from site_config.management.commands.create_administrator import HOW, administrator_exists

LOCK = 0x48696E64
"""Names the lock that a preparing process holds."""

LOCK_WITHIN = 3
"""Seconds that a statement of a migration waits for a table."""

PAUSES = (2, 5, 10, 20, 30, 60, 60, 60)
"""Seconds before each further try: together longer than a backup of most databases."""


class Command(BaseCommand):
    """Bring tables, market data and the shipped model up to date."""

    help = "Migrates; where missing: loads the sample, trains the shipped model, makes the administrator."

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the steps; of two that start at the same time, the second finds everything done."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
            try:
                self._prepare()
            finally:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])

    def _prepare(self) -> None:
        self._migrate()
        if not list_instruments():
            call_command("load_stock_data", sample=True, stdout=self.stdout)
        call_command("train_pooled_model", stdout=self.stdout)
        call_command("clearsessions")
        remove_full_buckets()
        if not settings.LOCAL_USER:
            self._require_administrator()

    def _migrate(self) -> None:
        """Migrate; a statement that waits for a lock gives up soon, and is tried again after a pause.

        Every other statement on the table queues up behind one that waits, so that a backup under way would
        hold up all pages for as long as it runs.
        """
        with connection.cursor() as cursor:
            cursor.execute(f"SET lock_timeout = '{LOCK_WITHIN}s'")
        for pause in (*PAUSES, None):
            try:
                call_command("migrate", verbosity=0)
            except OperationalError as error:
                if pause is None or not isinstance(error.__cause__, LockNotAvailable):
                    raise
                self.stdout.write(f"A table is in use; the migration is tried again in {pause} seconds.")
                time.sleep(pause)
            else:
                break
        with connection.cursor() as cursor:
            cursor.execute("RESET lock_timeout")

    def _require_administrator(self) -> None:
        """Make the first administrator where the environment names a password, otherwise say how."""
        if administrator_exists():
            return
        if Environment().administrator_password is None:
            self.stdout.write(HOW)
        else:
            call_command("create_administrator", stdout=self.stdout)

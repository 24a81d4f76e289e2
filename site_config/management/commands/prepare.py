"""`manage.py prepare`: everything a start needs, each step only where it is not done yet."""

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection

from core.rate_limits import remove_full_buckets
from ingestion.instruments import list_instruments
from site_config.environment import Environment
from site_config.management.commands.create_administrator import HOW, administrator_exists

LOCK = 0x48696E64
"""Names the lock that a preparing process holds."""


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
        call_command("migrate", verbosity=0)
        if not list_instruments():
            call_command("load_stock_data", sample=True, stdout=self.stdout)
        call_command("train_pooled_model", stdout=self.stdout)
        call_command("clearsessions")
        remove_full_buckets()
        if not settings.LOCAL_USER:
            self._require_administrator()

    def _require_administrator(self) -> None:
        """Make the first administrator where the environment names a password, otherwise say how."""
        if administrator_exists():
            return
        if Environment().administrator_password is None:
            self.stdout.write(HOW)
        else:
            call_command("create_administrator", stdout=self.stdout)

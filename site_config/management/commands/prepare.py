"""`manage.py prepare`: everything a start needs, each step only where it is not done yet."""

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from ingestion.instruments import list_instruments


class Command(BaseCommand):
    """Bring tables, market data and the shipped model up to date."""

    help = "Migrates, loads the sample data into an empty database, trains the shipped model if missing."

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the steps."""
        call_command("migrate", verbosity=0)
        if not list_instruments():
            call_command("load_stock_data", sample=True, stdout=self.stdout)
        call_command("train_pooled_model", stdout=self.stdout)

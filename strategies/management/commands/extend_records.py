"""`manage.py extend_records`: bring live records up to the bars that are stored."""

from typing import Any

from django.core.management.base import BaseCommand

from strategies.records.service import extend_symbol, outdated_symbols


class Command(BaseCommand):
    """Extends every active live record whose data have changed."""

    help = "Extend live records by the sessions that have been stored since; safe to run at any time."

    def handle(self, **_: Any) -> None:
        """Extend them, and print how many sessions were added."""
        symbols = outdated_symbols()
        added = sum(extend_symbol(symbol) for symbol in symbols)
        self.stdout.write(f"Looked at {len(symbols)} symbols and added {added} sessions to live records.")

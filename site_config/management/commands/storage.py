"""`manage.py storage`: what fills the database, and what of it will expire."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import connection
from django.template.defaultfilters import filesizeformat

from core.retention import expiries

LARGEST = """
    SELECT relname, pg_total_relation_size(oid), GREATEST(reltuples, 0)::bigint
    FROM pg_class
    WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace
    ORDER BY 2 DESC
    LIMIT %s
"""


class Command(BaseCommand):
    """Tell an operator where the disk went."""

    help = "Prints the largest tables with their rows, and how long what is kept."

    def add_arguments(self, parser: Any) -> None:
        """Take how many tables to print."""
        parser.add_argument("--tables", type=int, default=15, help="how many of the largest are printed")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the whole, its parts, and the settings of retention."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_database_size(current_database())")
            (whole,) = cursor.fetchone()
            cursor.execute(LARGEST, [options["tables"]])
            tables = cursor.fetchall()
        self.stdout.write(f"The database has {_size(whole)}.")
        for name, size, rows in tables:
            self.stdout.write(f"{name:<40} {_size(size):>10} {size / whole:>6.1%}  about {rows:,d} rows")
        self.stdout.write(
            f"Unsaved runs are kept for {_days(settings.RUNS_KEPT_DAYS)}, records for "
            f"{_days(settings.RECORDS_KEPT_DAYS)}, the audit trail for {_days(settings.AUDIT_KEPT_DAYS)}. "
            f"What expires: {', '.join(expiry.name for expiry in expiries())}."
        )


def _size(number: int) -> str:
    return filesizeformat(number).replace("\xa0", " ")


def _days(number: int) -> str:
    return f"{number} days" if number else "ever"

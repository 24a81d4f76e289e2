"""`manage.py backup FILE`: the whole database in one file."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from site_config.database.backups import BackupFailed, database_in_words, has_tables, save
from site_config.environment import Environment


class Command(BaseCommand):
    """Save the database while the site runs."""

    help = "Saves the whole database into one file; the site may run meanwhile."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the file's name."""
        parser.add_argument("file", type=Path, help="where to; an older file of this name is replaced")

    def handle(self, *args: Any, **options: Any) -> None:
        """Save, and name what is not in the file."""
        file: Path = options["file"]
        if not has_tables():
            raise CommandError(f"The database {database_in_words()} is empty, so there is nothing to save.")
        try:
            save(file)
        except BackupFailed as error:
            raise CommandError(error.message) from None
        self.stdout.write(
            f"Saved the database {database_in_words()} into {file}, {file.stat().st_size / 1e6:.1f} MB."
        )
        if Environment().django_secret_key is None:
            self.stdout.write(
                "Keep a copy of DATA_DIR/secret_key too, elsewhere: it signs the trained models, which are "
                "of no use without it."
            )

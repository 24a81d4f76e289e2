"""`manage.py restore FILE`: the database as it was when the file was saved."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from core.audit import AuditAction, record_action
from site_config.database.backups import BackupFailed, database_in_words, has_tables, restore


class Command(BaseCommand):
    """Put a backup back, all of it or nothing."""

    help = "Makes the database what it was when the file was saved. Stop the site first."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the file, and the consent to lose what is there."""
        parser.add_argument("file", type=Path, help="what `manage.py backup` saved")
        parser.add_argument("--replace", action="store_true", help="delete what is in the database now")
        parser.add_argument(
            "--keep-access",
            action="store_true",
            help="keep sessions and API tokens of the backup, among them those that were revoked since",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Restore, then bring an older backup's tables up to date."""
        if has_tables() and not options["replace"]:
            raise CommandError("The database is not empty. Give --replace to delete what is in it.")
        connection.close()  # an open transaction of ours would block the restoring one
        try:
            restore(options["file"])
        except BackupFailed as error:
            raise CommandError(error.message) from None
        call_command("migrate", verbosity=0)
        if not options["keep_access"]:
            call_command("end_access", stdout=self.stdout)
        record_action(AuditAction.DATABASE_RESTORED, user=None, subject=options["file"].name)
        self.stdout.write(f"Restored {options['file']} into the database {database_in_words()}.")

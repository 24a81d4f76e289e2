"""Go back to a stored version of a model, or return to a newer one."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.errors import HindcastError
from forecasting.models import TrainedModel
from forecasting.training.versions import use_version


class Command(BaseCommand):
    """Let forecasts be made by one version, or list the versions."""

    help = "Lets new forecasts be made by VERSION of a model; newer ones are withdrawn, not deleted."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the version."""
        parser.add_argument(
            "version", nargs="?", metavar="VERSION", help="version of a stored model; left out: list them"
        )

    def handle(self, *, version: str | None, **options: Any) -> None:
        """Choose the version, or list all."""
        if version is None:
            for record in TrainedModel.objects.defer("artefact"):
                self.stdout.write(f"{record.version}{'  withdrawn' if record.withdrawn_at else ''}")
            return
        try:
            record = use_version(version)
        except HindcastError as error:
            raise CommandError(error.message) from None
        self.stdout.write(f"New forecasts of {record.symbol or 'all symbols'} are made by {record.version}.")

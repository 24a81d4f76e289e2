"""`manage.py import_bars FILE`: daily bars out of a CSV file."""

import sys
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, BinaryIO

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.errors import HindcastError
from ingestion.files.csv_import import FilePrices, ImportRequest, ImportResult, import_bars
from ingestion.files.upload import import_request
from ingestion.files.upload_storage import pieces_of


class Command(BaseCommand):
    """Imports a file and prints what it brought."""

    help = (
        "Import daily bars from a CSV file: header, delimiter and the order of the dates are recognised, as "
        "in files of Yahoo, Stooq, Nasdaq and Alpha Vantage. Every line is checked before anything is stored."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the file, and what it does not say itself."""
        parser.add_argument("file", help="The CSV file; - reads from the standard input.")
        parser.add_argument(
            "--symbol", help="Symbol of every row; not needed where the file has a column symbol."
        )
        parser.add_argument(
            "--prices",
            choices=[str(choice) for choice in FilePrices],
            default=str(FilePrices.AS_TRADED),
            help="What the prices are. Those adjusted for splits are turned back into prices as traded.",
        )
        parser.add_argument("--exchange", help="ISO 10383 code of the exchange, such as XLON.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Import; fails, naming the line, when the file is not right."""
        self.verbosity: int = options["verbosity"]
        try:
            request = import_request(options["symbol"], FilePrices(options["prices"]), options["exchange"])
            if options["file"] == "-":
                result = self._import_input(request)
            else:
                with Path(options["file"]).open("rb") as file:
                    result = import_bars(file, request, progress=self._tell)
        except HindcastError as error:
            raise CommandError(error.message) from None
        except OSError as error:
            raise CommandError(f"The file cannot be read: {error.strerror}.") from None
        if self.verbosity:
            self.stdout.write(result.sentence)

    def _import_input(self, request: ImportRequest) -> ImportResult:
        """Import the standard input, which must be kept aside as it cannot be read twice."""
        source: BinaryIO = sys.stdin.buffer
        with TemporaryFile() as file:
            for piece in pieces_of(source):
                file.write(piece)
            return import_bars(file, request, progress=self._tell)

    def _tell(self, fraction: float, step: str) -> None:
        if self.verbosity > 1:
            self.stdout.write(f"{fraction:4.0%} {step}")

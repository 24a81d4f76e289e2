"""`manage.py import_bars FILE`: daily bars out of a file."""

import sys
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, BinaryIO

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.errors import HindcastError
from ingestion.files.mappings import with_mapping
from ingestion.files.requests import FilePrices, ImportRequest, import_request
from ingestion.files.results import ImportResult
from ingestion.files.service import import_bars
from ingestion.files.upload_storage import pieces_of


class Command(BaseCommand):
    """Imports a file and prints what it brought."""

    help = (
        "Import daily bars from a file: CSV, text, Excel, gzip or zip, as Yahoo, yfinance, Stooq, Nasdaq, "
        "Investing, TradingView and others write them. A row that is no bar is set aside and named."
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
            help="What the prices are; by default known splits tell. Adjusted ones are turned back.",
        )
        parser.add_argument("--exchange", help="ISO 10383 code of the exchange, such as XLON.")
        parser.add_argument("--currency", help="Code of the currency, such as EUR or GBX.")
        parser.add_argument("--decimal", choices=("point", "comma"), help="What stands before decimals.")
        parser.add_argument(
            "--dates", choices=("day_first", "month_first", "year_first"), help="How dates are written."
        )
        parser.add_argument("--columns", help="Which column is which, such as date:Day,close:Value.")
        parser.add_argument(
            "--mapping", help="Name of saved settings for what no other option says; the page saves them."
        )
        parser.add_argument(
            "--replace", action="store_true", help="Let the file replace bars of the historical sample."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Import; fails, naming the line, when the file is not right."""
        self.verbosity: int = options["verbosity"]
        try:
            names = ("prices", "exchange", "currency", "decimal", "dates", "columns")
            words = with_mapping({name: options[name] for name in names}, options["mapping"])
            request = import_request(options["symbol"], replace=options["replace"], **words)
            if options["file"] == "-":
                result = self._import_input(request)
            else:
                with Path(options["file"]).open("rb") as file:
                    name = Path(options["file"]).name
                    result = import_bars(file, request, name=name, progress=self._tell)
        except HindcastError as error:
            raise CommandError(error.message) from None
        except OSError as error:
            raise CommandError(f"The file cannot be read: {error.strerror}.") from None
        if self.verbosity:
            self.stdout.write(result.sentence)
            for notice in result.notices:
                self.stdout.write(notice)
            for row in result.set_aside:
                self.stdout.write(f"Line {row['line']}: {row['reason']}.")

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

"""`manage.py instruments`: what is stored."""

from typing import Any

from django.core.management.base import CommandParser

from core.command_line.command import ResultCommand
from core.command_line.figures import table_of_models
from core.command_line.output import CommandResult
from ingestion.instruments import find_instrument, list_instruments

COLUMNS = ("symbol", "name", "currency", "source", "bars", "first", "last")


class Command(ResultCommand):
    """Prints the stored instruments with the extent of their bars."""

    help = "List the stored instruments with the extent of their bars."

    def add_request(self, parser: CommandParser) -> None:
        """Take the symbols."""
        parser.add_argument("symbols", nargs="*", metavar="SYMBOL", help="Symbols; none: all of them.")

    def result(self, options: dict[str, Any]) -> CommandResult:
        """Return the named instruments, or all."""
        symbols = options["symbols"]
        found = [find_instrument(symbol) for symbol in symbols] if symbols else list_instruments()
        return CommandResult(
            document=[each.model_dump(mode="json", by_alias=True) for each in found],
            tables=[table_of_models("", found, COLUMNS, left_columns=4)],
        )

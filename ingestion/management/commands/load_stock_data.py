"""`manage.py load_stock_data`: bars for the given symbols, from the sample or from Alpha Vantage."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from ingestion.sample import SAMPLE, load_sample
from ingestion.storing import StoreResult
from ingestion.symbols import parse_symbol
from jobs.errors import HindcastError


class Command(BaseCommand):
    """Loads daily bars."""

    help = "Load daily bars of the sample."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the symbols."""
        parser.add_argument("symbols", nargs="*", metavar="SYMBOL", help="Ticker symbols, such as AAPL.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Load each symbol; an error in one does not stop the others."""
        failed = [symbol for symbol in options["symbols"] or SAMPLE if not self._load(symbol)]
        if failed:
            raise CommandError(f"Not loaded: {', '.join(failed)}.")

    def _load(self, text: str) -> bool:
        try:
            symbol = parse_symbol(text)
            result = load_sample(symbol)
        except HindcastError as error:
            self.stderr.write(self.style.ERROR(f"{text}: {error.message}"))
            return False
        self.stdout.write(f"{symbol}: {_counts(result)}")
        return True


def _counts(result: StoreResult | None) -> str:
    if result is None:
        return "left as it is, because it holds newer bars of Alpha Vantage."
    if not result.wrote:
        return f"sample data, {result.unchanged} bars, nothing new."
    return f"sample data, {result.inserted} bars new, {result.changed} changed, {result.unchanged} as before."

"""`manage.py load_stock_data`: bars for the given symbols, from a provider or from the sample."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.errors import HindcastError
from ingestion.errors import DailyQuotaReached
from ingestion.fetch.service import FetchResult, fetch_sample, fetch_stock_data, is_up_to_date
from ingestion.models import PROVIDERS as PROVIDER_SOURCES
from ingestion.models import Instrument
from ingestion.providers.registry import PROVIDERS, has_any_key
from ingestion.sample import SAMPLE
from ingestion.symbols import parse_symbol


class Command(BaseCommand):
    """Loads daily bars and prints a line for each symbol."""

    help = (
        "Load daily bars. With a key of Alpha Vantage or Tiingo they come from there: for the symbols named, "
        "or else for those fetched before whose latest session is missing, or else for AAPL. Without a "
        "key they come from the historical sample: for the symbols named, or all of it. Bars fetched of a "
        "share of the sample take its place; --sample --replace SYMBOL brings the sample back."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the symbols, and whether the sample is wanted in spite of a key."""
        parser.add_argument("symbols", nargs="*", metavar="SYMBOL", help="Ticker symbols, such as AAPL.")
        parser.add_argument(
            "--provider",
            choices=[provider.name for provider in PROVIDERS],
            help="Where the bars come from; by default where the symbol's are from, or MARKET_DATA_PROVIDER.",
        )
        parser.add_argument(
            "--sample", action="store_true", help="Load the historical sample even where there is a key."
        )
        parser.add_argument(
            "--replace",
            action="store_true",
            help="With --sample: restore the sample of the symbols named, in place of fetched bars.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Load each symbol; an error in one does not stop the others. Fails if any symbol failed."""
        self.verbosity: int = options["verbosity"]
        self.replace: bool = options["replace"]
        if self.replace and not (options["sample"] and options["symbols"]):
            raise CommandError("--replace removes fetched bars, so it needs --sample and the symbols.")
        self.provider: str | None = options["provider"]
        from_sample = options["sample"] or not (self.provider or has_any_key())
        symbols: list[str] = options["symbols"] or (list(SAMPLE) if from_sample else self._due())
        problems = []
        for position, symbol in enumerate(symbols):
            try:
                self._load(symbol, from_sample=from_sample)
            except DailyQuotaReached as error:
                problems.append(f"{', '.join(symbols[position:])}: {error.message}")
                break
            except HindcastError as error:
                problems.append(f"{symbol}: {error.message}")
        if problems:
            raise CommandError("\n".join(problems))

    def _load(self, text: str, *, from_sample: bool) -> None:
        symbol = parse_symbol(text)
        result: FetchResult = (
            fetch_sample(symbol, replace=self.replace)
            if from_sample
            else fetch_stock_data(symbol, provider=self.provider)
        )
        self._say(f"{symbol}: {result.sentence}")

    def _say(self, line: str) -> None:
        if self.verbosity:
            self.stdout.write(line)

    def _due(self) -> list[str]:
        """Return the symbols to fetch when none is named; those that are up to date cost no request."""
        fetched = Instrument.objects.filter(source__in=PROVIDER_SOURCES).values_list("symbol", flat=True)
        due = []
        for symbol in list(fetched) or ["AAPL"]:
            if is_up_to_date(symbol):
                self._say(f"{symbol}: up to date, nothing requested.")
            else:
                due.append(symbol)
        return due

"""`manage.py run_backtest AAPL --fast 50 --slow 200`: a backtest without a browser."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from pydantic import ValidationError

from core.documents import published_json
from core.errors import HindcastError, field_errors
from strategies.backtests.parameters import BacktestParameters
from strategies.backtests.service import run_backtest


def _values_of(text: str) -> dict[str, str]:
    """Return the values in a text such as "fast=20, slow=50"."""
    pairs = [pair.partition("=") for pair in text.replace(",", " ").split()]
    if not all(name and value for name, _, value in pairs):
        raise CommandError('Give values as --values "fast=20, slow=50".')
    return {name: value for name, _, value in pairs}


class Command(BaseCommand):
    """Runs, stores and sums up one backtest."""

    help = "Run a backtest, store it, and print its outcome in sentences or its JSON document."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take every parameter of a backtest; their limits are checked where they are defined."""
        parser.add_argument("symbol", help="Ticker symbol of a stored instrument, such as AAPL.")
        for name, field in BacktestParameters.model_fields.items():
            if name != "symbol":
                # argparse would read a percent sign as a placeholder.
                words = (field.description or "").replace("%", "%%")
                parser.add_argument(f"--{name.replace('_', '-')}", help=words)
        parser.add_argument("--json", action="store_true", help="Print the document.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run it; fails with a sentence for each parameter that is wrong."""
        given = {name: options[name] for name in BacktestParameters.model_fields if options[name] is not None}
        if "values" in given:
            given["values"] = _values_of(given["values"])
        try:
            document = run_backtest(BacktestParameters.model_validate(given))
        except ValidationError as error:
            raise CommandError("\n".join(f"{e.field}: {e.message}" for e in field_errors(error))) from None
        except HindcastError as error:
            raise CommandError(error.message) from None
        if options["json"]:
            self.stdout.write(published_json(document).decode(), ending="")
        else:
            self.stdout.write("\n".join([document.summary, *document.notices, document.links.page]))

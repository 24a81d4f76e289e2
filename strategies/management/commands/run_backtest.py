"""`manage.py run_backtest AAPL --fast 50 --slow 200`: a backtest without a browser."""

from typing import Any

from django.core.management.base import CommandError, CommandParser

from core.command_line.command import ResultCommand
from core.command_line.fields import add_fields, given_fields
from core.command_line.figures import cell
from core.command_line.output import CommandResult, TextTable
from strategies.backtests.parameters import BacktestParameters
from strategies.backtests.schemas import BacktestDocument, Metrics
from strategies.backtests.service import run_backtest


def _values_of(text: str) -> dict[str, str]:
    """Return the values in a text such as "fast=20, slow=50"."""
    pairs = [pair.partition("=") for pair in text.replace(",", " ").split()]
    if not all(name and value for name, _, value in pairs):
        raise CommandError('Give values as --values "fast=20, slow=50".')
    return {name: value for name, _, value in pairs}


class Command(ResultCommand):
    """Runs, stores and sums up one backtest."""

    help = "Run a backtest, store it, and print its outcome."

    def add_request(self, parser: CommandParser) -> None:
        """Take every parameter of a backtest; their limits are checked where they are defined."""
        parser.add_argument("symbol", help="Ticker symbol of a stored instrument, such as AAPL.")
        add_fields(parser, BacktestParameters, skip={"symbol"})

    def result(self, options: dict[str, Any]) -> CommandResult:
        """Run it."""
        given = given_fields(options, BacktestParameters)
        if isinstance(given.get("values"), str):
            given["values"] = _values_of(given["values"])
        document = run_backtest(BacktestParameters.model_validate(given))
        return CommandResult(
            document=document,
            sentences=[document.summary, *document.notices, document.links.page],
            tables=[_figures(document)],
        )


def _figures(document: BacktestDocument) -> TextTable:
    own, held = document.metrics, document.benchmark
    return TextTable(
        headings=["figure", "strategy", "buy and hold"],
        rows=[
            [name.replace("_", " "), cell(getattr(own, name)), cell(getattr(held, name))]
            for name in Metrics.model_fields
        ],
    )

"""`manage.py sweep_symbols AAPL IBM --fast 10,20 --slow 100`: one sweep for each of many symbols."""

from typing import Any

from django.core.management.base import CommandParser

from core.command_line.command import ResultCommand
from core.command_line.figures import table_of_models
from core.command_line.output import CommandResult, progress_bar
from strategies.engine import kernel_loader
from strategies.sweeps.command_line import add_ranges, given_ranges
from strategies.universes.schemas import UniverseDocument, UniverseParameters
from strategies.universes.service import ask_universe, sweep_all

COLUMNS = (
    "symbol",
    "total_return",
    "benchmark_total_return",
    "sharpe",
    "deflated_sharpe",
    "adjusted_p_value",
)


class Command(ResultCommand):
    """Sweeps the same ranges for many symbols and prints what all of them say together."""

    help = "Sweep the same ranges for many symbols, and print what all of them say together."

    def add_request(self, parser: CommandParser) -> None:
        """Take the symbols and every parameter of a sweep."""
        parser.add_argument("symbols", nargs="*", metavar="SYMBOL", help="Stored symbols; none: all of them.")
        add_ranges(parser)

    def result(self, options: dict[str, Any]) -> CommandResult:
        """Compute here what no worker has computed yet."""
        asked = {"symbols": options["symbols"] or None, **given_ranges(options)}
        parameters = UniverseParameters.model_validate(asked)
        universe_id = ask_universe(parameters).id
        with progress_bar() as progress:
            progress(0.0, "Getting ready")
            kernel_loader.wait()
            return _shown(sweep_all(universe_id, progress=progress))


def _shown(document: UniverseDocument) -> CommandResult:
    verdict = [document.verdict.sentence] if document.verdict else []
    failures = [f"{failure.symbol}: {failure.error}" for failure in document.failures]
    return CommandResult(
        document=document,
        sentences=[*verdict, *failures, document.page],
        tables=[table_of_models("Symbols", document.rows, COLUMNS)],
    )

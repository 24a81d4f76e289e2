"""`manage.py sweep AAPL --fast 5:60:5 --slow 50,100,200`: every combination, and what the best is worth."""

from typing import Any

from django.core.management.base import CommandParser

from core.command_line.command import ResultCommand
from core.command_line.figures import table_of_models
from core.command_line.output import CommandResult, TextTable, progress_bar
from strategies.engine import kernel_loader
from strategies.parameters import values_in_words
from strategies.sweeps.command_line import add_ranges, given_ranges
from strategies.sweeps.parameters import SweepParameters
from strategies.sweeps.schemas import Cell, SweepDocument
from strategies.sweeps.service import run_sweep

FIGURES = ("total_return", "sharpe", "max_drawdown", "trades", "neighbourhood")


class Command(ResultCommand):
    """Sweeps a rule's parameters, stores the sweep and prints the verdict."""

    help = "Backtest every combination of a rule's parameters, store the sweep, and print the verdict."

    def add_request(self, parser: CommandParser) -> None:
        """Take the symbol and every parameter of a sweep."""
        parser.add_argument("symbol", help="Ticker symbol of a stored instrument, such as AAPL.")
        add_ranges(parser)

    def result(self, options: dict[str, Any]) -> CommandResult:
        """Compute it here, however large it is."""
        parameters = SweepParameters.model_validate({"symbol": options["symbol"], **given_ranges(options)})
        with progress_bar() as progress:
            progress(0.0, "Getting ready")
            kernel_loader.wait()
            document = run_sweep(parameters, progress=progress)
        verdict = document.verdict
        return CommandResult(
            document=document,
            sentences=[document.summary, verdict.sentence, *document.notices, document.links.page],
            tables=[_top(document), table_of_models("Tests", verdict.tests, ("name", "figure", "meaning"))],
        )


def _top(document: SweepDocument) -> TextTable:
    named = table_of_models("The best combinations", document.top, FIGURES, left_columns=0)
    rows = [[_combination(document, best), *row] for best, row in zip(document.top, named.rows, strict=True)]
    return TextTable(title=named.title, headings=["combination", *named.headings], rows=rows)


def _combination(document: SweepDocument, best: Cell) -> str:
    return values_in_words({name: best.of_parameter(name) for name in document.varied})

"""`manage.py compare ID ID`: stored backtests side by side."""

from typing import Any

from django.core.management.base import CommandParser

from core.command_line.command import ResultCommand
from core.command_line.output import CommandResult, TextTable
from dashboard.presenters.comparison import Comparison, compare


class Command(ResultCommand):
    """Prints stored backtests side by side: what was asked differently, and the figures."""

    help = "Print stored backtests side by side: what was asked differently, and their figures."

    def add_request(self, parser: CommandParser) -> None:
        """Take the runs."""
        parser.add_argument("runs", nargs="+", metavar="ID", help="The id of a stored backtest.")

    def result(self, options: dict[str, Any]) -> CommandResult:
        """Return the comparison that the page shows."""
        compared = compare(options["runs"])
        return CommandResult(
            document=_document(compared),
            sentences=_warnings(compared),
            tables=[_parameters(compared), *_figures(compared)],
        )


def _document(compared: Comparison) -> dict[str, Any]:
    names = {"id", "summary", "parameters", "period", "metrics", "benchmark", "undefined", "links"}
    runs = [run.document.model_dump(mode="json", by_alias=True, include=names) for run in compared.runs]
    return {"is_like_with_like": compared.is_like_with_like, "runs": runs}


def _warnings(compared: Comparison) -> list[str]:
    if compared.is_like_with_like:
        return []
    return ["These runs are over different days or symbols, so their figures do not compare directly."]


def _headings(compared: Comparison) -> list[str]:
    return ["", *(run.document.id for run in compared.runs)]


def _parameters(compared: Comparison) -> TextTable:
    rows = [[each.label, *each.values] for each in compared.differing]
    return TextTable(title="Asked differently", headings=_headings(compared), rows=rows)


def _figures(compared: Comparison) -> list[TextTable]:
    return [
        TextTable(
            title=str(group),
            headings=_headings(compared),
            rows=[[each.metric.label, *(cell.text for cell in each.cells)] for each in metrics],
        )
        for group, metrics in compared.groups.items()
    ]

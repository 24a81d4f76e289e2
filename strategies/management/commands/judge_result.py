"""`manage.py judge_result FILE --symbol AAPL --trials 200`: a result of another tool, skill or luck."""

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from core.command_line.command import ResultCommand
from core.command_line.fields import add_fields, given_fields
from core.command_line.figures import cell
from core.command_line.output import CommandResult, TextTable
from core.errors import InvalidInput
from strategies.external.reading import LARGEST_FILE
from strategies.external.schemas import ExternalDocument, ExternalParameters
from strategies.external.service import judge_external

STANDARD_INPUT = "-"


class Command(ResultCommand):
    """Measures, reconciles and judges another tool's table."""

    help = (
        "Judge a result that another tool computed: trades of backtesting.py, vectorbt, QuantConnect, "
        "TradingView or freqtrade, or a table of daily equity or returns, a column for each trial."
    )

    def add_request(self, parser: CommandParser) -> None:
        """Take the file, and what is known of it."""
        parser.add_argument("file", help="The CSV file; - reads from the standard input.")
        add_fields(parser, ExternalParameters)

    def result(self, options: dict[str, Any]) -> CommandResult:
        """Judge it."""
        parameters = ExternalParameters.model_validate(given_fields(options, ExternalParameters))
        document = judge_external(_content(options["file"]), parameters)
        reconciled = [document.reconciliation.sentence] if document.reconciliation else []
        return CommandResult(
            document=document,
            sentences=[document.verdict.sentence, *reconciled, *document.notices],
            tables=[_figures(document)],
        )


def _content(file: str) -> bytes:
    try:
        if file == STANDARD_INPUT:
            return sys.stdin.buffer.read(LARGEST_FILE + 1)
        with Path(file).open("rb") as opened:
            return opened.read(LARGEST_FILE + 1)
    except OSError as error:
        raise InvalidInput(f"The file cannot be read: {error.strerror}.", field="file") from None


def _figures(document: ExternalDocument) -> TextTable:
    found = {**dict(document.metrics), **dict(document.trade_metrics or {}), **dict(document.verdict)}
    hidden = {"sentence", "headline"}
    return TextTable(
        title=f"{document.tool}, {document.start} to {document.end}",
        headings=["figure", "value"],
        rows=[[name.replace("_", " "), cell(value)] for name, value in found.items() if name not in hidden],
    )

"""`manage.py report AAPL`: the printed report of a symbol, or a stored result as a file."""

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from core.command_line.command import ResultCommand
from core.command_line.output import CommandResult, progress_bar
from core.document_ids import is_document_id
from core.errors import InvalidInput
from dashboard.downloads.files import Form, file_content
from dashboard.downloads.kinds import find_result
from dashboard.reports.combined import combined_result
from dashboard.reports.filenames import file_name
from dashboard.reports.parameters import ReportChoice

STANDARD_OUTPUT = "-"


class Command(ResultCommand):
    """Writes a report or a table to a file and prints where it is."""

    help = "Write the combined report of a SYMBOL, or the stored result with an ID, to a file."

    def add_request(self, parser: CommandParser) -> None:
        """Take what to write, in which form, and where to."""
        parser.add_argument("target", metavar="SYMBOL|ID", help="A symbol, or the id of a stored result.")
        parser.add_argument(
            "--form",
            dest="file_form",
            choices=[str(form) for form in Form],
            default=str(Form.PDF),
            help="What to write; tables are of stored results alone.",
        )
        parser.add_argument("--table", help="Which table a CSV file holds; by default the first.")
        parser.add_argument("--output", help="The file; - writes to the standard output.")
        parser.add_argument("--backtest", default="", help="Of a symbol's report: the id of its backtest.")
        parser.add_argument("--forecast", default="", help="Of a symbol's report: the id of its forecast.")
        parser.add_argument("--initial-investment", help="Of a symbol's report: cash of its backtest.")
        parser.add_argument("--site", default="http://localhost:8000/", help="Where the report's links lead.")

    def result(self, options: dict[str, Any]) -> CommandResult:
        """Write the file."""
        form = Form(options["file_form"])
        if is_document_id(options["target"]):
            kind, found = find_result(options["target"])
            tables = kind.tables
        else:
            choice = ReportChoice(
                initial_investment=options["initial_investment"],
                backtest=options["backtest"],
                forecast=options["forecast"],
            )
            found, tables = combined_result(options["target"], choice, owner=None), {}
        with progress_bar() as progress:
            progress(0.1, f"Writing {form.upper()}")
            content = file_content(
                found, form=form, tables=tables, table=options["table"], site_address=options["site"]
            )
        return _written(content, options["output"] or file_name(found.document, form))

    def show(self, found: CommandResult, form: str | None) -> None:
        """Print where the file is, unless the file itself went to the standard output."""
        if found.sentences:
            super().show(found, form)


def _written(content: bytes, output: str) -> CommandResult:
    if output == STANDARD_OUTPUT:
        sys.stdout.buffer.write(content)
        return CommandResult(document={})
    path = Path(output)
    try:
        path.write_bytes(content)
    except OSError as error:
        raise InvalidInput(f"The file cannot be written: {error.strerror}.", field="output") from None
    written = {"file": str(path), "bytes": len(content)}
    return CommandResult(document=written, sentences=[f"Wrote {path}, {len(content):,d} bytes."])

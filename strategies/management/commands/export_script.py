"""`manage.py export_script ID --tool vectorbt`: a backtest as a script of another tool."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from core.command_line.command import ResultCommand
from core.command_line.output import CommandResult
from core.errors import InvalidInput
from strategies.backtests.service import find_backtest
from strategies.scripts.service import Tool, script_of


class Command(ResultCommand):
    """Writes a script that reproduces a stored backtest, and the bars that it needs."""

    help = (
        "Write a stored backtest as a script for vectorbt or backtesting.py, which compares its trades with "
        "Hindcast's, or as Pine script, which is unverified."
    )

    def add_request(self, parser: CommandParser) -> None:
        """Take the run, the tool and the file."""
        parser.add_argument("run", metavar="ID", help="The id of a stored backtest.")
        parser.add_argument("--tool", choices=[str(tool) for tool in Tool], required=True, help="For what.")
        parser.add_argument("--output", help="The file; the bars are written beside it.")

    def result(self, options: dict[str, Any]) -> CommandResult:
        """Write the files."""
        tool = Tool(options["tool"])
        document = find_backtest(options["run"])
        ending = "pine" if tool == Tool.PINE else "py"
        path = Path(options["output"] or f"hindcast-{document.id}-{tool}.{ending}")
        bars_path = path.with_name(f"{path.stem}-bars.csv")
        script = script_of(document, tool=tool, bars_file=bars_path.name)
        files = {path: script.text.encode()} | ({bars_path: script.bars} if script.bars else {})
        try:
            for file, content in files.items():
                file.write_bytes(content)
        except OSError as error:
            raise InvalidInput(f"The file cannot be written: {error.strerror}.", field="output") from None
        return CommandResult(
            document={"files": [str(file) for file in files]}, sentences=[f"Wrote {file}." for file in files]
        )

"""The base of the commands that do what a page does.

A command says which arguments it takes and returns a CommandResult; form of output, errors and exit codes
are the same for all.
"""

from abc import abstractmethod
from enum import IntEnum
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from pydantic import ValidationError

from core.command_line.output import CommandResult, json_of, text_of
from core.errors import HindcastError, NotFound, TooManyRequests, Unavailable, field_errors


class ExitCode(IntEnum):
    """How a command ended; 2 is argparse's for arguments that the command does not have."""

    OK = 0
    REFUSED = 1
    NOT_FOUND = 3
    TRY_LATER = 4
    WORK_FAILED = 5
    INTERRUPTED = 130


class ResultCommand(BaseCommand):
    """Finds a result and prints it: tables on a terminal, one line of JSON in a pipe."""

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the command's own arguments, and the form of the output."""
        self.add_request(parser)
        form = parser.add_mutually_exclusive_group()
        form.add_argument(
            "--json", dest="form", action="store_const", const="json", help="Print one line of JSON."
        )
        form.add_argument(
            "--text", dest="form", action="store_const", const="text", help="Print sentences and tables."
        )

    @abstractmethod
    def add_request(self, parser: CommandParser) -> None:
        """Take the arguments of this command."""

    @abstractmethod
    def result(self, options: dict[str, Any]) -> CommandResult:
        """Return what the command found; errors of core.errors and of pydantic may be raised."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the result; an error becomes a sentence and an exit code."""
        try:
            found = self.result(options)
        except ValidationError as error:
            lines = [f"{each.field}: {each.message}" for each in field_errors(error)]
            raise CommandError("\n".join(lines), returncode=ExitCode.REFUSED) from None
        except HindcastError as error:
            raise CommandError(_sentence(error), returncode=exit_code_of(error)) from None
        except KeyboardInterrupt:
            raise CommandError("Interrupted.", returncode=ExitCode.INTERRUPTED) from None
        self.show(found, options["form"])

    def show(self, found: CommandResult, form: str | None) -> None:
        """Print a result as `form`; without one as the output suggests."""
        stream = self.stdout
        if form == "json" or (form is None and not stream.isatty()):
            stream.write(json_of(found), ending="")
        else:
            stream.write(text_of(found, is_terminal=stream.isatty()), ending="")


class WorkFailed(HindcastError):
    """Work was begun and did not succeed; its error says why."""


def exit_code_of(error: HindcastError) -> ExitCode:
    """Return the exit code that tells a script what kind of error it was."""
    match error:
        case NotFound():
            return ExitCode.NOT_FOUND
        case TooManyRequests() | Unavailable():
            return ExitCode.TRY_LATER
        case WorkFailed():
            return ExitCode.WORK_FAILED
        case _:
            return ExitCode.REFUSED


def _sentence(error: HindcastError) -> str:
    """Return the message, with the name of the argument that it is about."""
    return f"{error.field}: {error.message}" if error.field else error.message

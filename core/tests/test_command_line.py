"""Output, errors and exit codes that all commands with results share."""

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.core.management.base import CommandParser
from pydantic import BaseModel, Field

from core.command_line.command import ExitCode, ResultCommand, WorkFailed
from core.command_line.fields import add_fields, given_fields
from core.command_line.output import CommandResult, TextTable
from core.errors import HindcastError, InvalidInput, NotFound, TooManyRequests, Unavailable


class Asked(BaseModel):
    size: int = Field(default=1, ge=1, description="A size: 5 % or more.")
    plan: dict[str, int] = Field(default={}, description="Of what.")


class Measure(ResultCommand):
    error: HindcastError | None = None

    def add_request(self, parser: CommandParser) -> None:
        add_fields(parser, Asked)

    def result(self, options: dict[str, Any]) -> CommandResult:
        if self.error is not None:
            raise self.error
        asked = Asked.model_validate(given_fields(options, Asked))
        table = TextTable(title="Sizes", headings=["name", "size"], rows=[["[bold]one[/]", str(asked.size)]])
        return CommandResult(document=asked, sentences=["A sentence."], tables=[table])


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def run(*arguments: str, output: StringIO | None = None, error: HindcastError | None = None) -> str:
    command = Measure()
    command.error = error
    stream = output or StringIO()
    call_command(command, *arguments, stdout=stream)
    return stream.getvalue()


def test_a_pipe_gets_one_line_of_json() -> None:
    text = run("--size", "3", "--plan", '{"a": 2}')
    assert json.loads(text) == {"size": 3, "plan": {"a": 2}}
    assert text.count("\n") == 1


def test_a_terminal_gets_sentences_and_tables_with_cells_as_they_are() -> None:
    text = run(output=Terminal())
    assert "A sentence." in text
    assert "[bold]one[/]" in text
    assert json.loads(run("--json", output=Terminal())) == {"size": 1, "plan": {}}


def test_text_without_a_terminal_has_no_escape_sequences() -> None:
    text = run("--text")
    assert "Sizes" in text
    assert "\x1b" not in text


def test_help_can_be_printed_in_spite_of_percent_signs() -> None:
    assert "5 % or more" in Measure().create_parser("manage.py", "measure").format_help()


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (InvalidInput("Not so."), ExitCode.REFUSED),
        (NotFound("Not there."), ExitCode.NOT_FOUND),
        (Unavailable("Not now."), ExitCode.TRY_LATER),
        (TooManyRequests("Not so often.", retry_after=3), ExitCode.TRY_LATER),
        (WorkFailed("Not done."), ExitCode.WORK_FAILED),
    ],
)
def test_the_exit_code_says_what_kind_of_error_it_was(error: HindcastError, code: ExitCode) -> None:
    with pytest.raises(CommandError, match="Not ") as raised:
        run(error=error)
    assert raised.value.returncode == code


def test_errors_name_their_field() -> None:
    with pytest.raises(CommandError, match="size: ") as raised:
        run("--size", "0")
    assert raised.value.returncode == ExitCode.REFUSED
    with pytest.raises(CommandError, match="plan: This is no JSON"):
        run("--plan", "{nonsense")

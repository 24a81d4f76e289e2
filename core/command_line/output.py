"""Write what a command found: tables for a person at a terminal, JSON for a program."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import StringIO
from typing import Any

from pydantic import BaseModel
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from core.documents import SerializedDocument

WIDTH_WITHOUT_TERMINAL = 120
"""Columns of the text form where no terminal says how wide it is."""


@dataclass(frozen=True, kw_only=True)
class TextTable:
    """A table for a terminal; the cells are written as they are, numbers to the right."""

    title: str = ""
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    left_columns: int = 1
    """How many of the first columns are words and stand to the left."""


@dataclass(frozen=True, kw_only=True)
class CommandResult:
    """What a command found.

    document: what is printed as JSON: a document, or plain JSON values.
    sentences, tables: the same for a person.
    """

    document: BaseModel | SerializedDocument | dict[str, Any] | list[Any]
    sentences: Sequence[str] = ()
    tables: Sequence[TextTable] = field(default_factory=tuple)


def json_of(result: CommandResult) -> str:
    """Return the result as one line of JSON; equal results give equal lines."""
    document = result.document
    if isinstance(document, BaseModel):
        document = SerializedDocument.of(document)
    if not isinstance(document, SerializedDocument):
        document = SerializedDocument.of_json(document)
    return document.json.decode()


def text_of(result: CommandResult, *, is_terminal: bool) -> str:
    """Return sentences and tables as text, with colours and as wide as the terminal where there is one."""
    text = StringIO()
    width = None if is_terminal else WIDTH_WITHOUT_TERMINAL
    console = Console(file=text, force_terminal=is_terminal, width=width, highlight=False)
    for sentence in result.sentences:
        console.print(Text(sentence), soft_wrap=not is_terminal)
    for table in result.tables:
        console.print(_rich_table(table))
    return text.getvalue()


def _rich_table(table: TextTable) -> Table:
    shown = Table(title=Text(table.title, style="bold") if table.title else None, title_justify="left")
    for position, heading in enumerate(table.headings):
        is_words = position < table.left_columns
        shown.add_column(Text(heading), justify="left" if is_words else "right", overflow="fold")
    for row in table.rows:
        shown.add_row(*(Text(cell) for cell in row))
    return shown


class ProgressBar:
    """A bar on the terminal's error stream that work tells its progress to."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._task = progress.add_task("", total=1.0)

    def __call__(self, fraction: float, step: str) -> None:
        """Show the fraction done (0 to 1) and what is being done."""
        self._progress.update(self._task, completed=fraction, description=step)


@contextmanager
def progress_bar() -> Iterator[ProgressBar]:
    """Show a progress bar within the block; nothing where the error stream is no terminal."""
    console = Console(file=sys.stderr)
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not sys.stderr.isatty()) as progress:
        yield ProgressBar(progress)

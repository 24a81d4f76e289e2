"""What every report is put together from: charts and tables, written for the templates."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Chart:
    """An image; `alternative` says what it shows to someone who does not see it."""

    url: str
    caption: str
    alternative: str


@dataclass(frozen=True, kw_only=True)
class Table:
    """Written cells. The first column names the row; `note` says what is not in the table."""

    caption: str
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Fact:
    """A line of a method table."""

    label: str
    text: str


@dataclass(frozen=True, kw_only=True)
class FactGroup:
    """A titled part of the method page."""

    title: str
    facts: Sequence[Fact]

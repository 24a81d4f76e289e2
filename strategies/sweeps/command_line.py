"""What the commands of sweeps share: their arguments, and the parameters that these give."""

from argparse import SUPPRESS
from collections.abc import Mapping
from typing import Any

from django.core.management.base import CommandParser

from core.command_line.fields import add_fields, given_fields
from strategies.engine.parameters import TUNABLE
from strategies.sweeps.parameters import SweepRanges
from strategies.sweeps.value_texts import read_named_values, read_values


def add_ranges(parser: CommandParser) -> None:
    """Take every parameter of a sweep; swept ones as a number, a list or a range."""
    add_fields(parser, SweepRanges, skip={*TUNABLE, "values"})
    for name in TUNABLE:
        words = f"{TUNABLE[name].meaning}: a number, a list as 10,20,50, or a range as 5:60:5."
        parser.add_argument(f"--{name}", default=SUPPRESS, metavar="VALUES", help=words.replace("%", "%%"))
    parser.add_argument(
        "--values",
        nargs="+",
        default=SUPPRESS,
        metavar="NAME=VALUES",
        help="Values of a custom rule's parameters: fast=5:60:5 level=20,30.",
    )


def given_ranges(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters of a sweep that the command line gives."""
    given = given_fields(options, SweepRanges)
    for name in TUNABLE:
        if isinstance(given.get(name), str):
            given[name] = read_values(name, given[name])
    if "values" in given:
        given["values"] = read_named_values(given["values"])
    return given

"""Which column of another tool's table is which, by the names that the tool writes."""

import re
from collections.abc import Iterable
from enum import StrEnum


class Role(StrEnum):
    """What a column of trades holds."""

    ENTRY_DATE = "entry_date"
    EXIT_DATE = "exit_date"
    ENTRY_PRICE = "entry_price"
    EXIT_PRICE = "exit_price"
    SIZE = "size"
    PNL = "pnl"
    DIRECTION = "direction"
    COSTS = "costs"


NAMES: dict[Role, tuple[str, ...]] = {
    Role.ENTRY_DATE: ("entrydate", "entrytime", "entrytimestamp", "opendate"),
    Role.EXIT_DATE: ("exitdate", "exittime", "exittimestamp", "closedate"),
    Role.ENTRY_PRICE: ("entryprice", "avgentryprice", "openrate"),
    Role.EXIT_PRICE: ("exitprice", "avgexitprice", "closerate"),
    Role.SIZE: ("size", "shares", "quantity", "amount", "contracts", "positionsizeqty"),
    Role.PNL: ("pnl", "pl", "profitabs", "profit"),
    Role.DIRECTION: ("direction", "side", "isshort"),
    Role.COSTS: ("costs", "fees", "commission"),
}
"""Names without what is no letter or digit, in small letters."""

SIGNATURES: dict[str, frozenset[str]] = {
    "backtesting.py": frozenset({"entrybar", "exitbar", "returnpct"}),
    "vectorbt": frozenset({"entrytimestamp", "exittimestamp", "status"}),
    "freqtrade": frozenset({"opendate", "closedate", "openrate"}),
    "QuantConnect": frozenset({"entrytime", "exittime", "symbols"}),
    "Hindcast": frozenset({"entrydate", "exitdate", "maxadverseexcursion"}),
}
"""Columns that only this tool writes together."""


def folded(name: object) -> str:
    """Return a column's name in small letters and digits alone; a currency in it is left out."""
    text = re.sub(r"\b(USD|EUR|GBP|USDT|JPY|CHF)\b", "", str(name))
    return re.sub(r"[^a-z0-9]", "", text.lower().replace("p&l", "pnl").replace("%", "percent"))


def roles_of(columns: Iterable[object]) -> dict[Role, object]:
    """Return the column of each role; those that are missing are left out."""
    by_name = {folded(column): column for column in columns}
    return {
        role: by_name[name] for role, names in NAMES.items() for name in reversed(names) if name in by_name
    }


def tool_of(columns: Iterable[object]) -> str:
    """Return the tool that writes these columns; "table" for none that is known."""
    names = {folded(column) for column in columns}
    return next((tool for tool, signature in SIGNATURES.items() if signature <= names), "table")

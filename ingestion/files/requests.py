"""What a user says about a file of bars, from a form, a query or a command line."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from core.errors import InvalidInput
from ingestion.exchange_calendar import known_exchanges
from ingestion.files.column_roles import Role
from ingestion.files.date_spelling import DateOrder
from ingestion.files.number_format import DecimalMark
from ingestion.files.reading import ReadOptions
from ingestion.symbols import parse_symbol


class FilePrices(StrEnum):
    """What the prices of a file are."""

    AS_TRADED = "as_traded"
    SPLIT_ADJUSTED = "split_adjusted"


@dataclass(frozen=True, kw_only=True)
class ImportRequest:
    """What to make of a file; None: the file tells it.

    symbol: of every row. prices: None: by the steps at known splits. exchange: ISO 10383 code.
    currency: ISO 4217 code, or GBX, ZAC, ILA. columns: the column of a role by name or number from 1.
    replace: whether bars of the sample may be deleted. symbol_from_name: whether the file's name is the
    symbol where nothing else says it.
    """

    symbol: str | None = None
    prices: FilePrices | None = None
    exchange: str | None = None
    currency: str | None = None
    decimal: DecimalMark | None = None
    dates: DateOrder | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    replace: bool = False
    symbol_from_name: bool = False

    @property
    def options(self) -> ReadOptions:
        """How to read the file."""
        return ReadOptions(
            symbol=self.symbol,
            decimal=self.decimal,
            date_order=self.dates,
            columns={Role(role): name for role, name in self.columns.items()},
        )


_DECIMALS = {
    "point": DecimalMark.POINT,
    ".": DecimalMark.POINT,
    "dot": DecimalMark.POINT,
    "comma": DecimalMark.COMMA,
    ",": DecimalMark.COMMA,
}
_ORDERS = {
    **{str(order): order for order in DateOrder},
    "ymd": DateOrder.YEAR_FIRST,
    "mdy": DateOrder.MONTH_FIRST,
    "dmy": DateOrder.DAY_FIRST,
}
_ANY = frozenset({"", "auto", "detect"})


def import_request(
    symbol: str | None,
    *,
    prices: str | None = None,
    exchange: str | None = None,
    currency: str | None = None,
    decimal: str | None = None,
    dates: str | None = None,
    columns: str | None = None,
    replace: bool = False,
) -> ImportRequest:
    """Return the request that these words make; raises InvalidInput, naming the field, for a wrong one."""
    return ImportRequest(
        symbol=parse_symbol(symbol) if symbol and symbol.strip() else None,
        prices=_prices(prices),
        exchange=_exchange(exchange),
        currency=_currency(currency),
        decimal=_chosen(decimal, _DECIMALS, "decimal", "point or comma"),
        dates=_chosen(dates, _ORDERS, "dates", "day_first, month_first or year_first"),
        columns=parse_columns(columns),
        replace=replace,
    )


def _prices(text: str | None) -> FilePrices | None:
    choices = {str(choice): choice for choice in FilePrices}
    return _chosen(text, choices, "prices", " or ".join(choices))


def _chosen[Choice](text: str | None, choices: Mapping[str, Choice], name: str, words: str) -> Choice | None:
    plain = (text or "").strip().lower()
    if plain in _ANY:
        return None
    if plain not in choices:
        raise InvalidInput(f"“{(text or '')[:20]}” is no choice for {name}: give {words}.", field=name)
    return choices[plain]


def _exchange(text: str | None) -> str | None:
    code = (text or "").strip()
    if not code:
        return None
    known = {exchange.upper(): exchange for exchange in known_exchanges()}
    if code.upper() not in known:
        raise InvalidInput(
            f"There is no calendar for “{code[:10].upper()}”. Give an ISO 10383 code such as XNYS, XNAS or "
            f"XLON.",
            field="exchange",
        )
    return known[code.upper()]


def _currency(text: str | None) -> str | None:
    code = (text or "").strip()
    if not code:
        return None
    code = {"GBp": "GBX", "ZAc": "ZAC", "ILa": "ILA"}.get(code, code.upper())
    if len(code) != 3 or not code.isascii() or not code.isalpha():  # noqa: PLR2004 - ISO 4217
        raise InvalidInput(
            f"“{code[:10]}” is no currency. Give a code of three letters such as USD, EUR or GBX.",
            field="currency",
        )
    return code


def parse_columns(text: str | None) -> dict[str, str]:
    """Return the columns by role from `date:Day,close:Value` or the same as JSON."""
    text = (text or "").strip()
    if not text:
        return {}
    pairs = _json_pairs(text) if text.startswith("{") else _plain_pairs(text)
    roles = {str(role) for role in Role}
    for role in pairs:
        if role not in roles:
            raise InvalidInput(
                f"“{role[:20]}” is no kind of column. The kinds are {', '.join(sorted(roles))}.",
                field="columns",
            )
    return pairs


def _json_pairs(text: str) -> dict[str, str]:
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise _no_columns(text)
    return {str(role).strip().lower(): str(name).strip() for role, name in found.items()}


def _plain_pairs(text: str) -> dict[str, str]:
    pairs = {}
    for part in text.split(","):
        role, mark, name = part.replace("=", ":", 1).partition(":")
        if not mark or not name.strip():
            raise _no_columns(text)
        pairs[role.strip().lower()] = name.strip()
    return pairs


def _no_columns(text: str) -> InvalidInput:
    return InvalidInput(
        f"“{text[:40]}” does not say which column is which. Write columns=date:Day,close:Value, with the "
        f"name "
        "or the number of each column.",
        field="columns",
    )

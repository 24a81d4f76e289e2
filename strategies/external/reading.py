"""Read another tool's table: trades, an equity curve, or returns of one or many trials."""

from dataclasses import dataclass
from io import BytesIO
from typing import Any, Literal

import numpy as np
import pandas as pd

from core.errors import InvalidInput
from strategies.external.columns import Role, folded, roles_of, tool_of

LARGEST_FILE = 20 * 1024**2
MOST_TRIALS = 2_000
EQUITY_NAMES = {"equity", "value", "close", "totalvalue", "portfoliovalue", "strategyequity"}
RETURN_NAMES = {"return", "returns", "dailyreturn", "strategy"}
DATE_NAMES = {"", "date", "time", "datetime", "dateandtime", "timestamp", "day", "unnamed0"}
DELIMITERS = (b",", b";", b"\t")
MONTHS = 12
ZONE = r"(:\d\d(?:\.\d+)?)\s*(?:Z|[+-]\d\d:?\d\d)$"
"""A time zone behind a time: a day is the tool's own, not that of Greenwich."""
NUMBERS_ONLY = r"^(\d{1,2})[/.-](\d{1,2})[/.-]\d{2,4}"
NEEDED = (Role.ENTRY_DATE, Role.EXIT_DATE, Role.PNL)


@dataclass(frozen=True, kw_only=True, eq=False)
class ExternalTrades:
    """Trades by the names of Role, oldest entry first; size is positive, `short` says the side."""

    tool: str
    table: pd.DataFrame


@dataclass(frozen=True, kw_only=True, eq=False)
class ExternalCurves:
    """A column of daily returns for each trial, by day."""

    tool: str
    holds: Literal["equity", "returns"]
    returns: pd.DataFrame


def read_external(content: bytes, *, values: str | None = None) -> ExternalTrades | ExternalCurves:
    """Return what a CSV file holds.

    values: what the columns of a table without trades are, equity or returns; None: their names tell.
    Raises InvalidInput for a file that is neither.
    """
    table = _table(content)
    if {"type", "signal"} <= {folded(column) for column in table.columns}:
        return _tradingview(table)
    roles = roles_of(table.columns)
    if Role.ENTRY_DATE in roles or Role.EXIT_DATE in roles:
        return _trades(table, tool_of(table.columns))
    return _curves(table, values)


def _table(content: bytes) -> pd.DataFrame:
    if len(content) > LARGEST_FILE:
        raise InvalidInput(f"The file has more than {LARGEST_FILE // 1024**2} MB. Export fewer rows.")
    header = content.partition(b"\n")[0]
    delimiter = max(DELIMITERS, key=header.count).decode()
    try:
        table = pd.read_csv(BytesIO(content), sep=delimiter, encoding="utf-8-sig")
    except (ValueError, pd.errors.ParserError, UnicodeDecodeError) as error:
        raise InvalidInput(f"This is no table of comma-separated values: {error}.") from None
    if table.empty:
        raise InvalidInput("The table has no rows.")
    return table


def _trades(table: pd.DataFrame, tool: str) -> ExternalTrades:
    roles = roles_of(table.columns)
    missing = [role for role in NEEDED if role not in roles]
    if missing:
        raise InvalidInput(f"The trades have no column for {', '.join(missing)}. Export the table with them.")
    trades = pd.DataFrame({role: table[column] for role, column in roles.items()})
    return ExternalTrades(tool=tool, table=_typed(trades))


def _typed(trades: pd.DataFrame) -> pd.DataFrame:
    """Return the trades with days and numbers; raises InvalidInput, naming the row, for what is neither."""
    for role in trades.columns:
        if role in {Role.ENTRY_DATE, Role.EXIT_DATE}:
            trades[role] = _days(trades[role], str(role))
        elif role != Role.DIRECTION:
            trades[role] = _numbers(trades[role], str(role))
    size = trades.get(Role.SIZE)
    by_name = trades.get(Role.DIRECTION)
    short = size < 0 if size is not None else pd.Series(data=False, index=trades.index)
    if by_name is not None:
        short = short | by_name.astype(str).str.lower().isin({"short", "sell", "true", "1"})
    trades["short"] = short
    if size is not None:
        trades[Role.SIZE] = size.abs()
    backwards = trades[Role.EXIT_DATE] < trades[Role.ENTRY_DATE]
    if backwards.any():
        raise InvalidInput(f"Row {int(backwards.to_numpy().argmax()) + 1}: the exit lies before the entry.")
    return trades.sort_values(Role.ENTRY_DATE, kind="stable").reset_index(drop=True)


def _tradingview(table: pd.DataFrame) -> ExternalTrades:
    """Return TradingView's list of trades, which has a row for the entry and one for the exit."""
    names = {folded(column): column for column in table.columns}
    number = next(
        (names[name] for name in ("trade", "tradenumber", "trade#") if name in names), table.columns[0]
    )
    is_entry = table[names["type"]].astype(str).str.lower().str.startswith("entry")
    entries, exits = table[is_entry].set_index(number), table[~is_entry].set_index(number)
    if not entries.index.is_unique or not exits.index.is_unique:
        raise InvalidInput("A trade has more than one entry or exit. Export the list without partial fills.")
    exits = exits.reindex(entries.index).dropna(how="all")
    entries = entries.loc[exits.index]
    day = next(names[name] for name in ("dateandtime", "datetime", "date") if name in names)
    profit = next(names[name] for name in ("netpnl", "pnl", "profit") if name in names)
    found = {
        Role.ENTRY_DATE: entries[day],
        Role.EXIT_DATE: exits[day],
        Role.ENTRY_PRICE: entries[names["price"]],
        Role.EXIT_PRICE: exits[names["price"]],
        Role.PNL: exits[profit],
        Role.DIRECTION: entries[names["type"]].astype(str).str.split().str[-1],
    }
    size = next(
        (names[name] for name in ("contracts", "positionsizeqty", "quantity", "qty") if name in names), None
    )
    if size is not None:
        found[Role.SIZE] = entries[size]
    return ExternalTrades(tool="TradingView", table=_typed(pd.DataFrame(found).reset_index(drop=True)))


def _curves(table: pd.DataFrame, values: str | None) -> ExternalCurves:
    day = next((column for column in table.columns if folded(column) in DATE_NAMES), table.columns[0])
    days = _days(table[day], str(day))
    columns = {folded(column): column for column in table.columns if column != day}
    equity = [column for name, column in columns.items() if name in EQUITY_NAMES]
    returns = [column for name, column in columns.items() if name in RETURN_NAMES]
    chosen = list(columns.values()) if values else (equity or returns)
    if not chosen:
        raise InvalidInput(
            "There is no column of trades, equity or returns. Name it equity or return, or say with "
            "values what the columns are.",
            field="values",
        )
    if len(chosen) > MOST_TRIALS:
        raise InvalidInput(f"These are more than {MOST_TRIALS:,d} trials. Leave some out.")
    numbers = pd.DataFrame({str(column): _numbers(table[column], str(column)) for column in chosen})
    numbers.index = pd.DatetimeIndex(days)
    if numbers.index.has_duplicates:
        raise InvalidInput("A day stands in the table twice. Export one row for each day.")
    numbers = numbers.sort_index()
    if values == "returns" or (values is None and not equity):
        return ExternalCurves(tool=_curve_tool(table), holds="returns", returns=numbers)
    if not (numbers > 0).all(axis=None):
        raise InvalidInput("The equity must be above zero on every day.", field="values")
    return ExternalCurves(tool=_curve_tool(table), holds="equity", returns=numbers.pct_change().iloc[1:])


def _curve_tool(table: pd.DataFrame) -> str:
    names = {folded(column) for column in table.columns}
    return "backtesting.py" if {"equity", "drawdownpct"} <= names else "table"


def _days(column: "pd.Series[Any]", name: str) -> "pd.Series[pd.Timestamp]":
    """Return the days as the tool's clock had them; raises InvalidInput for what is none or ambiguous."""
    texts = column.astype(str).str.strip().str.replace(ZONE, r"\1", regex=True)
    days = pd.to_datetime(texts, errors="coerce", format="mixed", dayfirst=_day_first(texts, name))
    _require(days, name, "day")
    found: pd.Series[pd.Timestamp] = days.dt.normalize()
    return found


def _day_first(texts: "pd.Series[str]", name: str) -> bool:
    """Return whether days such as 13/02/2020 begin with the day; raises InvalidInput where both fit."""
    parts = texts.str.extract(NUMBERS_ONLY).dropna().astype(int)
    if parts.empty:
        return False
    day_first, month_first = (parts[0] > MONTHS).any(), (parts[1] > MONTHS).any()
    if day_first == month_first:
        raise InvalidInput(
            f"The column {name} can be read with the day or with the month first, such as "
            f"{texts.loc[parts.index[0]]}. Write days as 2020-02-13."
        )
    return bool(day_first)


def _numbers(column: "pd.Series[Any]", name: str) -> "pd.Series[float]":
    cleaned = column.astype(str).str.replace(r"[,\s$€£]", "", regex=True)
    numbers = pd.to_numeric(cleaned, errors="coerce")
    _require(numbers, name, "number")
    if not np.isfinite(numbers).all():
        raise InvalidInput(f"The column {name} holds a number without end.")
    return numbers.astype("float64")


def _require(values: "pd.Series[Any]", name: str, kind: str) -> None:
    unreadable = ~pd.notna(values)
    if unreadable.any():
        row = int(unreadable.to_numpy().argmax()) + 1
        raise InvalidInput(f"Row {row}: the column {name} holds no {kind}.")

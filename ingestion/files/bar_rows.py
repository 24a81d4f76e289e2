"""Tell which rows of a table are bars, and say of the others what is wrong with them."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ingestion.files.column_roles import PRICE_ROLES, Role
from ingestion.files.date_format import DateReading
from ingestion.files.symbol_names import RequestedRows
from ingestion.files.table_reader import TableRows
from ingestion.store.adjustment import DatedValue
from ingestion.store.bar_table import rounded_prices

EARLIEST = date(1900, 1, 1)
"""Daily bars of shares are not older."""

HIGHEST_PRICE = 1e12
HIGHEST_VOLUME = 2.0**63
LOWEST_PRICE = 1e-12

WIDENED_WITHIN = 1e-6
"""An open or close outside the range by this fraction is rounding, not an error."""

_Floats = NDArray[np.float64]
_Mask = NDArray[np.bool_]
_Rows = NDArray[np.intp]
_DIVIDEND = re.compile(r"\$?\s*(\d+(?:[.,]\d+)?)\s*(?:dividend|cash dividend)s?", re.IGNORECASE)
_SPLIT = re.compile(r"(\d+(?:\.\d+)?)\s*[:/]\s*(\d+(?:\.\d+)?)\s*(?:stock )?splits?", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class BadRow:
    """A row that is set aside: its line, its day where it has one, and what is wrong with it.

    is_harmless: whether nothing is lost with it, as with a repeated row.
    """

    line: int
    date: date | None
    reason: str
    is_harmless: bool = False


@dataclass(kw_only=True)
class CheckedRows:
    """The rows of a table after all checks; arrays have the shape (rows,), prices (4, rows).

    good: rows that are bars. is_equity: rows of the series EQ, where a column tells.
    other_lines: lines that have neither a date nor a price.
    """

    lines: NDArray[np.int32]
    days: NDArray[np.datetime64]
    seconds: NDArray[np.int32]
    symbol_codes: NDArray[np.int32]
    prices: _Floats
    volume: _Floats
    split: _Floats | None
    dividend: _Floats | None
    good: _Mask
    is_equity: _Mask | None = None
    bad: list[BadRow] = field(default_factory=list)
    missing_volumes: int = 0
    widened: int = 0
    other_lines: int = 0
    noted_splits: list[DatedValue] = field(default_factory=list)
    noted_dividends: list[DatedValue] = field(default_factory=list)

    def day_of(self, row: int) -> date | None:
        """Return the day of a row; None where it has none."""
        day: date | None = self.days[row].item()
        return day

    def set_aside(self, row: int, reason: str, *, is_harmless: bool = False) -> None:
        """Take a row out of the good ones."""
        self.good[row] = False
        self.bad.append(
            BadRow(line=int(self.lines[row]), date=self.day_of(row), reason=reason, is_harmless=is_harmless)
        )

    def without_repeats(self, places: _Rows) -> _Rows:
        """Return rows of one symbol, ordered by day, with one row a day.

        A row that repeats another word for word is dropped; of two different ones neither can be trusted.
        """
        days = self.days[places]
        if not np.any(days[1:] == days[:-1]):
            return places
        kept = []
        starts = np.flatnonzero(np.append(True, days[1:] != days[:-1]))
        for group in np.split(places, starts[1:]):
            rows = self._equity_alone(sorted(group.tolist()))
            first = rows[0]
            differing = [row for row in rows[1:] if not self._is_alike(first, row)]
            for row in rows[1:]:
                if row not in differing and not differing:
                    self.set_aside(row, f"the row repeats line {self.lines[first]}", is_harmless=True)
            if differing:
                lines = ", ".join(str(self.lines[row]) for row in rows)
                for row in rows:
                    self.set_aside(row, f"lines {lines} give different bars for {self.day_of(row)}")
            else:
                kept.append(first)
        return np.array(kept, dtype=np.intp)

    def _equity_alone(self, rows: list[int]) -> list[int]:
        """Return the rows of one day without those of other series, where one of them is of the series EQ."""
        equity = [row for row in rows if self.is_equity is not None and self.is_equity[row]]
        if not equity:
            return rows
        for row in rows:
            if row not in equity:
                reason = f"the row is of another series than EQ, whose bar is on line {self.lines[equity[0]]}"
                self.set_aside(row, reason, is_harmless=True)
        return equity

    def _is_alike(self, one: int, other: int) -> bool:
        return bool(
            np.all(self.prices[:, one] == self.prices[:, other]) and self.volume[one] == self.volume[other]
        )

    def splits_of(self, places: _Rows) -> list[DatedValue]:
        """Return the splits that the rows name, oldest first."""
        return _actions(self.days, self.split, places, self.noted_splits, none=(0.0, 1.0))

    def dividends_of(self, places: _Rows) -> list[DatedValue]:
        """Return the dividends that the rows name, oldest first."""
        return _actions(self.days, self.dividend, places, self.noted_dividends, none=(0.0,))


def _actions(
    days: NDArray[np.datetime64],
    values: _Floats | None,
    places: _Rows,
    noted: list[DatedValue],
    *,
    none: tuple[float, ...],
) -> list[DatedValue]:
    with np.errstate(invalid="ignore"):
        rows: _Rows = places[values[places] > 0] if values is not None else places[:0]
    named = [
        DatedValue(date=days[row].item(), value=float(values[row]))
        for row in rows
        if values is not None and values[row] not in none
    ]
    return sorted({action.date: action for action in [*noted, *named]}.values())


def check_rows(rows: TableRows, dates: DateReading, *, lot: int, symbols: RequestedRows) -> CheckedRows:
    """Return the rows with those marked that are bars of a wanted symbol.

    lot: shares in a unit of volume. The numbers of `rows` move into the result: memory holds them once.
    """
    count = len(rows)
    checked = _unchecked(rows, dates, lot)
    codes = checked.symbol_codes
    wanted = symbols.wanted(codes)
    has_date = ~np.isnat(checked.days)
    has_price = np.isfinite(checked.prices).any(axis=0)
    spelled = _spelled(rows, count)
    other = ~has_date & ~has_price
    checked.other_lines = int(other.sum())
    noted = _take_notes(checked, rows, has_date & ~has_price)
    checked.good = wanted & ~other & ~noted
    _set_aside_bad(checked, rows, spelled)
    _widen(checked)
    for price in checked.prices:
        price[:] = rounded_prices(price)
    return checked


def _unchecked(rows: TableRows, dates: DateReading, lot: int) -> CheckedRows:
    count = len(rows)
    days = np.array([found.day if found else None for found in dates.dates], dtype="datetime64[D]")
    seconds = np.array(
        [-1 if found is None or found.second is None else found.second for found in dates.dates],
        dtype=np.int32,
    )
    volume = rows.numbers.pop(Role.VOLUME, None)
    prices = np.empty((len(PRICE_ROLES), count))
    prices[:] = rows.numbers[Role.CLOSE]
    for place, role in enumerate(PRICE_ROLES):
        if role in rows.numbers:
            prices[place] = rows.numbers.pop(role)
    return CheckedRows(
        lines=rows.lines,
        days=days[rows.date_codes],
        seconds=seconds[rows.date_codes],
        symbol_codes=rows.symbol_codes
        if rows.symbol_codes is not None
        else np.full(count, -1, dtype=np.int32),
        prices=prices,
        volume=np.zeros(count) if volume is None else volume * lot,
        split=rows.numbers.get(Role.SPLIT),
        dividend=rows.numbers.get(Role.DIVIDEND),
        good=np.ones(count, dtype=np.bool_),
        is_equity=rows.is_equity,
    )


def _spelled(rows: TableRows, count: int) -> _Mask:
    """Return which rows have a cell that is no number though something stands in it."""
    mask = np.zeros(count, dtype=np.bool_)
    for row, role in rows.texts:
        if role in {*PRICE_ROLES, Role.VOLUME}:
            mask[row] = True
    return mask


def _take_notes(checked: CheckedRows, rows: TableRows, candidates: _Mask) -> _Mask:
    """Take in lines such as `0.25 Dividend` between the rows of a copied page; return which they are."""
    noted = np.zeros(len(rows), dtype=np.bool_)
    for (row, _), text in rows.texts.items():
        if not candidates[row]:
            continue
        day: date = checked.days[row].item()
        if match := _DIVIDEND.fullmatch(text):
            checked.noted_dividends.append(DatedValue(date=day, value=float(match[1].replace(",", "."))))
            noted[row] = True
        elif match := _SPLIT.fullmatch(text):
            checked.noted_splits.append(DatedValue(date=day, value=float(match[1]) / float(match[2])))
            noted[row] = True
    return noted


def _set_aside_bad(checked: CheckedRows, rows: TableRows, spelled: _Mask) -> None:
    """Set aside the rows that cannot be bars, each with its reason."""
    open_, high, low, close = checked.prices
    tolerance = WIDENED_WITHIN * np.abs(close)
    volume_missing = ~np.isfinite(checked.volume) & ~spelled
    with np.errstate(invalid="ignore"):
        suspicious = (
            np.isnat(checked.days)
            | (checked.days < np.datetime64(EARLIEST))
            | rows.is_long
            | spelled
            | ~np.isfinite(checked.prices).all(axis=0)
            | (checked.prices < LOWEST_PRICE).any(axis=0)
            | (checked.prices >= HIGHEST_PRICE).any(axis=0)
            | (np.minimum(open_, close) < low - tolerance)
            | (np.maximum(open_, close) > high + tolerance)
            | (low > high + tolerance)
            | (checked.volume < 0)
            | (checked.volume >= HIGHEST_VOLUME)
        )
    for row in np.flatnonzero(suspicious & checked.good):
        checked.set_aside(int(row), _reason(checked, rows, int(row)))
    checked.missing_volumes = int((volume_missing & checked.good).sum())
    checked.volume[volume_missing] = 0.0


def _reason(checked: CheckedRows, rows: TableRows, row: int) -> str:
    """Return what is wrong with a row, the first thing that is."""
    day = checked.day_of(row)
    if day is None:
        text = rows.dates.texts[rows.date_codes[row]]
        return f"“{text[:20]}” is not a date like 2024-01-31" if text else "the row has no date"
    if day < EARLIEST:
        return f"{day} is before {EARLIEST}"
    if rows.is_long[row]:
        return "the row has more cells than the table has columns"
    for role in (*PRICE_ROLES, Role.VOLUME):
        if (row, role) in rows.texts:
            return f"the {role} “{rows.texts[row, role][:20]}” is not a number"
    return _price_reason(
        dict(zip(PRICE_ROLES, checked.prices[:, row].tolist(), strict=True)), checked.volume[row]
    )


def _price_reason(price: Mapping[Role, float], volume: float) -> str:
    missing = [role for role in PRICE_ROLES if not math.isfinite(price[role])]
    if missing:
        return (
            "the row has no prices" if len(missing) == len(price) else f"the row has no {', '.join(missing)}"
        )
    for role in PRICE_ROLES:
        if not LOWEST_PRICE <= price[role] < HIGHEST_PRICE:
            return f"the {role} {_written(price[role])} is not a positive price below one trillion"
    low, high = price[Role.LOW], price[Role.HIGH]
    if low > high:
        return f"the low {_written(low)} lies above the high {_written(high)}"
    for role in (Role.OPEN, Role.CLOSE):
        if not low <= price[role] <= high:
            within = f"{_written(low)} to {_written(high)}"
            return f"the {role} {_written(price[role])} lies outside the range {within}"
    return f"the volume {_written(volume)} is not a possible number of shares"


def _written(number: Any) -> str:
    return np.format_float_positional(float(number), trim="-")


def _widen(checked: CheckedRows) -> None:
    """Let the range of good rows reach to an open or close that rounding put outside."""
    open_, high, low, close = checked.prices
    outside = checked.good & ((np.minimum(open_, close) < low) | (np.maximum(open_, close) > high))
    checked.widened = int(outside.sum())
    checked.prices[1] = np.where(outside, np.fmax(np.fmax(open_, close), high), high)
    checked.prices[2] = np.where(outside, np.fmin(np.fmin(open_, close), low), low)

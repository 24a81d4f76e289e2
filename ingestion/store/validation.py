"""Whether rows can be daily bars: order of the prices, signs, finiteness, duplicates."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Self

import numpy as np

from ingestion.errors import InvalidBars
from ingestion.exchange_calendar import no_session_reason
from ingestion.store.bar_table import BarTable, rounded_prices

WIDENED_WITHIN = Decimal("1e-6")
"""An open or close outside the range by this fraction is rounding, not an error."""

HIGHEST_PRICE = Decimal(10) ** 12
LOWEST_PRICE = Decimal("1e-12")
HIGHEST_VOLUME = 2**63 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class BarText:
    """A row as received, every value still text. `place` names it in a message: a line or a date."""

    place: str
    date: str
    open: str
    high: str
    low: str
    close: str
    volume: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A session's bar, raw as traded: prices exact, in currency units, volume in shares."""

    date: date
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: Decimal | int

    @property
    def in_words(self) -> str:
        """The values, for a person."""
        return (
            f"open {self.open:f}, high {self.high:f}, low {self.low:f}, close {self.close:f}, "
            f"volume {Decimal(self.volume):f}"
        )

    @classmethod
    def parse(cls, row: BarText) -> Self:
        """Return the bar that the text says; raises ValueError with the reason when it says none."""
        return cls(
            date=_date(row.date),
            open=_price("open", row.open),
            high=_price("high", row.high),
            low=_price("low", row.low),
            close=_price("close", row.close),
            volume=_volume(row.volume),
        )


def validated_bar(row: BarText) -> Bar:
    """Return the row as a bar; raises ValueError with the reason when it cannot be one."""
    bar = _widened(Bar.parse(row))
    _require_order(bar)
    return bar


def validated_bars(rows: Iterable[BarText]) -> list[Bar]:
    """Return the rows as bars, oldest first.

    Prices are rounded to the digits that are stored.
    Raises InvalidBars, naming the rows, when any row is malformed, has a price that is not positive
    and finite, an open or close outside its range, a negative volume, or the date of another row.
    """
    bars: dict[date, Bar] = {}
    problems: list[str] = []
    for row in rows:
        try:
            bar = validated_bar(row)
        except ValueError as problem:
            problems.append(f"Row {row.place}: {problem}.")
            continue
        if bar.date in bars:
            problems.append(f"Row {row.place}: there is another row for {bar.date}.")
        bars[bar.date] = bar
    if problems:
        raise InvalidBars(problems)
    return [bars[day] for day in sorted(bars)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarantined:
    """A row that is kept out of the prices: its day, its values for a person, and what is wrong with it."""

    date: date
    row: str
    reason: str


def validated_apart(rows: Iterable[BarText]) -> tuple[list[Bar], list[Quarantined]]:
    """Return the rows that are bars, oldest first, and those that are none.

    One bad row costs that row. Of two different rows of a day neither can be trusted.
    """
    bars: dict[date, Bar] = {}
    bad: dict[date, Quarantined] = {}
    for row in rows:
        try:
            bar = validated_bar(row)
        except ValueError as problem:
            if day := _day_or_none(row.date):
                bad[day] = Quarantined(date=day, row=_in_words(row), reason=f"{problem} on {day}")
            continue
        if bars.get(bar.date, bar) != bar:
            bad[bar.date] = Quarantined(
                date=bar.date, row=bar.in_words, reason=f"there are different rows for {bar.date}"
            )
        bars[bar.date] = bar
    return [bars[day] for day in sorted(bars.keys() - bad.keys())], [bad[day] for day in sorted(bad)]


def _day_or_none(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _in_words(row: BarText) -> str:
    return f"open {row.open}, high {row.high}, low {row.low}, close {row.close}, volume {row.volume}"[:200]


def table_of(bars: Sequence[Bar]) -> BarTable:
    """Return bars as columns, oldest first."""
    ordered = sorted(bars, key=lambda bar: bar.date)
    prices = [[float(getattr(bar, name)) for bar in ordered] for name in ("open", "high", "low", "close")]
    return BarTable(
        days=np.array([bar.date for bar in ordered], dtype="datetime64[D]"),
        prices=rounded_prices(np.array(prices, dtype=np.float64)),
        volume=np.array([float(bar.volume) for bar in ordered], dtype=np.float64),
    )


def split_off_session(
    bars: Sequence[Bar], exchange: str, now: datetime
) -> tuple[list[Bar], list[Quarantined]]:
    """Return the bars that lie on sessions, and those that lie in the future or on no session.

    Such a bar is odd but possible, as an exchange may open on a day that its calendar calls a holiday. So
    it costs the others nothing. Raises InvalidInput when there is no calendar for the exchange.
    """
    reasons = {bar.date: no_session_reason(exchange, bar.date, now) for bar in bars}
    accepted = [bar for bar in bars if reasons[bar.date] is None]
    off_session = [
        Quarantined(date=bar.date, row=bar.in_words, reason=reason)
        for bar in bars
        if (reason := reasons[bar.date])
    ]
    return accepted, off_session


def _widened(bar: Bar) -> Bar:
    """Return the bar with its range reaching to an open or close that rounding put outside."""
    tolerance = WIDENED_WITHIN * bar.close
    high, low = max(bar.open, bar.close, bar.high), min(bar.open, bar.close, bar.low)
    if high - bar.high > tolerance or bar.low - low > tolerance or bar.low > bar.high:
        return bar
    return replace(bar, high=high, low=low)


def _require_order(bar: Bar) -> None:
    if bar.low > bar.high:
        raise ValueError(f"the low {bar.low:f} lies above the high {bar.high:f}")
    for name, price in (("open", bar.open), ("close", bar.close)):
        if not bar.low <= price <= bar.high:
            raise ValueError(f"the {name} {price:f} lies outside the range {bar.low:f} to {bar.high:f}")


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"“{text[:20]}” is not a date like 2024-01-31") from None


def _price(name: str, text: str) -> Decimal:
    try:
        price = Decimal(text)
    except InvalidOperation:
        raise ValueError(f"the {name} “{text[:20]}” is not a number") from None
    if not price.is_finite() or not 0 < price < HIGHEST_PRICE:
        raise ValueError(f"the {name} {text[:20]} is not a positive price below one trillion")
    if price < LOWEST_PRICE:
        raise ValueError(f"the {name} {text[:20]} is less than a trillionth")
    return price


def _volume(text: str) -> Decimal:
    try:
        volume = Decimal(text)
    except InvalidOperation:
        raise ValueError(f"the volume “{text[:20]}” is not a number") from None
    if not volume.is_finite() or not 0 <= volume <= HIGHEST_VOLUME:
        raise ValueError(f"the volume {text[:20]} is not a possible number of shares")
    return volume

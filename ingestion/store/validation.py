"""Whether rows can be daily bars: order of the prices, signs, finiteness, duplicates."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Self

from ingestion.errors import InvalidBars
from ingestion.exchange_calendar import no_session_reason

DECIMALS = Decimal("0.000001")
HIGHEST_PRICE = Decimal(10) ** 12
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
    volume: int

    @property
    def in_words(self) -> str:
        """The values, for a person."""
        return (
            f"open {self.open:f}, high {self.high:f}, low {self.low:f}, close {self.close:f}, "
            f"volume {self.volume}"
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
    bar = Bar.parse(row)
    _require_order(bar)
    return bar


def validated_bars(rows: Iterable[BarText]) -> list[Bar]:
    """Return the rows as bars, oldest first.

    Prices are rounded to the six decimals that are stored.
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
    """A bar that cannot be right as far as the calendar knows, and why."""

    bar: Bar
    reason: str


def split_off_session(
    bars: Sequence[Bar], exchange: str, now: datetime
) -> tuple[list[Bar], list[Quarantined]]:
    """Return the bars that lie on sessions, and those that lie in the future or on no session.

    Such a bar is odd but possible, as an exchange may open on a day that its calendar calls a holiday. So
    it costs the others nothing. Raises InvalidInput when there is no calendar for the exchange.
    """
    reasons = {bar.date: no_session_reason(exchange, bar.date, now) for bar in bars}
    accepted = [bar for bar in bars if reasons[bar.date] is None]
    off_session = [Quarantined(bar=bar, reason=reason) for bar in bars if (reason := reasons[bar.date])]
    return accepted, off_session


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
    rounded = price.quantize(DECIMALS)
    if not rounded:
        raise ValueError(f"the {name} {text[:20]} is less than a millionth")
    return rounded


def _volume(text: str) -> int:
    try:
        volume = int(text)
    except ValueError:
        raise ValueError(f"the volume “{text[:20]}” is not a whole number") from None
    if not 0 <= volume <= HIGHEST_VOLUME:
        raise ValueError(f"the volume {text[:20]} is not a possible number of shares")
    return volume

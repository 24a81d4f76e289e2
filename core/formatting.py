"""Write figures, counts and dates as people read them.

The same words and digits appear on every page, in every report and in every sentence. Money carries its
ISO 4217 code, fractions are percentages, dates are ISO 8601. Commas separate thousands. The minus sign is
the ASCII one, so that a figure copied into a spreadsheet stays a number; no-break spaces keep a figure
and its unit on one line. An undefined figure is an em dash. What rounds to zero carries no sign.
"""

import math
from collections.abc import Sequence
from datetime import date, datetime

UNDEFINED = "\N{EM DASH}"
SPACE = "\N{NO-BREAK SPACE}"

SMALL_PRICE = 1.0
"""Prices below this are given to four decimals, in the instrument's currency."""
WHOLE_AMOUNTS = 1000.0
"""From here on cents do not matter in a sentence."""
SHOWN_DAYS = 3


def number(value: float, decimals: int) -> str:
    """Return `value` with thousands separated."""
    return f"{round(value, decimals) + 0.0:,.{decimals}f}"


def money(value: float | None, currency: str) -> str:
    """Return an amount to the hundredth, such as 10,000.00 USD."""
    return UNDEFINED if value is None else f"{number(value, 2)}{SPACE}{currency}"


def rounded_money(value: float, currency: str) -> str:
    """Return an amount as a sentence needs it: 159,175 USD, but 12.50 USD."""
    return f"{number(value, 0 if abs(value) >= WHOLE_AMOUNTS else 2)}{SPACE}{currency}"


def amount(value: float | None) -> str:
    """Return an amount to the hundredth without its currency, for a table that names it once."""
    return UNDEFINED if value is None else number(value, 2)


def percent(value: float | None, decimals: int = 2) -> str:
    """Return a fraction as a percentage: 0.1234 is 12.34 %."""
    return UNDEFINED if value is None else f"{number(100 * value, decimals)}{SPACE}%"


def signed_percent(value: float | None, decimals: int = 2) -> str:
    """Return a change as a percentage with its sign: 0.1234 is +12.34 %."""
    return UNDEFINED if value is None else f"{signed(100 * value, decimals)}{SPACE}%"


def signed(value: float, decimals: int) -> str:
    """Return a change with its sign and without its unit, for a table that names the unit once."""
    sign = "+" if round(value, decimals) > 0 else ""
    return f"{sign}{number(value, decimals)}"


def ratio(value: float | None) -> str:
    """Return a figure without a unit, to the hundredth."""
    return UNDEFINED if value is None else number(value, 2)


def count(value: int | None) -> str:
    """Return a whole number with thousands separated."""
    return UNDEFINED if value is None else f"{value:,d}"


def counted(value: int, noun: str) -> str:
    """Return a number of things, such as 1 bar or 3,270 bars; `noun` takes an s."""
    return f"{count(value)} {noun}{'' if value == 1 else 's'}"


def days(value: int | None) -> str:
    """Return a number of calendar days."""
    return UNDEFINED if value is None else counted(value, "day")


def price(value: float | None) -> str:
    """Return a price without its currency, to the hundredth; below one, to four digits that tell."""
    if value is None:
        return UNDEFINED
    if abs(value) >= SMALL_PRICE or not value:
        return number(value, 2)
    return number(value, max(4, 3 - math.floor(math.log10(abs(value)))))


def shares(value: float | None) -> str:
    """Return a number of shares; fractions of a share are given to four decimals."""
    if value is None:
        return UNDEFINED
    return number(value, 0 if float(value).is_integer() else 4)


def day(value: date | None) -> str:
    """Return a date as 2013-03-01."""
    return UNDEFINED if value is None else f"{value:%Y-%m-%d}"


def moment(value: datetime | None) -> str:
    """Return a time as 2013-03-01 17:30 UTC."""
    return UNDEFINED if value is None else f"{value:%Y-%m-%d %H:%M}{SPACE}UTC"


def listed(dates: Sequence[date]) -> str:
    """Return the first dates in words, and how many more there are."""
    shown = ", ".join(str(date_) for date_ in dates[:SHOWN_DAYS])
    more = len(dates) - SHOWN_DAYS
    return f"{shown} and {more:,d} more" if more > 0 else shown

"""Read one date: what its text says, and what it leaves open.

Known spellings: ISO and compact dates, numbers with any separator and years of two or four digits, months by
name, Chinese, Korean and Japanese dates, Unix times in seconds to nanoseconds, and serial numbers of Excel.
"""

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache

from ingestion.files.month_names import MONTHS

SECONDS_PER_DAY = 86_400
_CENTURY = 100
_FIRST_TWO_DIGIT_YEAR = 60
"""Of years of two digits these and later ones lie in the last century."""


class DateOrder(StrEnum):
    """How dates are written."""

    YEAR_FIRST = "year_first"
    MONTH_FIRST = "month_first"
    DAY_FIRST = "day_first"
    MONTH_NAMED = "month_named"
    UNIX = "unix"
    EXCEL_SERIAL = "excel_serial"


@dataclass(frozen=True, slots=True, kw_only=True)
class DateText:
    """A date as its text says it.

    order: None where the order of `numbers` is open.
    second: since midnight; None where the text has no time of day.
    instant: seconds since 1970 UTC, where the text says a moment and not a day of the exchange.
    """

    numbers: tuple[int, int, int] = (0, 0, 0)
    order: DateOrder | None
    second: int | None = None
    instant: float | None = None
    offset: int | None = None
    short_year: bool = False
    is_dotted: bool = False


_TIME = (
    r"(?:[T "
    r",]+(?P<hour>\d{1,2})[:h](?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d+)?)?\s*(?P<half>[AaPp]\.?[Mm]\.?)?"
    r"\s*(?P<zone>Z|UTC|GMT|[+-]\d{2}:?\d{2}|\(?[A-Z]{2,5}\)?)?)?"
)
_PARTS = re.compile(r"(\d{1,4})\s?([-/. ])\s?(\d{1,2})\s?\2\s?(\d{1,4})\.?" + _TIME)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})" + _TIME)
_ASIAN = re.compile(r"(\d{4})\s*[年년]\s*(\d{1,2})\s*[月월]\s*(\d{1,2})\s*[日일]?" + _TIME)
_NAMED = re.compile(
    r"(?:[^\W\d_]+\.?,?\s+)?(?:(?P<day>\d{1,2})(?:st|nd|rd|th|\.|º)?(?:\s+de)?[\s\-./]*(?P<month>[^\W\d_]+)\.?(?:\s+de)?"
    r"[\s\-./,]*(?P<year>\d{4}|\d{2})"
    r"|(?P<month2>[^\W\d_]+)\.?[\s\-./]*(?P<day2>\d{1,2})(?:st|nd|rd|th)?[\s\-./,]+(?P<year2>\d{4}|\d{2})"
    r"|(?P<year3>\d{4})[\s\-./]*(?P<month3>[^\W\d_]+)\.?[\s\-./]*(?P<day3>\d{1,2}))" + _TIME
)
_NUMBER = re.compile(r"(\d{5}|\d{9,19})(?:\.(\d+))?")
_FIRST_EXCEL_DAY, _LAST_EXCEL_DAY = 10_000, 80_000
_EXCEL_EPOCH = date(1899, 12, 30)
_UNIX_DIGITS = ((10, 1), (13, 1_000), (16, 1_000_000), (19, 1_000_000_000))
_EARLIEST, _LATEST = date(1800, 1, 1), date(2200, 1, 1)


@lru_cache(maxsize=65_536)
def date_text(text: str) -> DateText | None:
    """Return what the text says; None for what is no date."""
    text = text.strip().strip("'\"")
    if number := _NUMBER.fullmatch(text):
        return _from_number(number[1], number[2])
    for pattern in (_COMPACT, _ASIAN):
        if match := pattern.fullmatch(text):
            return _timed((int(match[1]), int(match[2]), int(match[3])), DateOrder.YEAR_FIRST, match)
    if match := _PARTS.fullmatch(text):
        return _from_parts(match)
    if match := _NAMED.fullmatch(text):
        return _from_name(match)
    return None


def _from_number(whole: str, fraction: str | None) -> DateText | None:
    """Return the moment of a Unix time, or the day of Excel's count."""
    value = int(whole)
    if len(whole) == len(str(_FIRST_EXCEL_DAY)):
        if not _FIRST_EXCEL_DAY <= value <= _LAST_EXCEL_DAY:
            return None
        day = _EXCEL_EPOCH + timedelta(days=value)
        second = round(float(f"0.{fraction}") * SECONDS_PER_DAY) if fraction and int(fraction) else None
        return DateText(numbers=(day.year, day.month, day.day), order=DateOrder.EXCEL_SERIAL, second=second)
    scale = next((scale for digits, scale in _UNIX_DIGITS if len(whole) in {digits - 1, digits}), None)
    if scale is None:
        return None
    return DateText(order=DateOrder.UNIX, instant=value / scale)


def _from_parts(match: re.Match[str]) -> DateText | None:
    first, middle, last = match[1], match[3], match[4]
    numbers = (int(first), int(middle), int(last))
    lengths = (len(first), len(last))
    if lengths[0] == len("2024") and lengths[1] <= len("31"):
        return _timed(numbers, DateOrder.YEAR_FIRST, match)
    if lengths[1] == len("2024") and lengths[0] <= len("31"):
        read = _timed(numbers, None, match)
        return replace(read, is_dotted=match[2] == ".") if read else None
    if max(lengths) <= len("31"):
        read = _timed(numbers, None, match, short_year=True)
        return replace(read, is_dotted=match[2] == ".") if read else None
    return None


def _from_name(match: re.Match[str]) -> DateText | None:
    found = match.groupdict()
    for suffix in ("", "2", "3"):
        name, day, year = (found[part + suffix] for part in ("month", "day", "year"))
        if name and day and year:
            month = MONTHS.get(name.lower())
            if month is None:
                return None
            full = int(year) if len(year) > len("24") else full_year(int(year))
            return _timed((full, month, int(day)), DateOrder.MONTH_NAMED, match)
    return None


def _timed(
    numbers: tuple[int, int, int], order: DateOrder | None, match: re.Match[str], *, short_year: bool = False
) -> DateText | None:
    """Return the date with the time of day that the match has, if any."""
    hour = match["hour"]
    if hour is None:
        return DateText(numbers=numbers, order=order, short_year=short_year)
    hours, half = int(hour), (match["half"] or "").lower()
    if half.startswith("p") and hours < 12:  # noqa: PLR2004 - noon
        hours += 12
    elif half.startswith("a") and hours == 12:  # noqa: PLR2004 - midnight
        hours = 0
    second = 3600 * hours + 60 * int(match["minute"]) + int(match["second"] or 0)
    return DateText(
        numbers=numbers, order=order, second=second, offset=_offset(match["zone"]), short_year=short_year
    )


def _offset(zone: str | None) -> int | None:
    """Return the seconds that local time is ahead of UTC; None: the text does not say."""
    if not zone:
        return None
    if zone in {"Z", "UTC", "GMT"}:
        return 0
    if zone[0] not in "+-":
        return None
    sign = -1 if zone[0] == "-" else 1
    return sign * (3600 * int(zone[1:3]) + 60 * int(zone[-2:]))


def full_year(short: int) -> int:
    """Return the year that two digits stand for."""
    return short + (1900 if short >= _FIRST_TWO_DIGIT_YEAR else 2000)


def looks_like_date(text: str) -> bool:
    """Whether the text is a date in one of the known spellings."""
    return date_text(text) is not None


def day_in_order(read: DateText, order: DateOrder) -> date | None:
    """Return the day with the numbers in this order; None where there is no such day."""
    first, middle, last = read.numbers
    if order == DateOrder.DAY_FIRST:
        year, month, day = last, middle, first
    elif order == DateOrder.MONTH_FIRST:
        year, month, day = last, first, middle
    else:
        year, month, day = first, middle, last
    if read.short_year:
        if year >= _CENTURY:
            return None
        year = full_year(year)
    try:
        found = date(year, month, day)
    except ValueError:
        return None
    return found if _EARLIEST <= found <= _LATEST else None

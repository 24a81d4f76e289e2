"""Read the dates of a file, of which all together tell the order of day, month and year.

Known spellings: ISO and compact dates, numbers with any separator and years of two or four digits, months by
name, Chinese, Korean and Japanese dates, Unix times in seconds to nanoseconds, and serial numbers of Excel.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise
from statistics import median
from zoneinfo import ZoneInfo

from core.errors import InvalidInput
from ingestion.files.month_names import MONTHS

SECONDS_PER_DAY = 86_400
LONGEST_USUAL_GAP = 4
"""Days from a session to the next one, over a weekend with a holiday."""

OUTVOTED = 50
"""Dates that speak for one order to one that contradicts it: the contradicting rows are set aside."""

SATURDAY = 5
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
class _Text:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadDate:
    """The day of a row, and the second of the day where the file has times."""

    day: date
    second: int | None


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
def _read(text: str) -> _Text | None:
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


def _from_number(whole: str, fraction: str | None) -> _Text | None:
    """Return the moment of a Unix time, or the day of Excel's count."""
    value = int(whole)
    if len(whole) == len(str(_FIRST_EXCEL_DAY)):
        if not _FIRST_EXCEL_DAY <= value <= _LAST_EXCEL_DAY:
            return None
        day = _EXCEL_EPOCH + timedelta(days=value)
        second = round(float(f"0.{fraction}") * SECONDS_PER_DAY) if fraction and int(fraction) else None
        return _Text(numbers=(day.year, day.month, day.day), order=DateOrder.EXCEL_SERIAL, second=second)
    scale = next((scale for digits, scale in _UNIX_DIGITS if len(whole) in {digits - 1, digits}), None)
    if scale is None:
        return None
    return _Text(order=DateOrder.UNIX, instant=value / scale)


def _from_parts(match: re.Match[str]) -> _Text | None:
    first, middle, last = match[1], match[3], match[4]
    numbers = (int(first), int(middle), int(last))
    lengths = (len(first), len(last))
    if lengths[0] == len("2024") and lengths[1] <= len("31"):
        return _timed(numbers, DateOrder.YEAR_FIRST, match)
    if lengths[1] == len("2024") and lengths[0] <= len("31"):
        read = _timed(numbers, None, match)
        return replace(read, is_dotted=match[2] == ".") if read else None
    if max(lengths) <= len("31"):
        return _timed(numbers, None, match, short_year=True)
    return None


def _from_name(match: re.Match[str]) -> _Text | None:
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
) -> _Text | None:
    """Return the date with the time of day that the match has, if any."""
    hour = match["hour"]
    if hour is None:
        return _Text(numbers=numbers, order=order, short_year=short_year)
    hours, half = int(hour), (match["half"] or "").lower()
    if half.startswith("p") and hours < 12:  # noqa: PLR2004 - noon
        hours += 12
    elif half.startswith("a") and hours == 12:  # noqa: PLR2004 - midnight
        hours = 0
    second = 3600 * hours + 60 * int(match["minute"]) + int(match["second"] or 0)
    return _Text(
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
    return _read(text) is not None


def _day(read: _Text, order: DateOrder) -> date | None:
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


@dataclass(frozen=True, kw_only=True)
class DateReading:
    """The dates of a file in the order of its rows, None where a text is none, and how they are written."""

    dates: list[ReadDate | None]
    order: DateOrder


def read_dates(
    texts: Sequence[str],
    lines: Sequence[int],
    *,
    order: DateOrder | None = None,
    usual: DateOrder | None = None,
    closed_on_weekends: bool = True,
    time_zone: str = "UTC",
    today: date,
) -> DateReading:
    """Read the distinct dates of a file; raises InvalidInput where their order cannot be told.

    texts: in the order in which they first appear; lines: where they do.
    order: given by the user; usual: that of the kind of file, where the dates do not tell.
    time_zone: of the exchange, whose days the moments of a Unix time or of UTC belong to.
    """
    found = [_read(text) for text in texts]
    known = [read.order for read in found if read is not None and read.order is not None]
    open_ = [
        (read, text, line)
        for read, text, line in zip(found, texts, lines, strict=True)
        if read is not None and read.order is None
    ]
    chosen = order or (
        _decide(open_, usual=usual, closed_on_weekends=closed_on_weekends, today=today) if open_ else None
    )
    zone = ZoneInfo(time_zone)
    at_midnight = _all_at_midnight(found)
    dates = [
        None if read is None else _in_zone(read, chosen or DateOrder.YEAR_FIRST, zone, as_written=at_midnight)
        for read in found
    ]
    stated = chosen if open_ else max(set(known), key=known.count) if known else DateOrder.YEAR_FIRST
    return DateReading(dates=dates, order=stated or DateOrder.YEAR_FIRST)


def _all_at_midnight(found: Sequence[_Text | None]) -> bool:
    """Whether every moment of the file is a midnight in UTC, as of a day that has no time of its own."""
    return all(
        (read.instant is None or read.instant % SECONDS_PER_DAY == 0)
        and not (read.offset == 0 and read.second)
        for read in found
        if read is not None
    )


def _in_zone(read: _Text, order: DateOrder, zone: ZoneInfo, *, as_written: bool) -> ReadDate | None:
    """Return the day at the exchange; a time with an offset other than zero is the exchange's own already."""
    if read.instant is not None:
        moment = datetime.fromtimestamp(read.instant, UTC)
        if as_written:
            return ReadDate(day=moment.date(), second=None)
        return _local(moment, zone)
    day = _day(read, read.order or order)
    if day is None:
        return None
    if read.offset == 0 and not as_written:
        midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
        return _local(midnight + timedelta(seconds=read.second or 0), zone)
    return ReadDate(day=day, second=read.second)


def _local(moment: datetime, zone: ZoneInfo) -> ReadDate:
    local = moment.astimezone(zone)
    return ReadDate(day=local.date(), second=3600 * local.hour + 60 * local.minute + local.second)


_Open = Sequence[tuple[_Text, str, int]]


def _decide(texts: _Open, *, usual: DateOrder | None, closed_on_weekends: bool, today: date) -> DateOrder:
    """Return the one order that fits the dates; raises InvalidInput where two fit, or none."""
    orders = [DateOrder.DAY_FIRST, DateOrder.MONTH_FIRST]
    if all(read.short_year for read, _, _ in texts):
        orders.append(DateOrder.YEAR_FIRST)
    # A text that is a day in no order at all is a bad row and tells nothing about the others.
    texts = [text for text in texts if any(_day(text[0], order) for order in orders)]
    if not texts:
        return usual or DateOrder.DAY_FIRST
    days = {order: [_day(read, order) for read, _, _ in texts] for order in orders}
    wrong = {order: sum(day is None for day in days[order]) for order in orders}
    fitting = [order for order in orders if not wrong[order]]
    if not fitting:
        return _outvoting(texts, days, wrong)
    past = [order for order in fitting if max(_known(days[order])) <= today + timedelta(days=1)]
    fitting = past or fitting
    if len(fitting) == 1:
        return fitting[0]
    if usual in fitting:
        return usual
    if all(read.is_dotted for read, _, _ in texts):
        return DateOrder.DAY_FIRST  # no country writes 01.31.2024
    daily = [
        order
        for order in fitting
        if _is_daily(_known(days[order]), closed_on_weekends=closed_on_weekends, today=today)
    ]
    others = [order for order in fitting if order not in daily]
    if len(daily) == 1 and all(
        _is_refuted(_known(days[order]), closed_on_weekends=closed_on_weekends, today=today)
        for order in others
    ):
        return daily[0]
    raise _two_readings(texts, days, fitting)


def _known(days: Sequence[date | None]) -> list[date]:
    return [day for day in days if day is not None]


def _outvoting(
    texts: _Open, days: dict[DateOrder, list[date | None]], wrong: dict[DateOrder, int]
) -> DateOrder:
    """Return the order that all but a few dates have; raises InvalidInput, with two lines, where none has."""
    best = min(wrong, key=lambda order: wrong[order])
    if wrong[best] * OUTVOTED <= len(texts):
        return best
    against = next(place for place, day in enumerate(days[best]) if day is None)
    other = next(order for order in days if order != best and days[order][against] is not None)
    telling = next((place for place, day in enumerate(days[other]) if day is None), against)
    lines = " and ".join(str(line) for line in sorted({texts[telling][2], texts[against][2]}))
    raise InvalidInput(
        f"Lines {lines} write day and month in different orders. Nothing was stored. Write dates like "
        f"2024-01-31.",
        field="dates",
    )


def _is_monotonic(days: Sequence[date]) -> bool:
    pairs = list(pairwise(days))
    return all(one <= other for one, other in pairs) or all(one >= other for one, other in pairs)


def _is_refuted(days: Sequence[date], *, closed_on_weekends: bool, today: date) -> bool:
    """Whether bars of an exchange cannot lie on these days."""
    on_weekend = closed_on_weekends and any(day.weekday() >= SATURDAY for day in days)
    return on_weekend or not _is_monotonic(days) or max(days) > today + timedelta(days=1)


def _is_daily(days: Sequence[date], *, closed_on_weekends: bool, today: date) -> bool:
    """Whether the days follow each other as sessions do."""
    if len(days) < 2 or _is_refuted(days, closed_on_weekends=closed_on_weekends, today=today):  # noqa: PLR2004
        return False
    return median(abs((other - one).days) for one, other in pairwise(days)) <= LONGEST_USUAL_GAP


def _two_readings(
    texts: _Open, days: dict[DateOrder, list[date | None]], fitting: Sequence[DateOrder]
) -> InvalidInput:
    """Return the error that shows how one date can be read."""
    place = next((at for at in range(len(texts)) if len({days[order][at] for order in fitting}) > 1), 0)
    _, text, line = texts[place]
    readings = ", ".join(f"{days[order][place]} (dates={order})" for order in fitting)
    return InvalidInput(
        f"The date “{text[:30]}” on line {line} can be read in two ways, and no other line tells which of "
        f"its "
        f"numbers is the month: {readings}. Nothing was stored. Say which it is, or write dates like "
        f"2024-01-31.",
        field="dates",
    )

"""Decide from all dates of a file in which order they write day, month and year, and read them by it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import pairwise
from statistics import median
from zoneinfo import ZoneInfo

from core.errors import InvalidInput
from ingestion.files.date_spelling import SECONDS_PER_DAY, DateOrder, DateText, date_text, day_in_order

LONGEST_USUAL_GAP = 4
"""Days from a session to the next one, over a weekend with a holiday."""

OUTVOTED = 50
"""Dates that speak for one order to one that contradicts it: the contradicting rows are set aside."""

SATURDAY = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadDate:
    """The day of a row, and the second of the day where the file has times."""

    day: date
    second: int | None


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
    found = [date_text(text) for text in texts]
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


def _all_at_midnight(found: Sequence[DateText | None]) -> bool:
    """Whether every moment of the file is a midnight in UTC, as of a day that has no time of its own."""
    return all(
        (read.instant is None or read.instant % SECONDS_PER_DAY == 0)
        and not (read.offset == 0 and read.second)
        for read in found
        if read is not None
    )


def _in_zone(read: DateText, order: DateOrder, zone: ZoneInfo, *, as_written: bool) -> ReadDate | None:
    """Return the day at the exchange; a time with an offset other than zero is the exchange's own already."""
    if read.instant is not None:
        moment = datetime.fromtimestamp(read.instant, UTC)
        if as_written:
            return ReadDate(day=moment.date(), second=None)
        return _local(moment, zone)
    day = day_in_order(read, read.order or order)
    if day is None:
        return None
    if read.offset == 0 and not as_written:
        midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
        return _local(midnight + timedelta(seconds=read.second or 0), zone)
    return ReadDate(day=day, second=read.second)


def _local(moment: datetime, zone: ZoneInfo) -> ReadDate:
    local = moment.astimezone(zone)
    return ReadDate(day=local.date(), second=3600 * local.hour + 60 * local.minute + local.second)


_Open = Sequence[tuple[DateText, str, int]]


def _decide(texts: _Open, *, usual: DateOrder | None, closed_on_weekends: bool, today: date) -> DateOrder:
    """Return the one order that fits the dates; raises InvalidInput where two fit, or none."""
    orders = [DateOrder.DAY_FIRST, DateOrder.MONTH_FIRST]
    if all(read.short_year for read, _, _ in texts):
        orders.append(DateOrder.YEAR_FIRST)
    # A text that is a day in no order at all is a bad row and tells nothing about the others.
    texts = [text for text in texts if any(day_in_order(text[0], order) for order in orders)]
    if not texts:
        return usual or DateOrder.DAY_FIRST
    days = {order: [day_in_order(read, order) for read, _, _ in texts] for order in orders}
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
    is_dotted = all(read.is_dotted for read, _, _ in texts)
    if is_dotted:  # no country writes 01.31.2024
        fitting = [order for order in fitting if order != DateOrder.MONTH_FIRST]
    known = {order: _known(days[order]) for order in fitting}
    found = _only_daily(known, closed_on_weekends=closed_on_weekends, today=today, is_dotted=is_dotted)
    if found is None:
        raise _two_readings(texts, days, fitting)
    return found


def _only_daily(
    days: Mapping[DateOrder, Sequence[date]], *, closed_on_weekends: bool, today: date, is_dotted: bool
) -> DateOrder | None:
    """Return the order in which alone the days follow each other as sessions do; None: it is not certain.

    Days with points between their numbers hardly begin with the year, so that nothing need refute that.
    """
    if len(days) == 1:
        return next(iter(days))
    is_daily = partial(_is_daily, closed_on_weekends=closed_on_weekends, today=today)
    is_refuted = partial(_is_refuted, closed_on_weekends=closed_on_weekends, today=today)
    daily = [order for order in days if is_daily(days[order])]
    refuted = [is_refuted(days[order]) for order in days if order not in daily]
    return daily[0] if len(daily) == 1 and (is_dotted or all(refuted)) else None


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

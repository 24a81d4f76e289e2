"""The sessions of the exchanges, from exchange-calendars."""

import warnings
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.errors import InvalidInput
from ingestion.calendar_compatibility import UNRELIABLE, repair_calendars

if TYPE_CHECKING:
    from exchange_calendars import ExchangeCalendar

FIRST_SESSION = date(1990, 1, 1)
"""Before the first daily bar of any source."""

SATURDAY = 5


MAIN_EXCHANGES = (
    *("XNYS", "XLON", "XETR", "XPAR", "XAMS", "XMIL", "XMAD", "XSWX", "XSTO", "XTSE", "BVMF", "XMEX", "XTKS"),
    *(
        "XHKG",
        "XSHG",
        "XKRX",
        "XTAI",
        "XBOM",
        "XASX",
        "XSES",
        "XIDX",
        "XKLS",
        "XWAR",
        "XIST",
        "XJSE",
        "24/5",
        "24/7",
    ),
)
"""Exchanges that are proposed where a file does not say of which it is."""

LONGEST_GUESS = 60
"""Sessions that may be taken for granted after the end of a calendar: weekdays, whatever holidays come."""


def next_sessions(exchange: str, after: date, count: int) -> list[date]:
    """Return the first `count` sessions later than `after`.

    Calendars reach to the end of next year at most, and some to the end of the running year, as holidays
    are not announced earlier. Up to LONGEST_GUESS sessions after that are weekdays: `calendar_notice` says
    so in words.

    exchange: ISO 10383 code. Raises InvalidInput when there is no calendar for it or when the days lie
    farther outside what its calendar knows.
    """
    sessions = _sessions(exchange)
    if np.datetime64(after) < sessions[0]:
        raise InvalidInput(f"The calendar of {exchange} begins on {sessions[0]}. Choose a later day.")
    begin = int(np.searchsorted(sessions, np.datetime64(after), side="right"))
    days: list[date] = sessions[begin : begin + count].tolist()
    end: date = sessions[-1].item()
    unknown = count - len(days)
    if unknown > LONGEST_GUESS or after > end + timedelta(days=LONGEST_GUESS):
        raise InvalidInput(f"The calendar of {exchange} ends on {end}. Choose an earlier day.")
    return days + _weekdays(max(after, end), unknown)


def calendar_notice(exchange: str, last: date) -> str | None:
    """Return what a reader must know about sessions up to `last`: that holidays are not known; None: all are.

    Raises InvalidInput when there is no calendar for the exchange.
    """
    end: date = _sessions(exchange)[-1].item()
    if last <= end:
        return None
    return (
        f"The holidays of {exchange} are known up to {end}. After that every weekday is taken for a session; "
        "a newer version of the calendars corrects it."
    )


def no_session_reason(exchange: str, day: date, now: datetime) -> str | None:
    """Return why no bar of `day` can be right; None where it can.

    Days before the calendar begins cannot be told; after its end they can as far as weekends go.
    Raises InvalidInput when there is no calendar for the exchange.
    """
    sessions = _sessions(exchange)
    if day > _calendar_day(exchange, now):
        return f"{day} lies in the future"
    if np.datetime64(day) < sessions[0]:
        return None
    place = int(np.searchsorted(sessions, np.datetime64(day)))
    if place == len(sessions):
        return f"{day} is a weekend" if day.weekday() >= SATURDAY else None
    return None if sessions[place] == np.datetime64(day) else f"{day} is no session of {exchange}"


def off_session(exchange: str, days: NDArray[np.datetime64], now: datetime) -> NDArray[np.bool_]:
    """Return on which of the days no bar can be right, as `no_session_reason` says of each; shape (days,).

    days: datetime64[D]. Raises InvalidInput when there is no calendar for the exchange.
    """
    sessions = _sessions(exchange)
    outside = (days < sessions[0]) | ((days > sessions[-1]) & np.is_busday(days))
    in_future = days > np.datetime64(_calendar_day(exchange, now))
    return np.asarray(in_future | ~(outside | np.isin(days, sessions)))


def fitting_exchanges(days: NDArray[np.datetime64], now: datetime) -> list[str]:
    """Return the main exchanges on which every day is a session, those that miss the fewest days first."""
    fitting = [exchange for exchange in MAIN_EXCHANGES if not off_session(exchange, days, now).any()]
    return sorted(fitting, key=lambda exchange: len(missing_sessions(exchange, days)))


def time_zone_of(exchange: str) -> str:
    """Return the name of the exchange's time zone; raises InvalidInput when it has no calendar."""
    return str(_calendar(exchange, _this_year()).tz)


def known_exchanges() -> set[str]:
    """Return the codes of the exchanges that have a calendar."""
    import exchange_calendars

    return set(exchange_calendars.get_calendar_names()) - UNRELIABLE


def sessions_between(exchange: str, first: date, last: date) -> NDArray[np.datetime64]:
    """Return the sessions from `first` through `last`, datetime64[D], oldest first.

    Days outside what the exchange's calendar knows count as no sessions. Raises InvalidInput when there
    is no calendar for the exchange.
    """
    sessions = _sessions(exchange)
    begin = np.searchsorted(sessions, np.datetime64(first), side="left")
    end = np.searchsorted(sessions, np.datetime64(last), side="right")
    return sessions[begin:end]


def missing_sessions(exchange: str, dates: NDArray[np.datetime64]) -> NDArray[np.datetime64]:
    """Return the sessions from the first through the last of `dates` that are not among them, oldest first.

    dates: datetime64[D], strictly increasing, at least one. Raises InvalidInput when there is no calendar
    for the exchange.
    """
    sessions = sessions_between(exchange, dates[0].item(), dates[-1].item())
    return np.setdiff1d(sessions, dates, assume_unique=True)


def session_close(exchange: str, day: date) -> datetime | None:
    """Return when the session of `day` closes, in UTC; None when the exchange is closed on that day."""
    if not len(sessions_between(exchange, day, day)):
        return None
    close: datetime = _calendar(exchange, _this_year()).session_close(day.isoformat()).to_pydatetime()
    return close


def last_closed_session(exchange: str, now: datetime) -> date:
    """Return the latest session that had closed at `now`; past the end of the calendar, the day before it.

    Raises InvalidInput when there is no calendar for the exchange.
    """
    today = now.astimezone(UTC).date()
    if np.datetime64(today) > _sessions(exchange)[-1]:
        return today - timedelta(days=1)
    recent = sessions_between(exchange, FIRST_SESSION, today)[-3:].tolist()
    closed = [day for day in recent if (close := session_close(exchange, day)) and close <= now]
    last: date = max(closed)
    return last


def _calendar_day(exchange: str, now: datetime) -> date:
    """Return the day that it is at the exchange."""
    return now.astimezone(_calendar(exchange, _this_year()).tz).date()


def _weekdays(after: date, count: int) -> list[date]:
    """Return the first `count` weekdays later than `after`."""
    days = (after + timedelta(days=ahead) for ahead in range(1, 2 * count + 4))
    return [day for day in days if day.weekday() < SATURDAY][:count]


def _this_year() -> int:
    return datetime.now(UTC).year


def _sessions(exchange: str) -> NDArray[np.datetime64]:
    return _sessions_of_year(exchange, _this_year())


@lru_cache(maxsize=64)
def _sessions_of_year(exchange: str, year: int) -> NDArray[np.datetime64]:
    sessions: NDArray[np.datetime64] = _calendar(exchange, year).sessions.to_numpy().astype("datetime64[D]")
    sessions.flags.writeable = False
    return sessions


@lru_cache(maxsize=64)
def _calendar(exchange: str, year: int) -> "ExchangeCalendar":
    """Return the calendar as it is known in `year`: a process that lives on gets a new one."""
    # The import takes most of a second, which a page without bars should not pay for.
    import exchange_calendars

    repair_calendars()
    first, last = FIRST_SESSION.isoformat(), date(year + 1, 12, 31).isoformat()
    if exchange in UNRELIABLE:
        raise InvalidInput(f"The calendar of {exchange} is not reliable. Choose another exchange code.")
    with warnings.catch_warnings():
        # The package uses a form of pandas that pandas is about to change; its results are right.
        warnings.simplefilter("ignore", DeprecationWarning)
        try:
            return exchange_calendars.get_calendar(exchange, start=first, end=last)
        except exchange_calendars.errors.InvalidCalendarName:
            raise InvalidInput(
                f"There is no calendar for the exchange {exchange}. Correct the instrument's exchange code."
            ) from None
        except ValueError:
            # The calendar does not reach that far back or ahead.
            return _widest(type(exchange_calendars.get_calendar(exchange)), first, last)


def _widest(calendar: "type[ExchangeCalendar]", first: str, last: str) -> "ExchangeCalendar":
    """Return the calendar from `first` through `last`, or as much of it as its package knows."""
    import pandas as pd

    earliest, latest = calendar.bound_min(), calendar.bound_max()
    start, end = pd.Timestamp(first), pd.Timestamp(last)
    return calendar(
        start=start if earliest is None else max(start, earliest),
        end=end if latest is None else min(end, latest),
    )

"""The exchanges' sessions."""

from datetime import UTC, date, datetime, timedelta

import pytest

from core.errors import InvalidInput
from ingestion.exchange_calendar import (
    calendar_notice,
    last_closed_session,
    next_sessions,
    no_session_reason,
    session_close,
    sessions_between,
)
from ingestion.listings import SUFFIXES


def test_next_sessions_skip_weekends_and_holidays() -> None:
    # 2013-03-29 was Good Friday.
    assert next_sessions("XNYS", date(2013, 3, 27), 3) == [
        date(2013, 3, 28),
        date(2013, 4, 1),
        date(2013, 4, 2),
    ]


def test_thirty_sessions_after_today_are_known() -> None:
    today = datetime.now(UTC).date()
    sessions = next_sessions("XNAS", today, 30)
    assert len(sessions) == 30
    assert sessions[0] > today


def test_sessions_between_include_both_ends() -> None:
    sessions = sessions_between("XNYS", date(2001, 9, 10), date(2001, 9, 17))
    assert sessions.astype(str).tolist() == ["2001-09-10", "2001-09-17"]


def test_an_early_close_counts_as_closed() -> None:
    assert session_close("XNYS", date(2024, 11, 29)) == datetime(2024, 11, 29, 18, tzinfo=UTC)
    assert session_close("XNYS", date(2024, 11, 28)) is None


@pytest.mark.parametrize(
    ("now", "last"),
    [
        (datetime(2024, 1, 3, 20, 59, tzinfo=UTC), date(2024, 1, 2)),
        (datetime(2024, 1, 3, 21, 0, tzinfo=UTC), date(2024, 1, 3)),
        (datetime(2024, 1, 7, 12, 0, tzinfo=UTC), date(2024, 1, 5)),
    ],
)
def test_a_session_counts_from_its_close_on(now: datetime, last: date) -> None:
    assert last_closed_session("XNYS", now) == last


def test_an_unknown_exchange_and_a_day_too_far_ahead_are_explained() -> None:
    with pytest.raises(InvalidInput, match="no calendar for the exchange XXXX"):
        sessions_between("XXXX", date(2024, 1, 1), date(2024, 1, 2))
    with pytest.raises(InvalidInput, match="calendar of XNYS ends on"):
        next_sessions("XNYS", date(2999, 1, 1), 1)


@pytest.mark.parametrize(
    "exchange",
    sorted({listing.exchange for listing in SUFFIXES.values()} | {"XNAS", "XTKS", "XHKG", "XASX"}),
)
def test_every_exchange_that_a_symbol_may_name_has_sessions_up_to_today(exchange: str) -> None:
    now = datetime(2024, 5, 14, 23, tzinfo=UTC)
    assert last_closed_session(exchange, now) == date(2024, 5, 14)
    assert len(sessions_between(exchange, date(2023, 1, 1), date(2023, 12, 31))) > 230
    assert next_sessions(exchange, date(2024, 5, 14), 30)[-1] > date(2024, 6, 24)
    assert last_closed_session(exchange, datetime.now(UTC)) >= datetime.now(UTC).date() - timedelta(days=14)


@pytest.mark.parametrize("exchange", ["XBOM", "XSHG", "XSAU", "XNYS"])
def test_days_outside_a_calendar_are_explained_or_hold_no_session(exchange: str) -> None:
    with pytest.raises(InvalidInput, match=f"calendar of {exchange} begins on"):
        next_sessions(exchange, date(1980, 1, 1), 1)
    with pytest.raises(InvalidInput, match=f"calendar of {exchange} ends on"):
        next_sessions(exchange, datetime.now(UTC).date(), 1000)
    assert session_close(exchange, date(1980, 1, 2)) is None
    assert last_closed_session(exchange, datetime(2999, 1, 3, tzinfo=UTC)) == date(2999, 1, 2)


def test_a_forecast_may_reach_a_little_beyond_the_end_of_a_calendar_and_this_is_said() -> None:
    end = next_known_end("XBOM")
    days = next_sessions("XBOM", end - timedelta(days=7), 30)
    assert len(days) == 30
    assert days == sorted(set(days))
    assert all(day.weekday() < 5 for day in days)
    assert calendar_notice("XBOM", end) is None
    notice = calendar_notice("XBOM", days[-1])
    assert notice is not None
    assert f"known up to {end}" in notice


def next_known_end(exchange: str) -> date:
    """Return the last session that the calendar knows."""
    end: date = sessions_between(exchange, date(2024, 1, 1), date(2999, 1, 1))[-1].item()
    return end


@pytest.mark.parametrize(
    ("exchange", "day", "reason"),
    [
        ("XNYS", date(2024, 11, 28), "2024-11-28 is no session of XNYS"),
        ("XNYS", date(2024, 11, 30), "2024-11-30 is no session of XNYS"),
        ("XNYS", date(2024, 12, 2), None),
        ("XNYS", date(2024, 12, 3), "2024-12-03 lies in the future"),
        ("XTKS", date(2024, 12, 3), None),  # where the next day has begun
        ("XNYS", date(1929, 10, 29), None),  # before the calendar begins
    ],
)
def test_a_bar_can_be_wrong_by_its_day_alone(exchange: str, day: date, reason: str | None) -> None:
    now = datetime(2024, 12, 2, 23, tzinfo=UTC)
    assert no_session_reason(exchange, day, now) == reason


@pytest.mark.parametrize(
    ("day", "close"),
    [
        (date(2024, 3, 8), datetime(2024, 3, 8, 21, tzinfo=UTC)),
        (date(2024, 3, 11), datetime(2024, 3, 11, 20, tzinfo=UTC)),  # New York's clocks went forward
        (date(2024, 11, 1), datetime(2024, 11, 1, 20, tzinfo=UTC)),
        (date(2024, 11, 4), datetime(2024, 11, 4, 21, tzinfo=UTC)),  # and back
    ],
)
def test_a_close_keeps_new_yorks_clock(day: date, close: datetime) -> None:
    assert session_close("XNYS", day) == close
    before = close - timedelta(seconds=1)
    assert last_closed_session("XNYS", before) < day == last_closed_session("XNYS", close)

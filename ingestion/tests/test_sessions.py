"""The exchanges' sessions."""

from datetime import UTC, date, datetime

import pytest

from ingestion.sessions import last_closed_session, next_sessions, session_close, sessions_between
from jobs.errors import InvalidInput


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

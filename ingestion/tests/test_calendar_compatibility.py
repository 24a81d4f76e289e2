"""Every offered calendar has the sessions that its package records for it."""

import gzip
import warnings
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from ingestion.calendar_compatibility import repair_calendars

RECORDED = {
    line.split("\t")[0]: line.split("\t")[1:]
    for line in gzip.decompress((Path(__file__).parent / "sessions.tsv.gz").read_bytes())
    .decode()
    .splitlines()
}
"""First and last session of each calendar, the weekdays without a session and the weekends with one: from the
answers that exchange-calendars 4.13.2 (Apache License 2.0) tests itself with."""

DIFFERENT = {"XMOS": {"2009-01-11"}}
"""A Sunday on which Russia worked: the package's rule makes it a session, its record does not."""


def days_of(text: str) -> NDArray[np.datetime64]:
    return np.array([f"{day[:4]}-{day[4:6]}-{day[6:]}" for day in text.split()], dtype="datetime64[D]")


@pytest.mark.parametrize("code", RECORDED)
def test_a_calendar_has_the_recorded_sessions(code: str) -> None:
    import exchange_calendars

    first, last, closed, weekend = RECORDED[code]
    weekdays = np.arange(np.datetime64(first), np.datetime64(last) + np.timedelta64(1, "D"))
    weekdays = weekdays[np.is_busday(weekdays)]
    expected = np.union1d(np.setdiff1d(weekdays, days_of(closed)), days_of(weekend))
    repair_calendars()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        calendar = exchange_calendars.get_calendar(code, start=first, end=last)
    sessions = calendar.sessions.to_numpy().astype("datetime64[D]")
    assert set(np.setxor1d(sessions, expected).astype(str)) == DIFFERENT.get(code, set())

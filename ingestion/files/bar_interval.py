"""Tell weekly, monthly and intraday bars from daily ones by the days that they lie on."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.errors import InvalidInput

LEAST_GAPS = 2
"""Gaps between bars that may show an interval; two of exactly a week are no coincidence of missing days."""

MOSTLY = 0.8

_INTERVALS: Sequence[tuple[str, int, int, int]] = (
    # what they are called, the usual gap in days, and its limits
    ("weekly", 7, 5, 9),
    ("monthly", 30, 26, 35),
    ("quarterly", 91, 84, 98),
    ("yearly", 365, 355, 375),
)
_PERIODS = {
    "w": "weekly", "1w": "weekly", "wk": "weekly", "1wk": "weekly", "week": "weekly", "weekly": "weekly",
    "m": "monthly", "1mo": "monthly", "mo": "monthly", "month": "monthly", "monthly": "monthly",
    "h": "hourly", "1h": "hourly", "60": "hourly", "60m": "hourly", "hour": "hourly", "hourly": "hourly",
    "5": "five-minute", "5m": "five-minute", "1": "one-minute", "1m": "one-minute", "15": "15-minute",
    "15m": "15-minute", "30": "30-minute", "30m": "30-minute", "240": "four-hour", "4h": "four-hour",
}  # fmt: skip


def interval_of(days: NDArray[np.datetime64]) -> str | None:
    """Return the interval of bars rarer than daily; None: daily, or too few to tell.

    days: datetime64[D], increasing, without repeats.
    """
    gaps = np.diff(days).astype(np.int64)
    if len(gaps) < LEAST_GAPS:
        return None
    for name, usual, least, most in _INTERVALS:
        fitting = np.mean((gaps >= least) & (gaps <= most))
        exact = name != "weekly" or np.mean(gaps == usual) >= MOSTLY / 2
        if fitting >= MOSTLY and exact and abs(float(np.median(gaps)) - usual) <= 2:  # noqa: PLR2004
            return name
    return None


def intraday_interval(days: NDArray[np.datetime64], seconds: NDArray[np.int32]) -> str | None:
    """Return what the bars are where many days have several; None: they are daily.

    days: in any order, datetime64[D]. seconds: of the day, -1 where the file has no times.
    """
    if not len(days) or len(np.unique(days)) > MOSTLY * len(days):
        return None
    times = np.unique(seconds[seconds >= 0])
    if len(times) < 2:  # noqa: PLR2004 - repeats of one time are repeated rows
        return None
    minutes = int(np.min(np.diff(times))) // 60
    if minutes == 60:  # noqa: PLR2004
        return "hourly"
    return f"{minutes}-minute" if minutes else "tick-by-tick"


def named_interval(text: str) -> str | None:
    """Return the interval that a column such as Stooq's PER names; None: daily or unknown."""
    return _PERIODS.get(text.strip().lower())


def not_daily(interval: str, whose: str) -> InvalidInput:
    """Return the error for bars that are not daily."""
    return InvalidInput(
        f"The rows of {whose} are {interval} bars. Hindcast stores daily bars alone, since rates of return "
        f"and "
        "averages count sessions. Nothing was stored. Download the daily prices.",
        field="file",
    )
